"""The custom resources of `ambient.dev/v1alpha1`. `RESOURCES` lists them all."""

from ambient_contracts.resources.base import Column, Condition, CustomResource, Definition
from ambient_contracts.resources.bot import BotAccount, BotSpec, BotStatus, IssuedToken
from ambient_contracts.resources.project import (
    Jira,
    Member,
    Project,
    ProjectPhase,
    ProjectSpec,
    ProjectStatus,
    Quota,
    Role,
    Trigger,
)
from ambient_contracts.resources.session import (
    AgenticSession,
    BotAccountRef,
    Citation,
    Limits,
    Phase,
    ProjectRef,
    Result,
    SessionSpec,
    SessionStatus,
    Usage,
    UserContext,
)

RESOURCES: tuple[type[CustomResource], ...] = (Project, BotAccount, AgenticSession)

__all__ = [
    "RESOURCES",
    "AgenticSession",
    "BotAccount",
    "BotAccountRef",
    "BotSpec",
    "BotStatus",
    "Citation",
    "Column",
    "Condition",
    "CustomResource",
    "Definition",
    "IssuedToken",
    "Jira",
    "Limits",
    "Member",
    "Phase",
    "Project",
    "ProjectPhase",
    "ProjectRef",
    "ProjectSpec",
    "ProjectStatus",
    "Quota",
    "Result",
    "Role",
    "SessionSpec",
    "SessionStatus",
    "Trigger",
    "Usage",
    "UserContext",
]
