"""The kinds of the Kubernetes API, and where each is served."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from ambient_kube.errors import Invalid


@dataclass(frozen=True)
class Resource:
    """A kind in one version of its API group; the core group is the empty one."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool

    @property
    def api_version(self) -> str:
        """The `apiVersion` of its objects."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(
        self,
        namespace: str | None = None,
        name: str | None = None,
        subresource: str | None = None,
    ) -> str:
        """Return the URL path of an object, or of all in a namespace, or of all.

        Raises:
            Invalid: If a name cannot be one of an object, or a namespace is missing.
        """
        if self.namespaced and name is not None and namespace is None:
            raise Invalid(400, "BadRequest", f"{self.kind} {name} needs a namespace")
        parts = ["apis", self.group, self.version] if self.group else ["api", self.version]
        if self.namespaced and namespace is not None:
            parts += ["namespaces", _segment(namespace)]
        parts.append(self.plural)
        if name is not None:
            parts.append(_segment(name))
        if subresource is not None:
            parts.append(subresource)
        return "/" + "/".join(parts)


def _segment(name: str) -> str:
    """Keep a name within its segment: it may come from outside."""
    if name in {"", ".", ".."} or "/" in name or "%" in name:
        raise Invalid(400, "BadRequest", f"{name!r} cannot be the name of an object")
    return quote(name, safe="")


_RBAC: Final = "rbac.authorization.k8s.io"
_ADMISSION: Final = "admissionregistration.k8s.io"

NAMESPACES: Final = Resource("", "v1", "Namespace", "namespaces", namespaced=False)
PODS: Final = Resource("", "v1", "Pod", "pods", namespaced=True)
SECRETS: Final = Resource("", "v1", "Secret", "secrets", namespaced=True)
CONFIG_MAPS: Final = Resource("", "v1", "ConfigMap", "configmaps", namespaced=True)
SERVICE_ACCOUNTS: Final = Resource("", "v1", "ServiceAccount", "serviceaccounts", namespaced=True)
SERVICES: Final = Resource("", "v1", "Service", "services", namespaced=True)
RESOURCE_QUOTAS: Final = Resource("", "v1", "ResourceQuota", "resourcequotas", namespaced=True)
LIMIT_RANGES: Final = Resource("", "v1", "LimitRange", "limitranges", namespaced=True)
EVENTS: Final = Resource("events.k8s.io", "v1", "Event", "events", namespaced=True)
JOBS: Final = Resource("batch", "v1", "Job", "jobs", namespaced=True)
DEPLOYMENTS: Final = Resource("apps", "v1", "Deployment", "deployments", namespaced=True)
LEASES: Final = Resource("coordination.k8s.io", "v1", "Lease", "leases", namespaced=True)
NETWORK_POLICIES: Final = Resource(
    "networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", namespaced=True
)
ROLES: Final = Resource(_RBAC, "v1", "Role", "roles", namespaced=True)
ROLE_BINDINGS: Final = Resource(_RBAC, "v1", "RoleBinding", "rolebindings", namespaced=True)
CLUSTER_ROLES: Final = Resource(_RBAC, "v1", "ClusterRole", "clusterroles", namespaced=False)
CLUSTER_ROLE_BINDINGS: Final = Resource(
    _RBAC, "v1", "ClusterRoleBinding", "clusterrolebindings", namespaced=False
)
CRDS: Final = Resource(
    "apiextensions.k8s.io",
    "v1",
    "CustomResourceDefinition",
    "customresourcedefinitions",
    namespaced=False,
)
VALIDATING_ADMISSION_POLICIES: Final = Resource(
    _ADMISSION, "v1", "ValidatingAdmissionPolicy", "validatingadmissionpolicies", namespaced=False
)
VALIDATING_ADMISSION_POLICY_BINDINGS: Final = Resource(
    _ADMISSION,
    "v1",
    "ValidatingAdmissionPolicyBinding",
    "validatingadmissionpolicybindings",
    namespaced=False,
)
MUTATING_ADMISSION_POLICIES: Final = Resource(
    _ADMISSION, "v1", "MutatingAdmissionPolicy", "mutatingadmissionpolicies", namespaced=False
)
MUTATING_ADMISSION_POLICY_BINDINGS: Final = Resource(
    _ADMISSION,
    "v1",
    "MutatingAdmissionPolicyBinding",
    "mutatingadmissionpolicybindings",
    namespaced=False,
)
TOKEN_REVIEWS: Final = Resource(
    "authentication.k8s.io", "v1", "TokenReview", "tokenreviews", namespaced=False
)
SUBJECT_ACCESS_REVIEWS: Final = Resource(
    "authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews", namespaced=False
)
SELF_SUBJECT_ACCESS_REVIEWS: Final = Resource(
    "authorization.k8s.io",
    "v1",
    "SelfSubjectAccessReview",
    "selfsubjectaccessreviews",
    namespaced=False,
)
