"""Who calls, and the sessions as the caller may see and change them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from ambient_chassis.identity import CurrentCaller
from ambient_kube import Kube
from session_runner.ports.desk import Desk

DeskOf = Callable[[Kube], Desk]


@dataclass(frozen=True)
class Visit:
    """A caller at the desk."""

    user: str
    desk: Desk


async def visit(request: Request, caller: CurrentCaller) -> Visit:
    """Return the caller's visit; the desk acts with the caller's own token."""
    desk_of: DeskOf = request.app.state.desk_of
    request.state.actor = caller.actor()
    return Visit(caller.username, desk_of(caller.kube))


Visiting = Annotated[Visit, Depends(visit)]
