"""The bots, read and written by the project-manager itself."""

from collections.abc import Sequence

from ambient_contracts.names import namespace_of
from ambient_contracts.resources import BotAccount, IssuedToken
from ambient_kube import Conflict, Kube
from project_manager.adapters.kubernetes.resources import BOTS
from project_manager.ports import OutrunError


class KubernetesBots:
    """BotAccounts."""

    def __init__(self, kube: Kube) -> None:
        self._kube = kube

    async def read(self, project: str, name: str) -> BotAccount:
        """Return a bot as it is now."""
        found = await self._kube.get(BOTS, name, namespace_of(project))
        return BotAccount.model_validate(found)

    async def record_tokens(self, bot: BotAccount, tokens: Sequence[IssuedToken]) -> None:
        """Write down a bot's tokens, if it is still as it was read."""
        metadata = bot.metadata
        patch = {
            "metadata": {"resourceVersion": metadata.resource_version},
            "status": {
                "tokens": [token.model_dump(mode="json", by_alias=True) for token in tokens]
            },
        }
        try:
            await self._kube.patch(
                BOTS, metadata.name, patch, metadata.namespace, subresource="status"
            )
        except Conflict as error:
            raise OutrunError(error.message) from error
