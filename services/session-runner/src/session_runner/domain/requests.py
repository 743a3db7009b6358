"""A request for a session: who asks, and the AgenticSession that answers it."""

from dataclasses import dataclass

from ambient_contracts.envelope import Envelope, Fact
from ambient_contracts.events import Actor, ActorKind, ObjectRef, SessionOrder, SessionRequested
from ambient_contracts.names import (
    CORRELATION_ANNOTATION,
    REQUEST_ANNOTATION,
    TRACE_ANNOTATION,
    bot_service_account,
    namespace_of,
    service_account_user,
    session_name,
)
from ambient_contracts.resources import (
    AgenticSession,
    BotAccount,
    BotAccountRef,
    Project,
    UserContext,
)
from ambient_contracts.subjects import Source, Subject
from session_runner.domain.sessions import Order, new_session


class DeniedError(Exception):
    """A request that is refused for good, with one sentence that says why."""


@dataclass(frozen=True)
class Request:
    """A request as the session-runner sees it."""

    envelope: Envelope
    project: str
    asked_by: str | None
    """The bot that the payload names."""
    order: SessionOrder

    @classmethod
    def of(cls, fact: Fact[SessionRequested]) -> "Request":
        """Read a request from its event.

        Raises:
            ValueError: If it names no project; such a message cannot be handled at all.
        """
        event = fact.event
        if event.project is None:
            raise ValueError("a session belongs to a project, and the request names none")
        return cls(fact.envelope, event.project, event.bot, event.order)

    @property
    def namespace(self) -> str:
        """The project's namespace."""
        return namespace_of(self.project)

    @property
    def session(self) -> str:
        """The name of the AgenticSession that answers the request."""
        return session_name(self.envelope.id)

    @property
    def reference(self) -> ObjectRef:
        """The session as events name it."""
        return ObjectRef(kind="AgenticSession", name=self.session, namespace=self.namespace)

    @property
    def by_webhook(self) -> bool:
        """Whether it came through the gateway."""
        return self.envelope.source == Source.GATEWAY

    @property
    def bot(self) -> str:
        """The bot on whose right the session is asked for.

        The broker guards the subject's source, so a bot's own subject proves which bot it is; the
        gateway has checked the token of the bot that it names.

        Raises:
            DeniedError: If none can be told.
        """
        publisher = Subject(self.project, self.envelope.source, "session", "requested").bot
        if publisher is None and not self.by_webhook:
            raise DeniedError(f"{self.envelope.source} does not ask for sessions.")
        if publisher is None:
            if self.asked_by is None:
                raise DeniedError("The request names no bot.")
            return self.asked_by
        if self.asked_by not in {None, publisher}:
            raise DeniedError(f"Bot {publisher} asks in the name of bot {self.asked_by}.")
        return publisher

    def user(self) -> str:
        """Return the user name of the bot's ServiceAccount.

        Raises:
            DeniedError: If no bot can be told.
        """
        return service_account_user(self.namespace, bot_service_account(self.bot))

    def actor(self) -> Actor:
        """Return who asks, as events name them."""
        try:
            return Actor(kind=ActorKind.BOT, id=self.user())
        except DeniedError:
            return Actor(kind=ActorKind.UNKNOWN, id="")


def check_project(request: Request, project: Project | None) -> None:
    """Refuse work for a project that takes none.

    Raises:
        DeniedError: With the reason.
    """
    if project is None:
        raise DeniedError(f"There is no project {request.project}.")
    if project.metadata.deletion_timestamp is not None:
        raise DeniedError(f"The project {request.project} is being deleted.")
    if project.spec.suspended:
        raise DeniedError(f"The project {request.project} is suspended and takes no new work.")


def check_bot(request: Request, bot: BotAccount | None) -> None:
    """Refuse a bot that does not exist, or that does not ask for sessions in this way.

    Raises:
        DeniedError: With the reason.
    """
    if bot is None:
        raise DeniedError(f"The project {request.project} has no bot {request.bot}.")
    way = "webhook" if request.by_webhook else "publish"
    if way not in bot.spec.sources:
        raise DeniedError(f"Bot {request.bot} may not ask by {way}; its `sources` do not name it.")


def session_for(request: Request, traceparent: str | None) -> AgenticSession:
    """Return the AgenticSession that a request asks for.

    Raises:
        DeniedError: If no bot can be told.
    """
    asked, cause = request.order, request.envelope.cause
    trace = traceparent or cause.traceparent
    return new_session(
        project=request.project,
        name=request.session,
        order=Order(
            prompt=asked.prompt,
            website_url=asked.website_url,
            model=asked.model,
            timeout_seconds=asked.timeout_seconds,
            limits=asked.limits,
        ),
        requester=UserContext(user_id=request.user(), display_name=request.bot),
        bot=BotAccountRef(service_account_name=bot_service_account(request.bot)),
        annotations={
            REQUEST_ANNOTATION: request.envelope.id,
            CORRELATION_ANNOTATION: cause.correlation_id,
            **({TRACE_ANNOTATION: trace} if trace else {}),
        },
    )
