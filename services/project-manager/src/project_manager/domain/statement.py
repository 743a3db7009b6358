"""An event that is to be stated, with what tells it from every other."""

from dataclasses import dataclass
from typing import Final

from ambient_contracts.events import Actor, ActorKind, Event
from ambient_contracts.names import REQUESTER_ANNOTATION
from ambient_contracts.resources import CustomResource
from ambient_contracts.subjects import Source

OURSELVES: Final = Actor(kind=ActorKind.SERVICE, id=Source.PROJECTS)
SOMEBODY: Final = Actor(kind=ActorKind.UNKNOWN, id="")
"""A controller sees that something changed, not who changed it."""


@dataclass(frozen=True)
class Statement:
    """An event, and what it follows from; stating it twice is stating it once."""

    event: Event
    because: tuple[str, ...]


def requester_of(resource: CustomResource) -> Actor:
    """Return who made a resource or changed its spec last, as the API server wrote it down."""
    user = resource.metadata.annotations.get(REQUESTER_ANNOTATION)
    return Actor(kind=ActorKind.USER, id=user) if user else SOMEBODY
