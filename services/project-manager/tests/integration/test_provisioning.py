"""Projects on a real API server: made, kept, and gone."""

from typing import Any
from uuid import uuid4

import pytest

from ambient_contracts.events import (
    MemberGranted,
    ProjectCreated,
    ProjectDeleted,
    ProjectProvisioned,
    ProjectRepaired,
)
from ambient_contracts.names import namespace_of
from ambient_kube import (
    CLUSTER_ROLE_BINDINGS,
    CLUSTER_ROLES,
    LIMIT_RANGES,
    NAMESPACES,
    NETWORK_POLICIES,
    PODS,
    RESOURCE_QUOTAS,
    ROLE_BINDINGS,
    SECRETS,
    SERVICE_ACCOUNTS,
    Forbidden,
    Resource,
)
from ambient_testkit.builders import project_manifest
from project_manager.adapters.kubernetes.resources import PROJECTS

pytestmark = pytest.mark.integration

FILLED_WITH = (
    RESOURCE_QUOTAS,
    LIMIT_RANGES,
    NETWORK_POLICIES,
    SERVICE_ACCOUNTS,
    SECRETS,
    ROLE_BINDINGS,
    CLUSTER_ROLES,
    CLUSTER_ROLE_BINDINGS,
)


async def managed(world: Any, resource: Resource, project: str) -> list[dict[str, Any]]:
    selector = f"ambient.dev/project={project},app.kubernetes.io/managed-by=project-manager"
    namespace = namespace_of(project) if resource.namespaced else None
    found: list[dict[str, Any]] = await world.admin.list(
        resource, namespace, label_selector=selector
    )
    return found


async def everything(world: Any, project: str) -> dict[str, str]:
    versions = {}
    for resource in FILLED_WITH:
        for each in await managed(world, resource, project):
            name = f"{each['kind']}/{each['metadata']['name']}"
            versions[name] = each["metadata"]["resourceVersion"]
    for resource, name in ((NAMESPACES, namespace_of(project)), (PROJECTS, project)):
        live = await world.admin.get(resource, name)
        versions[f"{live['kind']}/{name}"] = live["metadata"]["resourceVersion"]
    return versions


async def test_a_project_is_stated_granted_and_provisioned_in_this_order(world: Any) -> None:
    name = await world.create_project({"alice": "admin"})

    await world.events.next(ProjectProvisioned, where=lambda event: event.project == name)
    facts = [fact for fact in world.events.seen if fact.event.project == name]
    assert [type(fact.event) for fact in facts] == [
        ProjectCreated,
        MemberGranted,
        ProjectProvisioned,
    ]
    assert facts[0].event.actor.id == "admin"


async def test_roles_are_given_after_the_quota_is_enforced(world: Any) -> None:
    name = await world.create_project({"alice": "admin"})

    [quota] = await managed(world, RESOURCE_QUOTAS, name)
    assert quota["status"]["hard"] == quota["spec"]["hard"]
    bindings = await managed(world, ROLE_BINDINGS, name)
    counted = next(
        int(entry["time"].replace("-", "").replace("T", "").replace(":", "").rstrip("Z"))
        for entry in quota["metadata"]["managedFields"]
        if entry.get("subresource") == "status"
    )
    for binding in bindings:
        made = binding["metadata"]["creationTimestamp"]
        assert int(made.replace("-", "").replace("T", "").replace(":", "").rstrip("Z")) >= counted


async def test_a_pod_without_requests_passes_the_quota_and_a_privileged_one_does_not(
    world: Any,
) -> None:
    name = await world.create_project()
    pod = {
        "metadata": {"name": "probe", "namespace": namespace_of(name)},
        "spec": {
            "serviceAccountName": "session-runner",
            "automountServiceAccountToken": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 1000,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "probe",
                    "image": "probe",
                    "command": ["/bin/true"],
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "capabilities": {"drop": ["ALL"]},
                    },
                }
            ],
        },
    }

    made = await world.admin.create(PODS, pod)

    assert made["spec"]["containers"][0]["resources"]["limits"] == {"cpu": "500m", "memory": "1Gi"}
    pod["metadata"] = {"name": "privileged", "namespace": namespace_of(name)}
    pod["spec"]["containers"][0]["securityContext"] = {"privileged": True}
    with pytest.raises(Forbidden, match="PodSecurity"):
        await world.admin.create(PODS, pod)


async def test_every_object_that_somebody_deletes_is_made_again_and_stated(world: Any) -> None:
    name = await world.create_project({"alice": "admin", "bob": "viewer"})
    collector = await world.account("kube-system", "generic-garbage-collector")

    for resource in FILLED_WITH:
        for live in await managed(world, resource, name):
            metadata = live["metadata"]
            await collector.delete(resource, metadata["name"], metadata.get("namespace"))
            again = await world.when(
                resource,
                metadata["name"],
                metadata.get("namespace"),
                lambda now, uid=metadata["uid"]: now["metadata"]["uid"] != uid,
            )
            assert again["metadata"]["labels"] == metadata["labels"]
            what = f"{live['kind']}/{metadata['name']}"
            await world.events.next(
                ProjectRepaired,
                where=lambda event, what=what: event.project == name and what in event.repaired,
            )


EDITS: list[tuple[Resource, str, dict[str, Any]]] = [
    (RESOURCE_QUOTAS, "project-quota", {"spec": {"hard": {"pods": "10000"}}}),
    (LIMIT_RANGES, "container-defaults", {"spec": {"limits": []}}),
    (NETWORK_POLICIES, "default-deny", {"spec": {"ingress": [{}]}}),
    (NETWORK_POLICIES, "web-egress", {"spec": {"egress": [{}]}}),
    (SERVICE_ACCOUNTS, "session-runner", {"automountServiceAccountToken": True}),
    (SECRETS, "project-credentials", {"metadata": {"ownerReferences": None}}),
    (SECRETS, "project-credentials",
     {"metadata": {"labels": {"app.kubernetes.io/managed-by": None}}}),
    (NAMESPACES, "", {"metadata": {"labels": {
        "pod-security.kubernetes.io/enforce": "privileged"}}}),
    (NAMESPACES, "", {"metadata": {"labels": {"ambient.dev/project": None,
                                              "app.kubernetes.io/managed-by": None}}}),
]  # fmt: skip


async def test_every_object_that_somebody_edits_is_set_right(world: Any) -> None:
    project = await world.create_project({"alice": "admin"})
    collector = await world.account("kube-system", "generic-garbage-collector")

    for resource, fixed, edit in EDITS:
        name = fixed or namespace_of(project)
        namespace = namespace_of(project) if resource.namespaced else None
        before = await world.admin.get(resource, name, namespace)
        edited = await collector.patch(resource, name, edit, namespace)
        assert essence(edited) != essence(before)

        await world.when(
            resource, name, namespace, lambda now, was=before: essence(now) == essence(was)
        )

    repaired = {what for fact in world.events.of(ProjectRepaired) for what in fact.event.repaired}
    assert len(repaired) == 8 - 1


def essence(manifest: dict[str, Any]) -> dict[str, Any]:
    metadata = manifest["metadata"]
    parts = {key: value for key, value in manifest.items() if key not in {"metadata", "status"}}
    return parts | {
        "labels": metadata.get("labels"),
        "ownerReferences": metadata.get("ownerReferences"),
    }


async def test_a_role_that_was_widened_is_taken_back(world: Any) -> None:
    name = await world.create_project({"alice": "admin", "bob": "viewer"})
    [binding] = [
        each
        for each in await managed(world, ROLE_BINDINGS, name)
        if each["metadata"]["name"].startswith("viewer-")
    ]
    subjects = [*binding["subjects"], {**binding["subjects"][0], "name": "mallory"}]
    collector = await world.account("kube-system", "generic-garbage-collector")

    await collector.patch(
        ROLE_BINDINGS, binding["metadata"]["name"], {"subjects": subjects}, namespace_of(name)
    )

    await world.when(
        ROLE_BINDINGS,
        binding["metadata"]["name"],
        namespace_of(name),
        lambda now: now["subjects"] == binding["subjects"],
    )


async def test_a_restart_with_nothing_to_change_writes_nothing(world: Any) -> None:
    name = await world.create_project({"alice": "admin", "bob": "editor"})
    await world.create_bot(name, "jira")
    before = await everything(world, name)

    await world.platform.restart("project-manager")
    # Whoever is seen to have made another project has looked at this one.
    await world.create_project()

    assert await everything(world, name) == before


async def test_a_process_that_is_killed_midway_loses_nothing_and_states_nothing_twice(
    world: Any,
) -> None:
    await world.create_project()
    names = [f"k{uuid4().hex[:8]}" for _ in range(4)]
    world.projects += names
    for name in names:
        manifest = project_manifest(name, members={"alice": "admin"})
        await world.admin.create(PROJECTS, manifest)
    await world.events.next(ProjectCreated, where=lambda event: event.project == names[0])

    await world.platform.kill("project-manager")
    await world.platform.restart("project-manager")

    for name in names:
        await world.events.next(
            ProjectProvisioned, where=lambda event, name=name: event.project == name, seconds=60
        )
        stored = {fact.envelope.id for fact in world.events.seen if fact.event.project == name}
        assert len(stored) == 3
        assert not world.events.of(ProjectRepaired, project=name)


async def test_a_deleted_project_leaves_nothing(world: Any) -> None:
    name = await world.create_project({"alice": "admin"})
    await world.create_bot(name, "jira")

    await world.admin.delete(PROJECTS, name)
    await world.events.next(ProjectDeleted, where=lambda event: event.project == name)

    assert await world.gone(NAMESPACES, namespace_of(name))
    assert await managed(world, CLUSTER_ROLES, name) == []
    assert await managed(world, CLUSTER_ROLE_BINDINGS, name) == []
    # What is stated again carries its id again, and is stored once.
    stored = {
        fact.envelope.id: fact.event.kind()
        for fact in world.events.seen
        if fact.event.project == name
    }
    assert list(stored.values())[-3:] == ["bot.deleted", "member.revoked", "project.deleted"]


async def test_a_namespace_of_somebody_else_is_not_taken_over(world: Any) -> None:
    await world.admin.create(NAMESPACES, {"metadata": {"name": "project-taken"}})
    manifest = {"metadata": {"name": "taken"}, "spec": {}}
    await world.admin.create(PROJECTS, manifest)

    project = await world.project_when("taken", lambda now: bool(reason(now)))

    assert reason(project) == "NamespaceTaken"
    namespace = await world.admin.get(NAMESPACES, "project-taken")
    assert "ambient.dev/project" not in namespace["metadata"].get("labels", {})
    await world.admin.delete(PROJECTS, "taken")
    await world.events.next(ProjectDeleted, where=lambda event: event.project == "taken")
    assert not await world.gone(NAMESPACES, "project-taken")


def reason(project: dict[str, Any]) -> str | None:
    conditions = project.get("status", {}).get("conditions", [])
    return next((each["reason"] for each in conditions if each["type"] == "Ready"), None)
