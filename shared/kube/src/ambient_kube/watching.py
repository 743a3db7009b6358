"""What a list and a watch of the API server bring."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from ambient_kube.errors import Unavailable, error_of_status
from ambient_kube.lines import lines
from ambient_kube.manifests import Manifest


@dataclass(frozen=True)
class Snapshot:
    """All objects as they were at one version."""

    items: list[Manifest]
    resource_version: str


@dataclass(frozen=True)
class WatchEvent:
    """A change: ADDED, MODIFIED or DELETED; or BOOKMARK, whose object has a version alone."""

    type: str
    object: Manifest


async def watch_events(chunks: AsyncGenerator[bytes]) -> AsyncGenerator[WatchEvent]:
    """Yield the events of a watch's stream.

    Raises:
        Gone: If the version to start from is too old.
        KubeError: If the server ends the watch with another error, or it is cut in an event.
    """
    async with aclosing(lines(chunks)) as events:
        async for line in events:
            if line:
                yield _event(line)


def _event(line: bytes) -> WatchEvent:
    try:
        event: dict[str, Any] = json.loads(line)
        kind, item = str(event["type"]), dict(event["object"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Unavailable(0, "Malformed", f"a watch sent what is no event: {error}") from error
    if kind == "ERROR":
        raise error_of_status(item)
    return WatchEvent(kind, item)
