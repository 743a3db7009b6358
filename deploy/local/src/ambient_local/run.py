"""Run a program to its end."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Said:
    """What a program said, both its outputs in the order written, and its exit code."""

    code: int
    output: str


async def run(
    argv: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    folder: Path | None = None,
    stdin: str = "",
    on_line: Callable[[str], None] = lambda _line: None,
) -> Said:
    """Run a program to its end; it ends with us if we are cancelled.

    Args:
        argv: The program and its arguments.
        environment: All of its environment.
        folder: Where it runs; here where None.
        stdin: What it reads.
        on_line: Told each line of output as it comes.
    """
    process = await asyncio.create_subprocess_exec(
        *argv,
        env=dict(environment),
        cwd=folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    lines: list[str] = []
    try:
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(stdin.encode())
        process.stdin.close()
        async for raw in process.stdout:
            line = raw.decode(errors="replace").rstrip("\n")
            lines.append(line)
            on_line(line)
        code = await process.wait()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    return Said(code, "\n".join(lines))
