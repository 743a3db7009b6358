"""Build the local cluster once, into the user's cache, and find it there the next time.

What is built lies under the hash of its sources, so a change of the sources is a new build and two
checkouts share one.
"""

import os
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from ambient_local.errors import LocalError
from ambient_local.home import cache, checkout
from ambient_local.lock import locked
from ambient_local.progress import Progress, Report
from ambient_local.run import run
from ambient_local.toolchain import find_go, needed_version

OVERRIDE_VARIABLE: Final = "AMBIENT_DEVCLUSTER"
"""A devcluster that was built elsewhere."""
STEP: Final = "local cluster, built"
_SOURCES: Final = (".go", ".mod", ".sum", ".yaml")
_ARE_NOT: Final = ("_test.go",)


async def ensure_go() -> Path:
    """Return the program `go` that builds the local cluster.

    Raises:
        LocalError: If there is none and it cannot be brought.
    """
    return await find_go(needed_version(checkout() / "deploy" / "devcluster" / "go.mod"))


async def ensure_devcluster(progress: Progress) -> Path:
    """Return the program `devcluster`, built from this checkout's sources.

    Raises:
        LocalError: If it cannot be built, with what the compiler said.
    """
    override = os.environ.get(OVERRIDE_VARIABLE)
    if override:
        return Path(override)
    sources = checkout() / "deploy" / "devcluster"
    builds = cache() / "devcluster"
    program = builds / hash_of(sources) / "devcluster"
    if program.exists():
        return program

    def waiting() -> None:
        progress(Report(STEP, "working", "waiting for another build of it"))

    async with locked(builds / "lock", waiting):
        if not program.exists():
            await _build(sources, program, progress)
    return program


def hash_of(sources: Path) -> str:
    """Return 16 hexadecimal digits that change with the sources and the linker's flags."""
    digest = sha256()
    for path in sorted(_source_files(sources)):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(sources)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def _source_files(sources: Path) -> Iterator[Path]:
    yield sources / "ldflags"
    for path in sources.rglob("*"):
        if path.suffix in _SOURCES and not path.name.endswith(_ARE_NOT):
            yield path


async def _build(sources: Path, program: Path, progress: Progress) -> None:
    started = time.monotonic()
    progress(Report(STEP, "working", "looking for Go"))
    go = await ensure_go()
    environment = {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    progress(Report(STEP, "working", "fetching its modules; the first build takes minutes"))
    listed = await run([go, "list", "-deps", "."], environment=environment, folder=sources)
    if listed.code != 0:
        raise LocalError(
            f"The local cluster's modules could not be fetched:\n{_end(listed.output)}"
        )
    packages = {line for line in listed.output.splitlines() if not line.startswith("go: ")}
    compiled = 0

    def on_line(line: str) -> None:
        nonlocal compiled
        if line in packages:
            compiled += 1
            seconds = time.monotonic() - started
            text = f"compiling, {compiled} of {len(packages)} packages, {seconds:.0f} s"
            progress(Report(STEP, "working", text, compiled / len(packages)))

    program.parent.mkdir(parents=True, exist_ok=True)
    unfinished = program.with_name(".devcluster")
    ldflags = (sources / "ldflags").read_text().strip()
    # -v names each package as it is compiled.
    argv: list[str | Path] = [
        go,
        "build",
        "-v",
        "-trimpath",
        "-ldflags",
        ldflags,
        "-o",
        unfinished,
        ".",
    ]
    built = await run(argv, environment=environment, folder=sources, on_line=on_line)
    if built.code != 0:
        said = [line for line in built.output.splitlines() if line not in packages]
        raise LocalError("The local cluster could not be built:\n" + _end("\n".join(said)))
    unfinished.replace(program)
    progress(Report(STEP, "done", f"in {time.monotonic() - started:.0f} s, kept in {cache()}"))


def _end(output: str) -> str:
    return "\n".join(f"  {line}" for line in output.splitlines()[-15:])
