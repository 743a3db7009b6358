"""Which of the API server's resources each kind of object is."""

from typing import Final

from ambient_contracts.names import API_GROUP, API_VERSION
from ambient_contracts.resources import BotAccount, CustomResource, Project
from ambient_kube import (
    CLUSTER_ROLE_BINDINGS,
    CLUSTER_ROLES,
    LIMIT_RANGES,
    NAMESPACES,
    NETWORK_POLICIES,
    RESOURCE_QUOTAS,
    ROLE_BINDINGS,
    SECRETS,
    SERVICE_ACCOUNTS,
    Resource,
)


def resource_of(kind: type[CustomResource]) -> Resource:
    """Return where the API server keeps a custom resource."""
    definition = kind.definition
    return Resource(
        API_GROUP, API_VERSION, definition.kind, definition.plural, definition.namespaced
    )


PROJECTS: Final = resource_of(Project)
BOTS: Final = resource_of(BotAccount)

OBJECTS: Final = (
    RESOURCE_QUOTAS,
    LIMIT_RANGES,
    NETWORK_POLICIES,
    SERVICE_ACCOUNTS,
    SECRETS,
    ROLE_BINDINGS,
    CLUSTER_ROLES,
    CLUSTER_ROLE_BINDINGS,
)
"""What a namespace is filled with, and the roles outside it."""
BY_KIND: Final = {resource.kind: resource for resource in (NAMESPACES, *OBJECTS)}
