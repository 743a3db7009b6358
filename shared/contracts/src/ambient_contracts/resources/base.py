"""What the three custom resources have in common."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from ambient_contracts.model import KubernetesModel
from ambient_contracts.names import API_GROUP, API_VERSION


@dataclass(frozen=True)
class Column:
    """A column that `kubectl get` prints."""

    name: str
    json_path: str
    type: Literal["string", "integer", "date", "boolean"] = "string"
    wide: bool = False


@dataclass(frozen=True)
class Definition:
    """How the API server knows a resource."""

    kind: str
    plural: str
    short_name: str
    namespaced: bool
    columns: tuple[Column, ...]
    selectable: tuple[str, ...] = ()
    """The JSON paths that a field selector may name."""


class OwnerReference(KubernetesModel):
    """The object that this one goes with."""

    api_version: str
    kind: str
    name: str
    uid: str
    controller: bool | None = None


class ObjectMeta(KubernetesModel):
    """The part of Kubernetes' ObjectMeta that Ambient reads."""

    name: str
    namespace: str | None = None
    uid: str = ""
    resource_version: str = ""
    generation: int = 0
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)
    finalizers: tuple[str, ...] = ()
    owner_references: tuple[OwnerReference, ...] = ()


class Condition(KubernetesModel):
    """A statement about an object, as Kubernetes' `metav1.Condition`."""

    type: str = Field(max_length=316, description="What is stated.")
    status: Literal["True", "False", "Unknown"] = Field(description="Whether it holds.")
    reason: str = Field(max_length=1024, description="A CamelCase word, for programs.")
    message: str = Field(default="", max_length=32768, description="A sentence, for people.")
    last_transition_time: datetime = Field(description="Since when the status is what it is.")
    observed_generation: int | None = Field(
        default=None, description="The generation of the spec that it is about."
    )


class CustomResource(KubernetesModel):
    """An object of `ambient.dev/v1alpha1`."""

    definition: ClassVar[Definition]

    api_version: str = f"{API_GROUP}/{API_VERSION}"
    kind: str
    metadata: ObjectMeta

    def to_manifest(self) -> dict[str, Any]:
        """Return the object as the API server takes it."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def cel(*rules: tuple[str, str]) -> ConfigDict:
    """Return a model's configuration with CEL rules, each with what a person reads when it fails.

    https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
    """
    return ConfigDict(
        json_schema_extra={
            "x-kubernetes-validations": [
                {"rule": rule, "message": message} for rule, message in rules
            ]
        }
    )
