"""Projects, secrets and bots from watches; rights from the API server."""

import asyncio
import time
from base64 import b64decode
from typing import Final

from ambient_chassis.http import NotReadyError
from ambient_contracts.names import (
    CREDENTIALS_SECRET,
    JIRA_WEBHOOK_SECRET,
    bot_service_account,
    namespace_of,
)
from ambient_contracts.resources import AgenticSession, BotAccount, CustomResource, Project
from ambient_kube import SECRETS, Caller, Informer, Kube, Manifest, Resource, may

REMEMBERED_SECONDS: Final = 1.0
"""How long an answer about a right holds; a right that was taken away ends that much later."""
_REMEMBERED_MAX: Final = 4096


def resource_of(model: type[CustomResource]) -> Resource:
    """Return where the API server serves a custom resource."""
    definition = model.definition
    group, version = str(model.model_fields["api_version"].default).split("/")
    return Resource(
        group, version, definition.kind, definition.plural, namespaced=definition.namespaced
    )


_SESSIONS: Final = resource_of(AgenticSession)


def webhook_secret_in(manifest: Manifest) -> bytes | None:
    """Return the one value of a project's credentials that the gateway keeps."""
    encoded = (manifest.get("data") or {}).get(JIRA_WEBHOOK_SECRET)
    return None if encoded is None else b64decode(encoded)


class WatchedDirectory:
    """A copy of what the API server has, kept up by watches."""

    def __init__(self, kube: Kube) -> None:
        self._projects = Informer(kube, resource_of(Project), parse=Project.model_validate)
        self._bots = Informer(kube, resource_of(BotAccount), parse=BotAccount.model_validate)
        self._secrets = Informer(
            kube,
            SECRETS,
            parse=webhook_secret_in,
            # The name is also what the gateway's role is bounded to.
            field_selector=f"metadata.name={CREDENTIALS_SECRET}",
        )
        self._informers = (self._projects, self._bots, self._secrets)

    async def run(self) -> None:
        """Keep the copy up, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._projects.run())
            group.create_task(self._bots.run())
            group.create_task(self._secrets.run())

    def ready(self) -> None:
        """Return when the copy has been complete once.

        Raises:
            NotReadyError: Until then.
        """
        for informer in self._informers:
            if not informer.is_synced:
                raise NotReadyError(f"the {informer.resource.plural} have not been read yet")

    @property
    def complete(self) -> bool:
        """Whether all has been read once."""
        return all(informer.is_synced for informer in self._informers)

    def project(self, name: str) -> Project | None:
        """Return a project."""
        return self._projects.get(None, name)

    def webhook_secret(self, project: str) -> bytes | None:
        """Return the secret that signs a project's tokens."""
        return self._secrets.get(namespace_of(project), CREDENTIALS_SECRET)

    def bot(self, project: str, name: str) -> BotAccount | None:
        """Return a bot of a project."""
        return self._bots.get(namespace_of(project), name)


class KubernetesRights:
    """Asks the API server (SubjectAccessReview), and remembers its answer for a moment."""

    def __init__(self, kube: Kube) -> None:
        self._kube = kube
        self._remembered: dict[tuple[str, str], tuple[float, bool]] = {}

    async def may_create_sessions(self, project: str, bot: str) -> bool:
        """Whether a bot may create sessions in its project."""
        key, now = (project, bot), time.monotonic()
        until, allowed = self._remembered.get(key, (0.0, False))
        if now < until:
            return allowed
        namespace = namespace_of(project)
        caller = Caller.service_account(namespace, bot_service_account(bot))
        allowed = await may(self._kube, caller, "create", _SESSIONS, namespace=namespace)
        if len(self._remembered) >= _REMEMBERED_MAX:
            self._remembered.clear()
        self._remembered[key] = (now + REMEMBERED_SECONDS, allowed)
        return allowed
