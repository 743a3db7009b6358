"""What is asked before a session is made: the present word of the API server, never a cache's."""

from ambient_contracts.resources import BotAccount, Project
from ambient_kube import Caller, Kube, may
from session_runner.adapters.refusals import find, translated
from session_runner.adapters.resources import AGENTIC_SESSIONS, BOT_ACCOUNTS, PROJECTS


class KubeAdmissions:
    """As `ports.requests.Admissions`, under the runner's own identity."""

    def __init__(self, kube: Kube) -> None:
        self._kube = kube

    async def project(self, name: str) -> Project | None:
        """Return a project, or None."""
        found = await find(self._kube, PROJECTS, name)
        return Project.model_validate(found) if found else None

    async def bot(self, namespace: str, name: str) -> BotAccount | None:
        """Return a bot, or None."""
        found = await find(self._kube, BOT_ACCOUNTS, name, namespace)
        return BotAccount.model_validate(found) if found else None

    async def may_create_sessions(self, namespace: str, account: str) -> bool:
        """Whether a ServiceAccount may (SubjectAccessReview)."""
        bot = Caller.service_account(namespace, account)
        with translated():
            return await may(self._kube, bot, "create", AGENTIC_SESSIONS, namespace=namespace)
