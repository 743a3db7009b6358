"""What is observed of a project or a bot, and what is decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar

from ambient_contracts.names import API_GROUP
from ambient_contracts.resources import BotStatus, CustomResource, ProjectStatus
from project_manager.domain.drift import Change
from project_manager.domain.objects import Manifest, ObjectKey
from project_manager.domain.statement import Statement

PROJECT_FINALIZER: Final = f"{API_GROUP}/project"
BOT_FINALIZER: Final = f"{API_GROUP}/bot"

Status = TypeVar("Status", ProjectStatus, BotStatus)


@dataclass(frozen=True)
class Observed:
    """The objects that belong to it, as they are."""

    objects: Mapping[ObjectKey, Manifest]
    namespace: Manifest | None
    """The namespace of the project's name, whoever made it."""
    now: datetime


@dataclass(frozen=True)
class Decision(Generic[Status]):
    """What to do, in this order; each part may be repeated."""

    statements: tuple[Statement, ...] = ()
    changes: tuple[Change, ...] = ()
    status: Status | None = None
    """The status to write; None to leave it."""
    finalizer: bool | None = None
    """True to add ours, False to remove it, None to leave it."""
    again: float | None = None
    """Seconds after which to decide again, where nothing may change before that."""


def terminating(namespace: Manifest) -> bool:
    """Whether a namespace is on its way out."""
    return "deletionTimestamp" in namespace["metadata"]


def owned(namespace: Manifest, owner: CustomResource) -> bool:
    """Whether a namespace was made for this very project."""
    references = namespace["metadata"].get("ownerReferences", [])
    return any(reference.get("uid") == owner.metadata.uid for reference in references)
