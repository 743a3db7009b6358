"""BotAccount: something that is no person and may create sessions."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from ambient_contracts.model import KubernetesModel
from ambient_contracts.names import BOT_NAME_MAX
from ambient_contracts.resources.base import (
    Column,
    Condition,
    CustomResource,
    Definition,
    cel,
)


class BotSpec(KubernetesModel):
    """What the bot is for."""

    display_name: str = Field(
        default="", max_length=128, description="What people read in place of its name."
    )
    sources: tuple[Literal["webhook", "publish"], ...] = Field(
        default=("webhook",),
        max_length=2,
        description="How it asks for sessions.",
        json_schema_extra={"x-kubernetes-list-type": "set"},
    )


class IssuedToken(KubernetesModel):
    """A token that was issued: when, and until when; never the token."""

    id: str = Field(max_length=64, description="The token's `jti`.")
    issued_at: datetime = Field(description="Since when it holds.")
    expires_at: datetime = Field(description="Until when it holds.")


class BotStatus(KubernetesModel):
    """What the bot has."""

    service_account_name: str | None = Field(
        default=None, description="The identity that its rights hang on."
    )
    tokens: tuple[IssuedToken, ...] = Field(
        default=(),
        max_length=64,
        json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["id"]},
        description="The tokens that it was given.",
    )
    conditions: tuple[Condition, ...] = Field(
        default=(),
        json_schema_extra={
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["type"],
        },
        description="How far it has come.",
    )
    observed_generation: int | None = Field(
        default=None, description="The generation of the spec that the rest is about."
    )
    revision: str | None = Field(
        default=None,
        max_length=64,
        description="What is in force: it follows from every object that the bot should have.",
    )
    repairs: int = Field(
        default=0, ge=0, description="How often an object was changed by somebody and set right."
    )


class BotAccount(CustomResource):
    """A bot of the project."""

    model_config = cel(
        (
            f"size(self.metadata.name) <= {BOT_NAME_MAX} && "
            "self.metadata.name.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
            f"a bot's name is a DNS label of at most {BOT_NAME_MAX} characters",
        ),
    )
    definition: ClassVar[Definition] = Definition(
        kind="BotAccount",
        plural="botaccounts",
        short_name="bot",
        namespaced=True,
        columns=(
            Column("Service account", ".status.serviceAccountName"),
            Column("Display name", ".spec.displayName", wide=True),
            Column("Age", ".metadata.creationTimestamp", type="date"),
        ),
    )

    kind: Literal["BotAccount"] = "BotAccount"
    spec: BotSpec = BotSpec()
    status: BotStatus | None = None
