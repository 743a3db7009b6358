"""Who may read the trail: the API server says, by the virtual resource `auditrecords`.

`list` on it in a project's namespace is that project's records; in the whole cluster, everybody's.
No object of this kind exists: it stands in roles alone.
"""

from typing import Final

from ambient_chassis.identity import Caller
from ambient_contracts.names import API_GROUP, API_VERSION, namespace_of
from ambient_contracts.subjects import NO_PROJECT
from ambient_kube import Resource, may_i

AUDIT_RECORDS: Final = Resource(
    API_GROUP, API_VERSION, "AuditRecord", "auditrecords", namespaced=True
)


class KubernetesAccess:
    """Asks with the caller's own token."""

    async def may_read(self, caller: Caller, project: str | None) -> bool:
        """Whether the caller may read a project's records; with None, everybody's."""
        everybody = project is None or project == NO_PROJECT
        namespace = None if everybody else namespace_of(project or "")
        return await may_i(caller.kube, "list", AUDIT_RECORDS, namespace=namespace)
