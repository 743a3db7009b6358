"""Where a session comes from: its requester, its trace, and the chain of events that led to it.

The annotations are a requester's word, but for the one that an admission policy writes: what is no
trace or no id there counts as absent.
"""

import re
from typing import Final

from ambient_contracts.envelope import Cause
from ambient_contracts.events import Actor, ActorKind, ObjectRef, SessionCreated
from ambient_contracts.ids import derive
from ambient_contracts.names import (
    CORRELATION_ANNOTATION,
    REQUEST_ANNOTATION,
    REQUESTER_ANNOTATION,
    TRACE_ANNOTATION,
    project_of,
)
from ambient_contracts.resources import AgenticSession

_TRACEPARENT: Final = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_ID: Final = re.compile(r"[!-~]{1,256}")


def project_name(session: AgenticSession) -> str | None:
    """Return the session's project by its namespace, or None if that is no project's."""
    return project_of(session.metadata.namespace or "")


def traceparent_of(session: AgenticSession) -> str:
    """Return the trace that the session belongs to.

    A session without one begins a trace that follows from its uid, so that every process and
    every restart finds the same.
    """
    given = session.metadata.annotations.get(TRACE_ANNOTATION, "")
    if _TRACEPARENT.fullmatch(given):
        return given
    uid = session.metadata.uid
    return f"00-{derive('trace', uid)}-{derive('span', uid)[:16]}-01"


def trace_id_of(session: AgenticSession) -> str:
    """Return the 32 hexadecimal digits that name the session's trace."""
    return traceparent_of(session).split("-")[1]


def created_id(session: AgenticSession) -> str:
    """Return the id of the event that states the session's creation."""
    project = project_name(session) or ""
    return derive(SessionCreated.type(), project, session.metadata.uid, SessionCreated.verb)


def cause_of(session: AgenticSession, verb: str) -> Cause:
    """Return what the session's event with this verb follows from."""
    own = created_id(session)
    before = _id(session, REQUEST_ANNOTATION)
    if before is None and verb != SessionCreated.verb:
        before = own
    return Cause(
        correlation_id=_id(session, CORRELATION_ANNOTATION) or own,
        causation_id=before,
        traceparent=traceparent_of(session),
    )


def requester_of(session: AgenticSession) -> Actor:
    """Return on whose behalf the session runs."""
    kind = ActorKind.USER if session.spec.bot_account is None else ActorKind.BOT
    return Actor(kind=kind, id=session.spec.user_context.user_id)


def canceller_of(session: AgenticSession) -> Actor:
    """Return who changed the session's spec last, as the API server wrote it down.

    Nothing of a spec but `cancelRequested` changes, so of a cancelled session it is who cancelled.
    """
    user = session.metadata.annotations.get(REQUESTER_ANNOTATION)
    return Actor(kind=ActorKind.USER, id=user) if user else Actor(kind=ActorKind.UNKNOWN, id="")


def reference_to(session: AgenticSession) -> ObjectRef:
    """Return the session as events name it."""
    return ObjectRef(
        kind=session.kind,
        name=session.metadata.name,
        namespace=session.metadata.namespace,
        uid=session.metadata.uid,
    )


def _id(session: AgenticSession, annotation: str) -> str | None:
    given = session.metadata.annotations.get(annotation, "")
    return given if _ID.fullmatch(given) else None
