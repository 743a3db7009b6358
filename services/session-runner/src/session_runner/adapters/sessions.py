"""Sessions that the runner makes on its own right."""

from ambient_contracts.resources import AgenticSession
from ambient_kube import AlreadyExists, Invalid, Kube, KubeError
from session_runner.adapters.manifest import manifest_of
from session_runner.adapters.refusals import find, never, over_quota
from session_runner.adapters.resources import AGENTIC_SESSIONS
from session_runner.ports.errors import ApiAwayError, OverQuotaError, RefusedError


class KubeSessions:
    """As `ports.requests.Sessions`."""

    def __init__(self, kube: Kube) -> None:
        self._kube = kube

    async def exists(self, namespace: str, name: str) -> bool:
        """Whether there is a session of that name."""
        return await find(self._kube, AGENTIC_SESSIONS, name, namespace) is not None

    async def create(self, session: AgenticSession) -> None:
        """Make a session."""
        try:
            await self._kube.create(AGENTIC_SESSIONS, manifest_of(session))
        except AlreadyExists:
            return
        except KubeError as error:
            if over_quota(error):
                raise OverQuotaError(error.message) from error
            if isinstance(error, Invalid) or never(error):
                raise RefusedError(error.message) from error
            raise ApiAwayError(error.message) from error
