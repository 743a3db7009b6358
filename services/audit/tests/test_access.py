"""Who may read, by the roles that are deployed, on a real API server."""

import pytest

from ambient_chassis.identity import Authenticator
from ambient_contracts.names import namespace_of
from ambient_kube import CLUSTER_ROLE_BINDINGS, NAMESPACES, ROLE_BINDINGS, Kube
from audit.adapters.kubernetes import KubernetesAccess

pytestmark = pytest.mark.integration
RBAC = "rbac.authorization.k8s.io"


def _binding(kind: str, name: str, role: str, user: str) -> dict:
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": kind,
        "metadata": {"name": name},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": RBAC, "kind": "User", "name": user}],
    }


async def test_a_viewer_reads_their_project_and_an_auditor_reads_all(cluster):
    namespace = namespace_of("audit-access")
    async with await Kube.connect(cluster.kubeconfig) as admin:
        asked = Authenticator(admin)
        viewer = await asked.authenticate(cluster.token("alice"))
        auditor = await asked.authenticate(cluster.token("bob"))
        stranger = await asked.authenticate(cluster.token("carol"))
        await admin.apply(
            NAMESPACES,
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}},
            field_manager="audit-test",
        )
        view = _binding("RoleBinding", "audit", "ambient-project-viewer", viewer.username)
        view["metadata"]["namespace"] = namespace
        await admin.apply(ROLE_BINDINGS, view, field_manager="audit-test")
        everything = _binding("ClusterRoleBinding", "audit", "ambient-auditor", auditor.username)
        await admin.apply(CLUSTER_ROLE_BINDINGS, everything, field_manager="audit-test")
        try:
            access = KubernetesAccess()
            allowed = {
                (caller.username, project)
                for caller in (viewer, auditor, stranger)
                for project in ("audit-access", "other", "_", None)
                if await access.may_read(caller, project)
            }
        finally:
            await admin.delete(CLUSTER_ROLE_BINDINGS, "audit")
            await admin.delete(NAMESPACES, namespace)
    assert allowed == {
        (viewer.username, "audit-access"),
        (auditor.username, "audit-access"),
        (auditor.username, "other"),
        (auditor.username, "_"),
        (auditor.username, None),
    }
