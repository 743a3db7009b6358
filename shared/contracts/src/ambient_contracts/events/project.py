"""Projects, their members, bots and credentials."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from ambient_contracts.events.base import Event, Outcome, Sentence
from ambient_contracts.resources.project import Member
from ambient_contracts.subjects import Source


class _ProjectsEvent(Event):
    sources: ClassVar[tuple[Source, ...]] = (Source.PROJECTS,)
    outcome: Outcome = Outcome.SUCCESS


class ProjectCreated(_ProjectsEvent):
    """A Project was made."""

    entity: ClassVar[str] = "project"
    verb: ClassVar[str] = "created"


class ProjectProvisioned(_ProjectsEvent):
    """The project's namespace is ready, and its quota is enforced."""

    entity: ClassVar[str] = "project"
    verb: ClassVar[str] = "provisioned"


class ProjectUpdated(_ProjectsEvent):
    """The project's spec changed and has been carried out."""

    entity: ClassVar[str] = "project"
    verb: ClassVar[str] = "updated"
    generation: int = Field(ge=1)


class ProjectRepaired(_ProjectsEvent):
    """Somebody changed an object that the project-manager owns; it is as it should be again."""

    entity: ClassVar[str] = "project"
    verb: ClassVar[str] = "repaired"
    repaired: tuple[str, ...] = Field(description="What was repaired, each as `Kind/name`.")


class ProjectSuspended(_ProjectsEvent):
    """The project takes no new work."""

    entity: ClassVar[str] = "project"
    verb: ClassVar[str] = "suspended"


class ProjectResumed(_ProjectsEvent):
    """The project takes work again."""

    entity: ClassVar[str] = "project"
    verb: ClassVar[str] = "resumed"


class ProjectDeleted(_ProjectsEvent):
    """The project and everything in its namespace are gone."""

    entity: ClassVar[str] = "project"
    verb: ClassVar[str] = "deleted"


class MemberGranted(_ProjectsEvent):
    """Somebody has a role in the project."""

    entity: ClassVar[str] = "member"
    verb: ClassVar[str] = "granted"
    member: Member


class MemberRevoked(_ProjectsEvent):
    """Somebody has lost a role in the project."""

    entity: ClassVar[str] = "member"
    verb: ClassVar[str] = "revoked"
    member: Member


class BotCreated(_ProjectsEvent):
    """A bot has its ServiceAccount and its right to create sessions."""

    entity: ClassVar[str] = "bot"
    verb: ClassVar[str] = "created"


class _TokenEvent(_ProjectsEvent):
    entity: ClassVar[str] = "bot"

    token_id: str = Field(description="The token's `jti`, never the token.")


class BotTokenIssued(_TokenEvent):
    """A bot was given a token."""

    verb: ClassVar[str] = "token_issued"
    expires_at: datetime


class BotTokenRotated(_TokenEvent):
    """A bot's token was replaced by another."""

    verb: ClassVar[str] = "token_rotated"
    published: ClassVar[bool] = False
    expires_at: datetime
    replaces: str


class BotTokenRevoked(_TokenEvent):
    """A bot's token is worth nothing from now on."""

    verb: ClassVar[str] = "token_revoked"
    published: ClassVar[bool] = False


class BotDeleted(_ProjectsEvent):
    """A bot and its rights are gone."""

    entity: ClassVar[str] = "bot"
    verb: ClassVar[str] = "deleted"


class _CredentialEvent(_ProjectsEvent):
    entity: ClassVar[str] = "credential"

    key: str = Field(description="The key's name in the project's Secret, never its value.")


class CredentialSet(_CredentialEvent):
    """A credential was written."""

    verb: ClassVar[str] = "set"


class CredentialRemoved(_CredentialEvent):
    """A credential was removed."""

    verb: ClassVar[str] = "removed"


class CredentialUsed(_CredentialEvent):
    """A session was handed a credential."""

    sources: ClassVar[tuple[Source, ...]] = (Source.RUNNER,)
    verb: ClassVar[str] = "used"
    session: str


class AccessDenied(Event):
    """Somebody asked a service for what they may not do."""

    entity: ClassVar[str] = "access"
    verb: ClassVar[str] = "denied"
    sources: ClassVar[tuple[Source, ...]] = tuple(Source)
    outcome: Outcome = Outcome.DENIED
    action: str = Field(max_length=256, description="The method and path, or the verb.")
    reason: Sentence
