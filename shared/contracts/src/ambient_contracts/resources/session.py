"""AgenticSession: an agent's work on a prompt and a website, as a Job in its project."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from ambient_contracts.model import KubernetesModel
from ambient_contracts.resources.base import (
    Column,
    Condition,
    CustomResource,
    Definition,
    cel,
)


class Phase(StrEnum):
    """Where a session stands. The last four are final."""

    PENDING = "Pending"
    QUEUED = "Queued"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    CANCELLED = "Cancelled"
    TIMED_OUT = "TimedOut"

    @property
    def final(self) -> bool:
        """Whether a session stays in this phase for good."""
        return self in {self.SUCCEEDED, self.FAILED, self.CANCELLED, self.TIMED_OUT}


class ProjectRef(KubernetesModel):
    """The project that the session belongs to: the one of its own namespace."""

    name: str = Field(max_length=63, description="The project's name.")
    namespace: str = Field(max_length=63, description="The project's namespace.")


class UserContext(KubernetesModel):
    """On whose behalf the session runs."""

    user_id: str = Field(max_length=256, description="The Kubernetes user name of the requester.")
    display_name: str = Field(
        default="", max_length=256, description="What people read in place of it."
    )


class BotAccountRef(KubernetesModel):
    """The bot that asked for the session."""

    service_account_name: str = Field(
        max_length=63, description="The bot's ServiceAccount, `bot-{name}`."
    )


class Limits(KubernetesModel):
    """What the agent may use at most."""

    turns: int | None = Field(default=None, ge=1, le=1000, description="Answers of the model.")
    tokens: int | None = Field(
        default=None, ge=1, description="Tokens of all answers and questions together."
    )
    cost_usd: float | None = Field(
        default=None, gt=0, alias="costUSD", description="US dollars, checked after each answer."
    )


class SessionSpec(KubernetesModel):
    """What is wanted. Nothing of it changes later, but that a session may be cancelled."""

    model_config = cel(
        (
            "oldSelf.cancelRequested == self.cancelRequested || self.cancelRequested",
            "a session that was cancelled stays cancelled",
        ),
        *(
            (
                f"has(oldSelf.{field}) == has(self.{field}) && "
                f"(!has(self.{field}) || oldSelf.{field} == self.{field})",
                f"{field} cannot be changed; clone the session to change it",
            )
            for field in (
                "prompt",
                "websiteURL",
                "projectRef",
                "userContext",
                "botAccount",
                "model",
                "timeoutSeconds",
                "limits",
                "retries",
                "clonedFrom",
            )
        ),
    )

    prompt: str = Field(min_length=1, max_length=16384, description="What the agent is asked.")
    website_url: str = Field(
        alias="websiteURL", max_length=2048, pattern="^https?://", description="http or https."
    )
    project_ref: ProjectRef
    user_context: UserContext
    bot_account: BotAccountRef | None = None
    model: str | None = Field(
        default=None,
        max_length=128,
        description="The language model; the agent's own choice where it is absent.",
    )
    timeout_seconds: int = Field(
        default=600,
        ge=1,
        le=86400,
        description="Seconds after which the session ends, done or not.",
    )
    limits: Limits | None = None
    retries: int = Field(default=0, ge=0, le=10, description="New tries after a failed one.")
    cloned_from: str | None = Field(
        default=None,
        max_length=253,
        description="The session that this is a copy of, as `project/name`.",
    )
    cancel_requested: bool = Field(
        default=False, description="Set to true to stop the session; it cannot be taken back."
    )


class Usage(KubernetesModel):
    """What the agent has used."""

    input_tokens: int = Field(default=0, ge=0, description="Tokens that the model read.")
    output_tokens: int = Field(default=0, ge=0, description="Tokens that the model wrote.")
    cost_usd: float = Field(
        default=0,
        ge=0,
        alias="costUSD",
        description="US dollars, by the model's list price; 0 where that is not known.",
    )


class Citation(KubernetesModel):
    """A sentence of a page that the answer rests on."""

    url: str = Field(max_length=2048, description="The page.")
    quote: str = Field(max_length=2048, description="The sentence, word for word.")
    position: int = Field(ge=0, description="Where the quote starts in the page's text.")


class Result(KubernetesModel):
    """What the agent answered."""

    agent: Literal["model", "extract"] = Field(
        description="`model`: a language model. `extract`: no model, the page's own sentences."
    )
    model: str | None = Field(default=None, description="The language model that answered.")
    answer: str = Field(max_length=8192, description="What the agent answered.")
    citations: tuple[Citation, ...] = Field(
        default=(), max_length=16, description="What the answer rests on."
    )
    truncated: bool = Field(default=False, description="Whether the log has more of it.")


class SessionStatus(KubernetesModel):
    """What became of it."""

    model_config = cel(
        (
            "!(oldSelf.phase in ['Succeeded','Failed','Cancelled','TimedOut']) || "
            "self.phase == oldSelf.phase",
            "a final phase never changes",
        ),
    )

    phase: Phase = Phase.PENDING
    conditions: tuple[Condition, ...] = Field(
        default=(),
        json_schema_extra={
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["type"],
        },
        description="Accepted, Running and Complete, each with its reason.",
    )
    observed_generation: int | None = Field(
        default=None, description="The generation of the spec that the rest is about."
    )
    job_name: str | None = Field(default=None, description="The Job that runs the agent.")
    start_time: datetime | None = Field(default=None, description="When the agent began.")
    completion_time: datetime | None = Field(default=None, description="When the session ended.")
    result: Result | None = None
    usage: Usage | None = None
    trace_id: str | None = Field(
        default=None, description="The trace that leads from its cause to its end."
    )


class AgenticSession(CustomResource):
    """An agent's work on a prompt and a website."""

    definition: ClassVar[Definition] = Definition(
        kind="AgenticSession",
        plural="agenticsessions",
        short_name="as",
        namespaced=True,
        columns=(
            Column("Phase", ".status.phase"),
            Column("Website", ".spec.websiteURL"),
            Column("Requester", ".spec.userContext.userId"),
            Column("Job", ".status.jobName", wide=True),
            Column("Reason", ".status.conditions[?(@.type=='Complete')].reason", wide=True),
            Column("Cost", ".status.usage.costUSD", wide=True),
            Column("Age", ".metadata.creationTimestamp", type="date"),
        ),
        selectable=(".status.phase", ".spec.userContext.userId"),
    )

    kind: Literal["AgenticSession"] = "AgenticSession"
    spec: SessionSpec
    status: SessionStatus | None = None
