"""The projects' credentials: one Secret each, read and written by the project-manager itself."""

from base64 import b64decode, b64encode
from collections.abc import Mapping

from ambient_contracts.names import CREDENTIALS_SECRET, JIRA_WEBHOOK_SECRET, namespace_of
from ambient_kube import SECRETS, Kube, NotFound
from project_manager.domain.objects import Manifest
from project_manager.ports import NotProvisionedError


class KubernetesCredentials:
    """Secrets named `project-credentials`, one in each project's namespace."""

    def __init__(self, kube: Kube) -> None:
        self._kube = kube

    async def keys(self, project: str) -> tuple[str, ...]:
        """Return the names of the keys."""
        return tuple(sorted((await self._read(project)).get("data") or {}))

    async def version(self, project: str) -> str:
        """Return the Secret's uid and resource version."""
        metadata = (await self._read(project))["metadata"]
        return f"{metadata['uid']}@{metadata['resourceVersion']}"

    async def write(self, project: str, values: Mapping[str, str | None]) -> None:
        """Set these keys, and remove those that are None."""
        data = {
            key: None if value is None else b64encode(value.encode()).decode()
            for key, value in values.items()
        }
        await self._kube.patch(SECRETS, CREDENTIALS_SECRET, {"data": data}, namespace_of(project))

    async def webhook_secret(self, project: str) -> bytes | None:
        """Return the secret that the project's bot tokens are signed with."""
        data = (await self._read(project)).get("data") or {}
        value = data.get(JIRA_WEBHOOK_SECRET)
        return None if value is None else b64decode(value)

    async def _read(self, project: str) -> Manifest:
        try:
            return await self._kube.get(SECRETS, CREDENTIALS_SECRET, namespace_of(project))
        except NotFound as error:
            raise NotProvisionedError(
                f"{project} has no credentials yet. Wait until the project is ready."
            ) from error
