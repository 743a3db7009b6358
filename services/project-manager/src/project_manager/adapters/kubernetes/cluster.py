"""Changes to the cluster, under the project-manager's own identity."""

from typing import Any

from ambient_contracts.resources import BotAccount, BotStatus, Project, ProjectStatus
from ambient_kube import (
    AlreadyExists,
    Conflict,
    Forbidden,
    Invalid,
    Kube,
    NotFound,
    Resource,
)
from project_manager.adapters.kubernetes.memory import Memory
from project_manager.adapters.kubernetes.resources import BOTS, BY_KIND, PROJECTS
from project_manager.domain.drift import Change, Correct, Create, Delete, differs
from project_manager.domain.objects import Manifest, ObjectKey
from project_manager.ports import OutrunError, RefusedError


class KubernetesCluster:
    """The cluster; what was written is remembered until it has been heard of."""

    def __init__(self, kube: Kube, memory: Memory) -> None:
        self._kube = kube
        self._memory = memory

    async def carry_out(self, change: Change) -> None:
        """Make a change; one that has been made is none."""
        try:
            await self._carry_out(change)
        except (Conflict, NotFound) as error:
            raise OutrunError(f"{change.key}: {error.message}") from error
        except (Forbidden, Invalid) as error:
            if "being terminated" in error.message:
                raise OutrunError(error.message) from error
            raise RefusedError(f"{change.key} was refused: {error.message}") from error

    async def write_status(
        self, resource: Project | BotAccount, status: ProjectStatus | BotStatus
    ) -> None:
        """Write what differs from the status that was read."""
        before: dict[str, Any] = {} if resource.status is None else _json(resource.status)
        patch = {name: value for name, value in _json(status).items() if before.get(name) != value}
        await self._patch(resource, {"status": patch}, subresource="status")

    async def set_finalizer(self, resource: Project | BotAccount, name: str, *, on: bool) -> None:
        """Add or remove a finalizer, and leave those of others."""
        others = [each for each in resource.metadata.finalizers if each != name]
        metadata = {
            "finalizers": [*others, *([name] if on else [])],
            "resourceVersion": resource.metadata.resource_version,
        }
        await self._patch(resource, {"metadata": metadata})

    async def exists(self, key: ObjectKey) -> bool:
        """Ask the API server itself."""
        try:
            await self._kube.get(BY_KIND[key.kind], key.name, key.namespace or None)
        except NotFound:
            return False
        return True

    async def _carry_out(self, change: Change) -> None:
        resource = BY_KIND[change.key.kind]
        if isinstance(change, Delete):
            await self._delete(resource, change.key, change.live)
        elif isinstance(change, Create):
            await self._create(resource, change)
        elif isinstance(change, Correct) and change.anew:
            await self._delete(resource, change.key, change.live)
            await self._create(resource, Create(change.desired))
        else:
            key = change.key
            live = await self._kube.patch(resource, key.name, change.patch, key.namespace or None)
            self._memory.wrote(live)

    async def _create(self, resource: Resource, change: Create) -> None:
        try:
            live = await self._kube.create(resource, change.desired.manifest)
        except AlreadyExists:
            live = await self._adopt(resource, change)
        self._memory.wrote(live)

    async def _adopt(self, resource: Resource, change: Create) -> Manifest:
        """Take over an object that has our name and that we have not heard of.

        A namespace may be anybody's, so it is left to the next decision.
        """
        key = change.key
        live = await self._kube.get(resource, key.name, key.namespace or None)
        if not differs(change.desired, live):
            return live
        if key.kind == "Namespace":
            raise OutrunError(f"{key} is there already")
        await self._carry_out(Correct(change.desired, live))
        return await self._kube.get(resource, key.name, key.namespace or None)

    async def _delete(self, resource: Resource, key: ObjectKey, live: Manifest) -> None:
        uid = live["metadata"].get("uid")
        await self._kube.delete(resource, key.name, key.namespace or None, uid=uid, missing_ok=True)
        if key.kind != "Namespace":  # A namespace stays until what is in it is gone.
            self._memory.end(key, uid or "")

    async def _patch(
        self, resource: Project | BotAccount, patch: Manifest, subresource: str | None = None
    ) -> None:
        kind = PROJECTS if isinstance(resource, Project) else BOTS
        metadata = resource.metadata
        try:
            live = await self._kube.patch(
                kind, metadata.name, patch, metadata.namespace, subresource=subresource
            )
        except NotFound:
            return  # It is gone, and with it what was to be written.
        except Conflict as error:
            raise OutrunError(error.message) from error
        self._memory.wrote(live)


def _json(status: ProjectStatus | BotStatus) -> dict[str, Any]:
    return status.model_dump(mode="json", by_alias=True, exclude_none=True)
