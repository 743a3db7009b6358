"""Kubernetes objects as the API server sends them, and the key that names one within its kind."""

from dataclasses import dataclass
from typing import Any, TypeAlias

Manifest: TypeAlias = dict[str, Any]
"""A Kubernetes object as JSON."""


@dataclass(frozen=True, order=True)
class Key:
    """The name of an object within its kind; `namespace` is None where the kind has none."""

    namespace: str | None
    name: str

    @classmethod
    def of(cls, manifest: Manifest) -> "Key":
        """Return the key of an object that the API server has named."""
        metadata = manifest["metadata"]
        return cls(metadata.get("namespace") or None, metadata["name"])

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


def version_of(manifest: Manifest) -> str:
    """Return the resourceVersion of an object or a list; empty where it has none."""
    return str(manifest.get("metadata", {}).get("resourceVersion") or "")
