"""An AgenticSession as the runner makes it, whether an event or a person asks for it."""

from collections.abc import Mapping

from pydantic import Field

from ambient_contracts.model import KubernetesModel
from ambient_contracts.names import PROJECT_LABEL, namespace_of
from ambient_contracts.resources import (
    AgenticSession,
    BotAccountRef,
    Limits,
    ProjectRef,
    SessionSpec,
    UserContext,
)
from ambient_contracts.resources.base import ObjectMeta
from session_runner.domain.observation import FINALIZER


class Order(KubernetesModel):
    """What a session is asked to do; what is left out has the custom resource's default."""

    prompt: str = Field(min_length=1, max_length=16384)
    website_url: str = Field(alias="websiteURL", min_length=1, max_length=2048)
    model: str | None = Field(default=None, max_length=128)
    timeout_seconds: int | None = Field(default=None, ge=1, le=86400)
    limits: Limits | None = None
    retries: int = Field(default=0, ge=0, le=10)

    @classmethod
    def of(cls, spec: SessionSpec) -> "Order":
        """Return what an existing session was asked to do."""
        return cls.model_validate(spec.model_dump(by_alias=True, include=set(cls.model_fields)))


def new_session(
    *,
    project: str,
    name: str,
    order: Order,
    requester: UserContext,
    bot: BotAccountRef | None = None,
    cloned_from: str | None = None,
    annotations: Mapping[str, str],
) -> AgenticSession:
    """Return a session that asks for what an order says, held by the runner's finalizer."""
    namespace = namespace_of(project)
    return AgenticSession(
        metadata=ObjectMeta(
            name=name,
            namespace=namespace,
            labels={PROJECT_LABEL: project},
            annotations=dict(annotations),
            finalizers=(FINALIZER,),
        ),
        spec=SessionSpec.model_validate(
            {
                **order.model_dump(exclude_none=True),
                "project_ref": ProjectRef(name=project, namespace=namespace),
                "user_context": requester,
                "bot_account": bot,
                "cloned_from": cloned_from,
            }
        ),
    )


def same_order(one: AgenticSession, other: AgenticSession) -> bool:
    """Whether two sessions are asked to do the same on behalf of the same requester."""
    ignored = {"cancel_requested"}
    return one.spec.model_dump(exclude=ignored) == other.spec.model_dump(exclude=ignored)
