"""What the HTTP API takes and gives, in the spelling of the custom resource."""

from typing import Annotated

from fastapi import Header, Path, Query
from pydantic import ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from ambient_contracts.model import KubernetesModel
from ambient_contracts.names import DNS_LABEL, ProjectName
from ambient_contracts.resources import AgenticSession, Phase, SessionStatus
from session_runner.domain.refusal import NAME_MAX
from session_runner.domain.sessions import Order

SessionName = Annotated[
    str, StringConstraints(pattern=DNS_LABEL, min_length=1, max_length=NAME_MAX)
]
InProject = Annotated[ProjectName, Path(description="The project's name.")]
OfSession = Annotated[str, Path(min_length=1, max_length=253, pattern=r"^[a-z0-9]([-.a-z0-9]*)$")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=256,
        description="Sent again with the same order, it finds the session that it made.",
    ),
]
PhaseFilter = Annotated[Phase | None, Query(description="Only sessions in this phase.")]
Limit = Annotated[int, Query(ge=1, le=500, description="How many sessions at most.")]
Continue = Annotated[
    str,
    Query(alias="continue", max_length=4096, description="What the page before gave."),
]


class _Strict(KubernetesModel):
    """A body in which a misspelt field is an error."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )


class NewSession(Order):
    """An order for a session."""

    model_config = _Strict.model_config

    name: SessionName | None = Field(default=None, description="Its name; else one is made.")


class NewClone(_Strict):
    """Where a clone goes."""

    project: ProjectName | None = Field(default=None, description="Else the source's own.")
    name: SessionName | None = Field(default=None, description="Its name; else one is made.")


class SessionPage(KubernetesModel):
    """Some of a project's sessions."""

    items: tuple[AgenticSession, ...]
    continue_: str | None = Field(
        default=None, alias="continue", description="What to ask with for the next page."
    )


def shown(session: AgenticSession) -> AgenticSession:
    """Return a session as people see it: one that nobody has looked at yet is pending."""
    if session.status is not None:
        return session
    return session.model_copy(update={"status": SessionStatus()})
