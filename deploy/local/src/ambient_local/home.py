"""Where everything of one local platform lies: one folder, and removing it removes the platform."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from ambient_local.errors import LocalError

HOME_VARIABLE: Final = "AMBIENT_HOME"
CACHE_VARIABLE: Final = "AMBIENT_CACHE"


@dataclass(frozen=True)
class Home:
    """The folder of one local platform, as an absolute path without symbolic links."""

    path: Path

    @classmethod
    def of(cls, path: Path | None = None) -> Self:
        """Return the given folder's home, else `$AMBIENT_HOME`'s, else the checkout's."""
        chosen = path or Path(os.environ.get(HOME_VARIABLE) or checkout() / ".ambient")
        return cls(chosen.expanduser().resolve())

    def make(self) -> None:
        """Make the folder and its parts, for the owner alone."""
        for folder in (self.path, self.logs, self.services, self.nats, self.data):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)

    @property
    def config(self) -> Path:
        """Ports, and whose cluster it is."""
        return self.path / "platform.json"

    @property
    def secrets(self) -> Path:
        """Passwords of NATS."""
        return self.path / "secrets.json"

    @property
    def lock(self) -> Path:
        """Held by whoever changes the platform."""
        return self.path / "lock"

    @property
    def logs(self) -> Path:
        """One log for each component."""
        return self.path / "logs"

    @property
    def services(self) -> Path:
        """One kubeconfig for each service."""
        return self.path / "services"

    def kubeconfig_of(self, service: str) -> Path:
        """A service's own credentials."""
        return self.services / f"{service}.kubeconfig"

    @property
    def data(self) -> Path:
        """What services keep: one folder for each."""
        return self.path / "data"

    @property
    def nats(self) -> Path:
        """JetStream's store."""
        return self.path / "nats"

    @property
    def cluster(self) -> Path:
        """The local cluster's folder."""
        return self.path / "cluster"


def checkout() -> Path:
    """Return the root of the source tree, which the local platform runs from.

    Raises:
        LocalError: If this package is installed apart from it.
    """
    for folder in Path(__file__).resolve().parents:
        if (folder / "deploy" / "crds").is_dir():
            return folder
    raise LocalError(
        "The local platform runs from a checkout of the source, and this installation has none: "
        "clone the repository and run it from there."
    )


def cache() -> Path:
    """Return where builds are kept: `$AMBIENT_CACHE`, else `ambient` in the user's cache."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().resolve()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "ambient"
