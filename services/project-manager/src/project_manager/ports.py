"""What the use cases need from outside, by role."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from ambient_contracts.events import Actor, Event
from ambient_contracts.resources import (
    BotAccount,
    BotStatus,
    IssuedToken,
    Project,
    ProjectStatus,
)
from project_manager.domain.drift import Change
from project_manager.domain.objects import Manifest, ObjectKey


class RefusedError(Exception):
    """The cluster refuses a change, and will until somebody does something about it."""


class OutrunError(Exception):
    """Somebody else was faster; read again and decide again."""


class NotProvisionedError(Exception):
    """The project has no credentials yet, or no more."""


class NotYetKnownError(Exception):
    """What is asked for is still being read from the cluster; ask again soon."""


class DeniedError(Exception):
    """The caller may not do this."""


class Facts(Protocol):
    """Where events are stated."""

    async def state(self, event: Event, *, because: tuple[str, ...]) -> object:
        """Return once the event is stored; stating it again changes nothing."""
        ...


class View(Protocol):
    """What is in the cluster, as far as has been heard."""

    def project(self, name: str) -> Project | None:
        """Return a project."""
        ...

    def projects(self) -> Iterable[Project]:
        """Return all projects.

        Raises:
            NotYetKnownError: Before all have been heard of, so that none seems not to be there.
        """
        ...

    def bot(self, namespace: str, name: str) -> BotAccount | None:
        """Return a bot."""
        ...

    def namespace(self, name: str) -> Manifest | None:
        """Return a namespace, whoever made it."""
        ...

    def objects_of_project(self, project: str) -> Mapping[ObjectKey, Manifest]:
        """Return the objects made for a project, without those of its bots."""
        ...

    def objects_of_bot(self, namespace: str, bot: str) -> Mapping[ObjectKey, Manifest]:
        """Return the objects made for a bot."""
        ...


class Cluster(Protocol):
    """The cluster, changed under the project-manager's own identity."""

    async def carry_out(self, change: Change) -> None:
        """Make a change; one that has been made is none.

        Raises:
            RefusedError: If the cluster does not allow it.
            OutrunError: If the object is not what it was.
        """
        ...

    async def write_status(
        self, resource: Project | BotAccount, status: ProjectStatus | BotStatus
    ) -> None:
        """Write a status."""
        ...

    async def set_finalizer(self, resource: Project | BotAccount, name: str, *, on: bool) -> None:
        """Add or remove a finalizer."""
        ...

    async def exists(self, key: ObjectKey) -> bool:
        """Ask the cluster itself whether an object is there."""
        ...


class Credentials(Protocol):
    """The projects' credentials; no method hands out a value but that of the webhook secret.

    Each raises NotProvisionedError where the project has none.
    """

    async def keys(self, project: str) -> tuple[str, ...]:
        """Return the names of the keys."""
        ...

    async def version(self, project: str) -> str:
        """Return what changes whenever a credential does."""
        ...

    async def write(self, project: str, values: Mapping[str, str | None]) -> None:
        """Set these keys, and remove those that are None."""
        ...

    async def webhook_secret(self, project: str) -> bytes | None:
        """Return the secret that the project's bot tokens are signed with, if there is one."""
        ...


class Bots(Protocol):
    """The bots, read and written under the project-manager's own identity."""

    async def read(self, project: str, name: str) -> BotAccount:
        """Return a bot as it is now."""
        ...

    async def record_tokens(self, bot: BotAccount, tokens: Sequence[IssuedToken]) -> None:
        """Write down a bot's tokens.

        Raises:
            OutrunError: If the bot has changed since it was read.
        """
        ...


class Requester(Protocol):
    """Whoever calls; what they do is done with their own token, so they can do what they may."""

    @property
    def actor(self) -> Actor:
        """Return the caller as events name them."""
        ...

    async def may(self, verb: str, resource: str, *, project: str, subresource: str = "") -> bool:
        """Ask the cluster whether the caller may do something in a project."""
        ...

    async def visible(self, projects: Sequence[str]) -> frozenset[str]:
        """Return those of the projects that the caller may read."""
        ...

    async def create_project(self, project: Project) -> Project:
        """Make a project."""
        ...

    async def project(self, name: str) -> Project:
        """Return a project."""
        ...

    async def change_project(self, name: str, changes: Mapping[str, Any]) -> Project:
        """Merge changes (RFC 7386) into a project's spec."""
        ...

    async def delete_project(self, name: str) -> None:
        """Have a project deleted, with everything in it."""
        ...

    async def bots(self, project: str) -> Sequence[BotAccount]:
        """Return a project's bots."""
        ...

    async def create_bot(self, bot: BotAccount) -> BotAccount:
        """Make a bot."""
        ...

    async def bot(self, project: str, name: str) -> BotAccount:
        """Return a bot."""
        ...

    async def delete_bot(self, project: str, name: str) -> None:
        """Have a bot deleted."""
        ...


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> datetime:
        """Return the time, in UTC."""
        ...


class Random(Protocol):
    """Makes what nobody can guess."""

    def __call__(self) -> str:
        """Return 32 random bytes as base64url text."""
        ...
