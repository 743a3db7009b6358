"""Who calls: a bearer token that the API server knows, and that the service then acts with."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from ambient_chassis.problems import Problem
from ambient_contracts.events import Actor, ActorKind
from ambient_kube import Kube, review_token

_BEARER: Final = HTTPBearer(auto_error=False, description="A token that the API server knows.")


@dataclass(frozen=True)
class Caller:
    """Whoever calls, as the API server knows them."""

    username: str
    groups: tuple[str, ...]
    uid: str
    kube: Kube
    """The API server under the caller's own token: it can do what the caller may, no more."""

    def actor(self) -> Actor:
        """Return the caller as events name them."""
        return Actor(kind=ActorKind.USER, id=self.username, groups=self.groups)


class Authenticator:
    """Asks the API server whose token it is (TokenReview), under the service's own identity."""

    def __init__(self, kube: Kube) -> None:
        self._kube = kube

    async def authenticate(self, token: str) -> Caller | None:
        """Return whose token it is, or None if it is nobody's.

        Raises:
            KubeError: If the API server cannot say.
        """
        found = await review_token(self._kube, token)
        if found is None:
            return None
        return Caller(
            username=found.username,
            groups=tuple(found.groups),
            uid=found.uid,
            kube=self._kube.with_token(token),
        )

    async def ready(self) -> None:
        """Return if the API server can be asked.

        Raises:
            KubeError: If it is away.
        """
        await self._kube.ready()


async def current_caller(
    request: Request, _documented: Annotated[object, Depends(_BEARER)]
) -> Caller:
    """Return who calls.

    Raises:
        Problem: 401, if the request has no valid token.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthorized("Send a token: `Authorization: Bearer …`.")
    authenticator: Authenticator = request.app.state.authenticator
    caller = await authenticator.authenticate(token.strip())
    if caller is None:
        raise _unauthorized("The token is not valid, or no longer. Log in again.")
    return caller


CurrentCaller = Annotated[Caller, Depends(current_caller)]


def _unauthorized(detail: str) -> Problem:
    return Problem(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"})
