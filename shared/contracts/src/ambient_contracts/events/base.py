"""What every event says: who did what to which object, and how it ended."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from ambient_contracts.model import Frozen
from ambient_contracts.names import ProjectName
from ambient_contracts.subjects import Source, Subject

Sentence = Annotated[str, StringConstraints(max_length=2048)]


class ActorKind(StrEnum):
    """What sort of identity acted."""

    USER = "user"
    BOT = "bot"
    SERVICE = "service"
    UNKNOWN = "unknown"


class Actor(Frozen):
    """Who acted."""

    kind: ActorKind
    id: str = Field(description="The Kubernetes user name, a service's source, or '' if unknown.")
    groups: tuple[str, ...] = Field(default=(), description="The groups, where they are known.")


class ObjectRef(Frozen):
    """The object that the event is about."""

    kind: str
    name: str
    namespace: str | None = None
    uid: str | None = None


class Outcome(StrEnum):
    """How it ended for who acted."""

    SUCCESS = "success"
    FAILURE = "failure"
    DENIED = "denied"


class Event(Frozen):
    """A fact. Frozen: a breaking change is a new class with a new `verb` (`requested.v2`)."""

    entity: ClassVar[str]
    verb: ClassVar[str]
    sources: ClassVar[tuple[Source, ...]]
    """The services that publish it."""
    published: ClassVar[bool] = True
    """Whether something states it yet; its contract stands before it."""
    published_by_bots: ClassVar[bool] = False
    """Whether an outside publisher (`bot-{name}`) may publish it too."""

    actor: Actor
    project: ProjectName | None = Field(
        default=None, description="The project that the fact belongs to, where it does to one."
    )
    object: ObjectRef
    outcome: Outcome

    @classmethod
    def kind(cls) -> str:
        """Return `entity.verb`, the part of the subject that names the type."""
        return f"{cls.entity}.{cls.verb}"

    @classmethod
    def type(cls) -> str:
        """Return the CloudEvents type."""
        return f"dev.ambient.{cls.kind()}"

    def subject(self, source: str) -> Subject:
        """Return where this event is published by `source`."""
        return Subject(self.project, source, self.entity, self.verb)
