"""What the platform knows of each of its parts: how to start it, and whether it is well."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ambient_local.components import Component
from ambient_local.config import Config, Passwords
from ambient_local.home import Home
from ambient_local.progress import Progress


@dataclass(frozen=True)
class Setting:
    """Whose part it is."""

    home: Home
    config: Config
    passwords: Passwords
    progress: Progress


@dataclass(frozen=True)
class Part(ABC):
    """One component of one home."""

    startup: ClassVar[float] = 60.0
    """Seconds until it has to be well after its start."""
    grace: ClassVar[float] = 12.0
    """Seconds that it has to end by itself."""

    setting: Setting
    component: Component

    @property
    def is_ours(self) -> bool:
        """Whether it is a process of this home; else somebody else runs it."""
        return True

    @abstractmethod
    async def command(self) -> Sequence[str | Path]:
        """Return what starts it; what has to be built is built first."""

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """Return its whole environment."""

    @abstractmethod
    async def what_is_wrong(self) -> str | None:
        """Return None if it answers and is ready, else one clause that says what is wrong."""

    async def settle(self) -> None:  # noqa: B027 - most parts need nothing more
        """Do what has to be done once it is well, such as making the stream; safe to repeat."""
