"""What is in the cluster: the informers' copies, and over them what was written a moment ago."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

from ambient_contracts.names import (
    CREDENTIALS_SECRET,
    MANAGED_BY_LABEL,
    PROJECT_MANAGER,
)
from ambient_contracts.resources import BotAccount, CustomResource, Project
from ambient_kube import NAMESPACES, SECRETS, Change, Informer, Key, Kube, Manifest, Resource
from project_manager.adapters.kubernetes.memory import Memory, seen
from project_manager.adapters.kubernetes.owners import owner_of
from project_manager.adapters.kubernetes.resources import BOTS, OBJECTS, PROJECTS
from project_manager.domain.objects import ObjectKey
from project_manager.ports import NotYetKnownError

R = TypeVar("R", Project, BotAccount)
_OWNER: Final = "owner"
_NAMESPACE: Final = "namespace"
_NOT_OWNED: Final = frozenset({"Project", "BotAccount", "Namespace"})


class InformerView:
    """Copies of everything that a decision rests on."""

    def __init__(self, kube: Kube, memory: Memory) -> None:
        self._memory = memory
        self.projects_informer = Informer(kube, PROJECTS, parse=Project.model_validate)
        self.bots_informer = Informer(
            kube,
            BOTS,
            parse=BotAccount.model_validate,
            indexes={_NAMESPACE: lambda bot: [bot.metadata.namespace or ""]},
        )
        # Every namespace, since one that has a project's name may be somebody else's.
        self.namespaces_informer = Informer(kube, NAMESPACES, parse=seen)
        self.objects_informers = tuple(_managed(kube, resource) for resource in OBJECTS)
        for resources in (self.projects_informer, self.bots_informer):
            resources.subscribe_changes(self._on_resource)
        for objects in (self.namespaces_informer, *self.objects_informers):
            objects.subscribe_changes(self._on_object)

    @property
    def informers(self) -> tuple[Informer[Any], ...]:
        """All informers, to be run."""
        return (
            self.projects_informer,
            self.bots_informer,
            self.namespaces_informer,
            *self.objects_informers,
        )

    def project(self, name: str) -> Project | None:
        """Return a project."""
        heard = self.projects_informer.get(None, name)
        return self._latest(ObjectKey("Project", name), heard, Project.model_validate)

    def projects(self) -> Iterable[Project]:
        """Return all projects."""
        if not self.projects_informer.is_synced:
            raise NotYetKnownError("The projects are still being read. Try again in a second.")
        return self.projects_informer.items()

    def bot(self, namespace: str, name: str) -> BotAccount | None:
        """Return a bot."""
        heard = self.bots_informer.get(namespace, name)
        key = ObjectKey("BotAccount", name, namespace)
        return self._latest(key, heard, BotAccount.model_validate)

    def bots_in(self, namespace: str) -> list[Key]:
        """Return the keys of the bots in a namespace."""
        bots = self.bots_informer.select(_NAMESPACE, namespace)
        return [Key(namespace, bot.metadata.name) for bot in bots]

    def namespace(self, name: str) -> Manifest | None:
        """Return a namespace, whoever made it."""
        heard = self.namespaces_informer.get(None, name)
        version = None if heard is None else heard["metadata"]["resourceVersion"]
        return self._memory.newer(ObjectKey("Namespace", name), version) or heard

    def objects_of_project(self, project: str) -> Mapping[ObjectKey, Manifest]:
        """Return the objects made for a project, without its namespace and its bots'."""
        return self._objects(Key(None, project))

    def objects_of_bot(self, namespace: str, bot: str) -> Mapping[ObjectKey, Manifest]:
        """Return the objects made for a bot."""
        return self._objects(Key(namespace, bot))

    def _objects(self, owner: Key) -> Mapping[ObjectKey, Manifest]:
        found = {}
        for informer in self.objects_informers:
            for live in informer.select(_OWNER, str(owner)):
                key, metadata = ObjectKey.of(live), live["metadata"]
                if not self._memory.ended(key, metadata["uid"]):
                    found[key] = self._memory.newer(key, metadata["resourceVersion"]) or live
        for live in self._memory.unheard():
            if live["kind"] not in _NOT_OWNED and owner_of(live) == owner:
                found.setdefault(ObjectKey.of(live), live)
        return found

    def _latest(self, key: ObjectKey, heard: R | None, parse: Callable[[Manifest], R]) -> R | None:
        version = None if heard is None else heard.metadata.resource_version
        written = self._memory.newer(key, version)
        return heard if written is None else parse(written)

    def _on_resource(self, change: Change[Any]) -> None:
        resource: CustomResource | None = change.new or change.old
        if resource is None:
            return
        metadata = resource.metadata
        key = ObjectKey(resource.kind, metadata.name, metadata.namespace or "")
        if change.new is not None:
            self._memory.heard(key, metadata.resource_version)
        else:
            self._memory.end(key, metadata.uid)

    def _on_object(self, change: Change[Manifest]) -> None:
        if change.new is not None:
            version = change.new["metadata"]["resourceVersion"]
            self._memory.heard(ObjectKey.of(change.new), version)
        elif change.old is not None:
            self._memory.end(ObjectKey.of(change.old), change.old["metadata"]["uid"])


def _managed(kube: Kube, resource: Resource) -> Informer[Manifest]:
    # The project-manager may list no other Secrets than those of this name.
    named = f"metadata.name={CREDENTIALS_SECRET}" if resource == SECRETS else None
    return Informer(
        kube,
        resource,
        parse=seen,
        label_selector=f"{MANAGED_BY_LABEL}={PROJECT_MANAGER}",
        field_selector=named,
        indexes={_OWNER: _owner},
    )


def _owner(live: Manifest) -> Iterable[str]:
    owner = owner_of(live)
    return () if owner is None else (str(owner),)
