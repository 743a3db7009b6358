"""One event of each kind, always the same: what the golden bytes are made of."""

from datetime import UTC, datetime
from typing import Any

from ambient_contracts.envelope import Cause, Fact
from ambient_contracts.events import (
    AccessDenied,
    Actor,
    ActorKind,
    BotCreated,
    BotDeleted,
    BotTokenIssued,
    BotTokenRevoked,
    BotTokenRotated,
    CredentialRemoved,
    CredentialSet,
    CredentialUsed,
    Delivery,
    Event,
    LedgerCheckpointed,
    MemberGranted,
    MemberRevoked,
    MessageDeadLettered,
    ObjectRef,
    ProjectCreated,
    ProjectDeleted,
    ProjectProvisioned,
    ProjectRepaired,
    ProjectResumed,
    ProjectSuspended,
    ProjectUpdated,
    SessionCancelled,
    SessionCreated,
    SessionDeleted,
    SessionDenied,
    SessionFailed,
    SessionOrder,
    SessionProgressed,
    SessionQueued,
    SessionRequested,
    SessionStarted,
    SessionSucceeded,
    SessionTimedOut,
    WebhookAccepted,
    WebhookIgnored,
    WebhookRejected,
)
from ambient_contracts.resources import Citation, Limits, Member, Result, Role, Usage

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CAUSE = Cause(
    correlation_id="5f1d7a84db00d2fce00b31a7fc73224f",
    causation_id="c9c4f4b2a0a1b6a8f2c1a8e7d3b5f0e1",
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)
ALICE = Actor(kind=ActorKind.USER, id="alice", groups=("research",))
BOT = Actor(kind=ActorKind.BOT, id="system:serviceaccount:project-ml:bot-jira")
SESSION = ObjectRef(kind="AgenticSession", name="session-1", namespace="project-ml", uid="u-1")
PROJECT = ObjectRef(kind="Project", name="ml", uid="u-2")
THE_BOT = ObjectRef(kind="BotAccount", name="jira", namespace="project-ml", uid="u-3")
SECRET = ObjectRef(kind="Secret", name="project-credentials", namespace="project-ml")
DELIVERY = Delivery(
    provider="jira",
    identifier="d-1",
    event="jira:issue_created",
    remote_address="192.0.2.1",
    size=9012,
    body_sha256="00" * 32,
)
MEMBER = Member(kind="Group", name="research", role=Role.EDITOR)
USAGE = Usage(input_tokens=1200, output_tokens=80, cost_usd=0.0048)
RESULT = Result(
    agent="model",
    model="a-model",
    answer="It says so.",
    citations=(Citation(url="https://example.org/", quote="So.", position=7),),
)


def _of(kind: type[Event], about: ObjectRef, **fields: Any) -> Event:
    return kind(actor=fields.pop("actor", ALICE), project="ml", object=about, **fields)


WEBHOOK = ObjectRef(kind="Webhook", name="d-1")
EVENTS: tuple[Event, ...] = (
    _of(
        WebhookAccepted,
        WEBHOOK,
        actor=BOT,
        delivery=DELIVERY,
        triggers=("created",),
        sessions=("session-1",),
    ),
    _of(WebhookIgnored, WEBHOOK, actor=BOT, delivery=DELIVERY, reason="no trigger matched"),
    WebhookRejected(
        actor=Actor(kind=ActorKind.UNKNOWN, id=""),
        project=None,
        object=WEBHOOK,
        delivery=DELIVERY,
        status=401,
        reason="the token is not valid",
    ),
    _of(
        SessionRequested,
        SESSION,
        actor=BOT,
        bot="jira",
        trigger="created",
        order=SessionOrder(
            prompt="Was steht dort? 漢字",
            website_url="https://example.org/",
            model="a-model",
            timeout_seconds=60,
            limits=Limits(turns=3, tokens=10000, cost_usd=0.5),
        ),
    ),
    _of(SessionDenied, SESSION, actor=BOT, reason="the bot may not create sessions"),
    _of(SessionCreated, SESSION, cloned_from="session-0"),
    _of(SessionQueued, SESSION, reason="the project's quota is used up"),
    _of(SessionStarted, SESSION, job="session-1"),
    _of(SessionProgressed, SESSION, turn=1, usage=USAGE),
    _of(SessionSucceeded, SESSION, result=RESULT, usage=USAGE),
    _of(SessionFailed, SESSION, reason="OutOfMemory", message="The agent ran out of memory."),
    _of(SessionCancelled, SESSION, usage=USAGE),
    _of(SessionTimedOut, SESSION, timeout_seconds=60),
    _of(SessionDeleted, SESSION),
    _of(ProjectCreated, PROJECT),
    _of(ProjectProvisioned, PROJECT),
    _of(ProjectUpdated, PROJECT, generation=2),
    _of(ProjectRepaired, PROJECT, repaired=("ResourceQuota/project-quota",)),
    _of(ProjectSuspended, PROJECT),
    _of(ProjectResumed, PROJECT),
    _of(ProjectDeleted, PROJECT),
    _of(MemberGranted, PROJECT, member=MEMBER),
    _of(MemberRevoked, PROJECT, member=MEMBER),
    _of(BotCreated, THE_BOT),
    _of(BotTokenIssued, THE_BOT, token_id="t-1", expires_at=NOON),
    _of(BotTokenRotated, THE_BOT, token_id="t-2", expires_at=NOON, replaces="t-1"),
    _of(BotTokenRevoked, THE_BOT, token_id="t-1"),
    _of(BotDeleted, THE_BOT),
    _of(CredentialSet, SECRET, key="anthropic-api-key"),
    _of(CredentialRemoved, SECRET, key="jira-api-token"),
    _of(CredentialUsed, SECRET, key="anthropic-api-key", session="session-1"),
    _of(AccessDenied, SECRET, action="PUT /api/projects/ml/credentials", reason="not an admin"),
    _of(
        MessageDeadLettered,
        ObjectRef(kind="Message", name="AMBIENT/7"),
        consumer="session-requests",
        stream_sequence=7,
        subject_of_message="ambient.ml.gateway.session.requested",
        deliveries=8,
        reason="after 8 deliveries: no",
    ),
    LedgerCheckpointed(
        actor=Actor(kind=ActorKind.SERVICE, id="audit"),
        project=None,
        object=ObjectRef(kind="Ledger", name="AMBIENT"),
        size=7,
        root_sha256="11" * 32,
    ),
)

FACTS: tuple[Fact[Any], ...] = tuple(
    Fact[Any].state(
        event,
        source=event.sources[0],
        because=("sample",),
        cause=CAUSE,
        time=NOON,
    )
    for event in EVENTS
)
