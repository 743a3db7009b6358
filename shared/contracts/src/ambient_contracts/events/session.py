"""The life of an agentic session."""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from ambient_contracts.events.base import Event, Outcome, Sentence
from ambient_contracts.model import Frozen
from ambient_contracts.resources.session import Limits, Result, Usage
from ambient_contracts.subjects import Source

Prompt = Annotated[str, StringConstraints(min_length=1, max_length=16384)]
WebsiteURL = Annotated[str, StringConstraints(min_length=1, max_length=2048)]


class SessionOrder(Frozen):
    """What a session is asked to do."""

    prompt: Prompt
    website_url: WebsiteURL
    model: str | None = Field(default=None, max_length=128)
    timeout_seconds: int | None = Field(default=None, ge=1, le=86400)
    limits: Limits | None = None


class _SessionEvent(Event):
    entity: ClassVar[str] = "session"
    sources: ClassVar[tuple[Source, ...]] = (Source.RUNNER,)


class SessionRequested(_SessionEvent):
    """Somebody asks for a session; `object` names the session that it will be."""

    verb: ClassVar[str] = "requested"
    sources: ClassVar[tuple[Source, ...]] = (Source.GATEWAY,)
    published_by_bots: ClassVar[bool] = True
    outcome: Outcome = Outcome.SUCCESS
    bot: str | None = Field(default=None, description="The bot on whose right it is asked.")
    trigger: str | None = Field(default=None, description="The trigger that matched.")
    order: SessionOrder


class SessionDenied(_SessionEvent):
    """A request was refused: who asked may not, or what they ask cannot be."""

    verb: ClassVar[str] = "denied"
    outcome: Outcome = Outcome.DENIED
    reason: Sentence


class SessionCreated(_SessionEvent):
    """The AgenticSession exists."""

    verb: ClassVar[str] = "created"
    outcome: Outcome = Outcome.SUCCESS
    cloned_from: str | None = None


class SessionQueued(_SessionEvent):
    """The session waits for room in its project's quota."""

    verb: ClassVar[str] = "queued"
    outcome: Outcome = Outcome.SUCCESS
    reason: Sentence


class SessionStarted(_SessionEvent):
    """The session's Job runs its agent."""

    verb: ClassVar[str] = "started"
    outcome: Outcome = Outcome.SUCCESS
    job: str


class SessionProgressed(_SessionEvent):
    """The agent took a turn."""

    verb: ClassVar[str] = "progressed"
    published: ClassVar[bool] = False
    outcome: Outcome = Outcome.SUCCESS
    turn: int = Field(ge=1)
    usage: Usage


class SessionSucceeded(_SessionEvent):
    """The agent answered."""

    verb: ClassVar[str] = "succeeded"
    outcome: Outcome = Outcome.SUCCESS
    result: Result
    usage: Usage


class SessionFailed(_SessionEvent):
    """The session ended without an answer."""

    verb: ClassVar[str] = "failed"
    outcome: Outcome = Outcome.FAILURE
    reason: str = Field(max_length=128, description="A CamelCase word, as in the condition.")
    message: Sentence
    usage: Usage | None = None


class SessionCancelled(_SessionEvent):
    """The session was stopped on request."""

    verb: ClassVar[str] = "cancelled"
    outcome: Outcome = Outcome.SUCCESS
    usage: Usage | None = None


class SessionTimedOut(_SessionEvent):
    """The session ran into its time limit."""

    verb: ClassVar[str] = "timed_out"
    outcome: Outcome = Outcome.FAILURE
    timeout_seconds: int = Field(ge=1)
    usage: Usage | None = None


class SessionDeleted(_SessionEvent):
    """The AgenticSession and its Job are gone."""

    verb: ClassVar[str] = "deleted"
    outcome: Outcome = Outcome.SUCCESS
