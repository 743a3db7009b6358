"""What the REST API takes and gives: camelCase JSON, one flat object for each resource."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from ambient_contracts.names import BotName, ProjectName, namespace_of
from ambient_contracts.resources import (
    BotAccount,
    BotSpec,
    Condition,
    IssuedToken,
    Jira,
    Member,
    Project,
    ProjectPhase,
    ProjectSpec,
    Quota,
)
from ambient_contracts.resources.base import ObjectMeta
from ambient_contracts.tokens import (
    LIFETIME_SECONDS,
    LIFETIME_SECONDS_MAX,
    LIFETIME_SECONDS_MIN,
)
from project_manager.domain.credential_values import CredentialKey
from project_manager.handlers.issue_bot_token import NewToken

ProjectInPath = Annotated[ProjectName, Path(alias="project", description="The project's name.")]
BotInPath = Annotated[BotName, Path(alias="bot", description="The bot's name.")]
KeyInPath = Annotated[CredentialKey, Path(alias="key", description="The credential's name.")]


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class _Request(_Model):
    """A body; an unknown field is an error, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid")


class NewProject(_Request, ProjectSpec):
    """A project to make. Without members, who makes it is its admin."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=None)

    name: ProjectName

    def resource(self) -> Project:
        """Return it as a custom resource."""
        spec = ProjectSpec.model_validate(self.model_dump(exclude={"name"}))
        return Project(metadata=ObjectMeta(name=self.name), spec=spec)


class ProjectChanges(_Request):
    """What is to be changed; what is not named stays. Members are given as a whole."""

    display_name: str | None = Field(default=None, max_length=128)
    description: str | None = Field(default=None, max_length=2048)
    members: tuple[Member, ...] | None = Field(default=None, max_length=256)
    quota: Quota | None = None
    suspended: bool | None = None
    jira: Jira | None = None

    def merge_patch(self) -> dict[str, object]:
        """Return the changes as a merge patch of the spec."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)


class ProjectView(_Model):
    """A project, and how far it has come."""

    name: str
    namespace: str
    display_name: str
    description: str
    members: tuple[Member, ...]
    quota: Quota
    suspended: bool
    jira: Jira
    phase: ProjectPhase
    conditions: tuple[Condition, ...]
    created_at: datetime | None
    generation: int
    observed_generation: int | None

    @classmethod
    def of(cls, project: Project) -> Self:
        """Show a custom resource."""
        metadata, spec, status = project.metadata, project.spec, project.status
        return cls(
            name=metadata.name,
            namespace=namespace_of(metadata.name),
            display_name=spec.display_name,
            description=spec.description,
            members=spec.members,
            quota=spec.quota,
            suspended=spec.suspended,
            jira=spec.jira,
            phase=status.phase if status else ProjectPhase.PENDING,
            conditions=status.conditions if status else (),
            created_at=metadata.creation_timestamp,
            generation=metadata.generation,
            observed_generation=status.observed_generation if status else None,
        )


class ProjectList(_Model):
    """The projects that the caller may see."""

    items: list[ProjectView]


class NewBot(_Request, BotSpec):
    """A bot to make."""

    model_config = ConfigDict(extra="forbid")

    name: BotName

    def resource(self, project: str) -> BotAccount:
        """Return it as a custom resource."""
        spec = BotSpec.model_validate(self.model_dump(exclude={"name"}))
        metadata = ObjectMeta(name=self.name, namespace=namespace_of(project))
        return BotAccount(metadata=metadata, spec=spec)


class BotView(_Model):
    """A bot, and which tokens it has; never a token."""

    name: str
    project: str
    display_name: str
    sources: tuple[str, ...]
    service_account_name: str | None
    tokens: tuple[IssuedToken, ...]
    conditions: tuple[Condition, ...]
    created_at: datetime | None

    @classmethod
    def of(cls, bot: BotAccount, project: str) -> Self:
        """Show a custom resource."""
        return cls(
            name=bot.metadata.name,
            project=project,
            display_name=bot.spec.display_name,
            sources=bot.spec.sources,
            service_account_name=bot.status.service_account_name if bot.status else None,
            tokens=bot.status.tokens if bot.status else (),
            conditions=bot.status.conditions if bot.status else (),
            created_at=bot.metadata.creation_timestamp,
        )


class BotList(_Model):
    """A project's bots."""

    items: list[BotView]


class TokenOrder(_Request):
    """How long a token is to last."""

    expires_in_seconds: int = Field(
        default=LIFETIME_SECONDS, ge=LIFETIME_SECONDS_MIN, le=LIFETIME_SECONDS_MAX
    )


class TokenOnce(_Model):
    """A token. It is shown here and never again."""

    id: str
    token: str = Field(repr=False)
    issued_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, new: NewToken) -> Self:
        """Show a new token."""
        record = new.record
        return cls(
            id=record.id,
            token=new.token,
            issued_at=record.issued_at,
            expires_at=record.expires_at,
        )


class CredentialNames(_Model):
    """The names of a project's credentials; nothing answers with their values."""

    keys: tuple[str, ...]
