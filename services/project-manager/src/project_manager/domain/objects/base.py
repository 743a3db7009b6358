"""What every builder of a Kubernetes object shares."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol, Self

from ambient_contracts.names import MANAGED_BY_LABEL, PROJECT_LABEL, PROJECT_MANAGER, namespace_of
from ambient_contracts.resources import BotAccount, Project

Manifest = dict[str, Any]


class Stage(IntEnum):
    """When an object is made. No one gets a role before the quota is enforced."""

    NAMESPACE = 0
    FOUNDATION = 1
    ACCESS = 2


@dataclass(frozen=True, order=True)
class ObjectKey:
    """What tells an object from every other."""

    kind: str
    name: str
    namespace: str = ""

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Self:
        """Return the key of a manifest."""
        metadata = manifest["metadata"]
        return cls(manifest["kind"], metadata["name"], metadata.get("namespace") or "")

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True)
class Desired:
    """An object as it should be."""

    manifest: Manifest
    stage: Stage
    kept: frozenset[str] = frozenset()
    """Parts that are written when the object is made, and are somebody else's afterwards."""

    @property
    def key(self) -> ObjectKey:
        """The object's key."""
        return ObjectKey.of(self.manifest)


@dataclass(frozen=True)
class Blueprint:
    """What a project's objects follow from."""

    project: Project
    new_secret: str
    """A random text, for the webhook secret if there is none yet."""

    @property
    def name(self) -> str:
        """The project's name."""
        return self.project.metadata.name

    @property
    def namespace(self) -> str:
        """The project's namespace."""
        return namespace_of(self.name)

    def metadata(
        self, name: str, *, namespaced: bool = True, labels: Mapping[str, str] | None = None
    ) -> Manifest:
        """Return the metadata of an object that belongs to the project."""
        return {
            "name": name,
            **({"namespace": self.namespace} if namespaced else {}),
            "labels": managed_labels(self.name) | dict(labels or {}),
            "ownerReferences": [owned_by(self.project)],
        }


class Builder(Protocol):
    """Builds the objects of one kind that a project should have."""

    def __call__(self, blueprint: Blueprint, /) -> Iterable[Desired]:
        """Return the objects."""
        ...


def managed_labels(project: str) -> dict[str, str]:
    """Return the labels by which the project-manager knows its objects."""
    return {PROJECT_LABEL: project, MANAGED_BY_LABEL: PROJECT_MANAGER}


def owned_by(owner: Project | BotAccount) -> Manifest:
    """Return the reference to the object whose end is also the end of what it owns."""
    return {
        "apiVersion": owner.api_version,
        "kind": owner.kind,
        "name": owner.metadata.name,
        "uid": owner.metadata.uid,
        "controller": True,
    }
