"""The decision about a project, as a table: what is seen, and what is done about it."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from ambient_contracts.events import ProjectRepaired, ProjectUpdated
from ambient_contracts.resources import Member, ProjectPhase, Quota, Role
from project_manager.domain.drift import Correct, Create, Delete, Recount

ROLES = {"RoleBinding", "ClusterRole", "ClusterRoleBinding"}


def test_a_new_project_is_stated_and_gets_a_finalizer_before_anything_is_made(world: Any) -> None:
    decision = world.decide()

    assert [each.event.kind() for each in decision.statements] == ["project.created"]
    assert decision.statements[0].event.actor.id == "carol"
    assert decision.finalizer is True
    assert decision.changes == ()


def test_a_finalizer_that_somebody_took_away_comes_back_and_nothing_is_stated(
    settled: Any,
) -> None:
    metadata = settled.project.metadata.model_copy(update={"finalizers": ()})
    settled.project = settled.project.model_copy(update={"metadata": metadata})

    decision = settled.decide()

    assert (decision.statements, decision.finalizer) == ((), True)


def test_nobody_gets_a_role_before_the_quota_is_enforced(world: Any) -> None:
    world.step()
    first = world.step()
    assert {change.key.kind for change in first.changes}.isdisjoint(ROLES)
    assert world.condition("QuotaEnforced") == world.condition("Ready") == "False"

    assert world.step().changes == ()

    world.enforce()
    granted = world.step()
    assert {change.key.kind for change in granted.changes} == ROLES
    assert world.project.status.phase is ProjectPhase.PENDING


def test_it_is_ready_once_everything_is_seen_to_be_there(world: Any) -> None:
    world.settle()

    assert world.stated == [
        "project.created",
        "member.granted",
        "member.granted",
        "project.provisioned",
    ]
    assert world.project.status.phase is ProjectPhase.READY
    assert {each.status for each in world.project.status.conditions} == {"True"}
    assert world.project.status.observed_generation == 1


def test_a_settled_project_needs_nothing(settled: Any) -> None:
    decision = settled.decide()

    assert decision.changes == ()
    assert decision.statements == ()
    assert decision.status == settled.project.status
    assert decision.finalizer is None


def test_the_half_enforced_quota_is_not_taken_for_enforced(settled: Any) -> None:
    quota = settled.find("ResourceQuota")

    settled.edit(quota, lambda live: live["status"]["hard"].pop("pods"))
    settled.step()

    assert settled.condition("QuotaEnforced") == settled.condition("Ready") == "False"


def drop_labels(live: dict[str, Any]) -> None:
    live["metadata"]["labels"].pop("ambient.dev/project")


def drop_owner(live: dict[str, Any]) -> None:
    live["metadata"]["ownerReferences"] = []


@pytest.mark.parametrize(
    ("kind", "name", "edit"),
    [
        ("Namespace", "", lambda live: live["metadata"]["labels"].update(
            {"pod-security.kubernetes.io/enforce": "privileged"})),
        ("Namespace", "", drop_labels),
        ("ResourceQuota", "", lambda live: live["spec"]["hard"].update(pods="1000")),
        ("ResourceQuota", "", lambda live: live["spec"].update(scopes=["Terminating"])),
        ("LimitRange", "", lambda live: live["spec"]["limits"].append({"type": "Pod"})),
        ("NetworkPolicy", "default-deny", lambda live: live["spec"].update(ingress=[{}])),
        ("NetworkPolicy", "web-egress", lambda live: live["spec"]["egress"].append({})),
        ("NetworkPolicy", "web-egress",
         lambda live: live["spec"]["egress"][0]["to"][0]["ipBlock"].pop("except")),
        ("NetworkPolicy", "dns-egress", lambda live: live["spec"].update(podSelector={"a": "b"})),
        ("ServiceAccount", "", lambda live: live.update(automountServiceAccountToken=True)),
        ("Secret", "", drop_labels),
        ("Secret", "", drop_owner),
        ("RoleBinding", "admin-", lambda live: live["subjects"].append({"kind": "User"})),
        ("RoleBinding", "editor-", lambda live: live["roleRef"].update(name="cluster-admin")),
        ("ClusterRole", "", lambda live: live["rules"][0].pop("resourceNames")),
        ("ClusterRoleBinding", "", lambda live: live.update(subjects=[])),
    ],
)  # fmt: skip
def test_whatever_is_changed_by_somebody_is_set_right_and_stated(
    settled: Any, kind: str, name: str, edit: Callable[[dict[str, Any]], object]
) -> None:
    key = settled.find(kind, name)
    before = deepcopy(settled.objects[key])

    settled.edit(key, edit)
    decision = settled.step()
    settled.enforce()

    assert [type(change) for change in decision.changes] == [Correct]
    [statement] = decision.statements
    assert isinstance(statement.event, ProjectRepaired)
    assert statement.event.repaired == (f"{kind}/{key.name}",)
    repaired, expected = settled.objects[key], before
    repaired["metadata"].pop("resourceVersion")
    expected["metadata"].pop("resourceVersion")
    assert repaired == expected


def test_every_object_that_is_deleted_is_made_again(settled: Any) -> None:
    for key in [key for key in settled.objects if key.kind != "Namespace"]:
        del settled.objects[key]
        decision = settled.step()
        settled.settle()
        if key.kind == "ResourceQuota":
            assert settled.condition("QuotaEnforced") == "True"
        assert key in settled.objects
        assert [type(change) for change in decision.changes] == [Create]
    assert settled.stated == ["project.repaired"] * settled.project.status.repairs


def test_the_same_object_deleted_twice_is_two_repairs(settled: Any) -> None:
    for _ in range(2):
        del settled.objects[settled.find("LimitRange")]
        settled.settle()

    repairs = [each for each in settled.ids if each[0].endswith("repaired")]
    assert len(set(repairs)) == 2


def test_a_repair_that_is_decided_again_is_the_same_fact(settled: Any) -> None:
    settled.edit(settled.find("Namespace"), drop_labels)

    assert settled.decide().statements == settled.decide().statements


def test_a_repair_does_not_turn_the_conditions(settled: Any) -> None:
    del settled.objects[settled.find("NetworkPolicy")]

    settled.step()

    assert {each.status for each in settled.project.status.conditions} == {"True"}


def test_credentials_that_the_team_wrote_are_never_touched(settled: Any) -> None:
    key = settled.find("Secret")
    settled.edit(key, lambda live: live.update(data={"anthropic-api-key": "eA=="}))
    assert settled.decide().changes == ()

    settled.edit(key, drop_labels)
    [change] = settled.decide().changes

    assert "data" not in change.patch


def test_what_other_controllers_add_is_left_alone(settled: Any) -> None:
    settled.edit(
        settled.find("ServiceAccount"), lambda live: live.update(imagePullSecrets=[{"name": "x"}])
    )
    settled.edit(
        settled.find("Namespace"),
        lambda live: live["metadata"].update(annotations={"openshift.io/sa.scc.mcs": "s0"}),
    )

    assert settled.decide().changes == ()


def test_the_same_quantity_written_otherwise_is_no_difference(settled: Any) -> None:
    quota = settled.find("ResourceQuota")

    settled.edit(quota, lambda live: live["spec"]["hard"].update({"limits.cpu": "50000m"}))
    settled.enforce()

    assert settled.decide().changes == ()


def test_a_changed_quota_is_an_update_and_no_repair(settled: Any) -> None:
    settled.spec(quota=Quota(pods=7))

    [change] = settled.step().changes
    assert change.key.kind == "ResourceQuota"
    assert settled.condition("QuotaEnforced") == "False"
    settled.settle()

    assert settled.stated == ["project.updated"]
    assert settled.project.status.observed_generation == 2


def test_a_project_that_is_not_yet_as_its_spec_has_it_does_not_say_so(settled: Any) -> None:
    settled.spec(quota=Quota(pods=7))
    settled.step()

    assert settled.project.status.observed_generation == 1


def test_a_member_who_leaves_loses_their_role_at_once(settled: Any) -> None:
    quota = settled.find("ResourceQuota")
    settled.edit(quota, lambda live: live.pop("status"))
    settled.spec(members=(Member(name="alice", role=Role.ADMIN),))

    decision = settled.step()

    removed = [change.key for change in decision.changes if isinstance(change, Delete)]
    assert [key.kind for key in removed] == ["RoleBinding"]
    assert removed[0].name.startswith("editor-")
    settled.settle()
    assert settled.stated == ["member.revoked", "project.updated"]


def test_a_member_with_another_role_has_lost_one_and_been_given_one(settled: Any) -> None:
    settled.spec(
        members=(Member(name="alice", role=Role.ADMIN), Member(name="bob", role=Role.VIEWER))
    )
    settled.settle()

    assert settled.stated == ["member.revoked", "member.granted", "project.updated"]


@pytest.mark.parametrize(
    ("suspended", "phase", "verbs"),
    [
        ((True,), ProjectPhase.SUSPENDED, ["updated", "suspended"]),
        ((True, False), ProjectPhase.READY, ["updated", "suspended", "updated", "resumed"]),
    ],
)
def test_suspending_is_stated_when_it_is_in_force(
    settled: Any, suspended: tuple[bool, ...], phase: ProjectPhase, verbs: list[str]
) -> None:
    for each in suspended:
        settled.spec(suspended=each)
        settled.settle()

    assert settled.project.status.phase is phase
    assert [kind.split(".")[1] for kind in settled.stated] == verbs


def test_a_change_that_needs_no_object_is_an_update_too(settled: Any) -> None:
    settled.spec(display_name="Machine learning")

    [statement] = settled.step().statements

    assert isinstance(statement.event, ProjectUpdated)
    assert statement.event.generation == 2


def test_a_namespace_that_is_not_the_projects_is_left_alone(world: Any) -> None:
    world.step()
    world.objects[world.namespace] = {"kind": "Namespace", "metadata": {"name": "project-ml"}}

    decision = world.step()

    assert decision.changes == ()
    [ready] = [each for each in world.project.status.conditions if each.type == "Ready"]
    assert (ready.status, ready.reason) == ("False", "NamespaceTaken")


def test_a_namespace_on_its_way_out_is_waited_for_and_made_again(settled: Any) -> None:
    settled.edit(
        settled.namespace, lambda live: live["metadata"].update(deletionTimestamp="2026-01-01")
    )
    assert settled.step().changes == ()
    assert settled.condition("Ready") == "False"

    settled.objects.clear()
    settled.settle()

    assert settled.condition("Ready") == "True"
    assert "project.provisioned" not in settled.stated


def test_new_software_that_wants_other_objects_repairs_nothing(settled: Any) -> None:
    status = settled.project.status.model_copy(update={"revision": "of an older version"})
    settled.project = settled.project.model_copy(update={"status": status})
    settled.edit(settled.find("LimitRange"), lambda live: live["spec"].update(limits=[]))

    assert len(settled.step().changes) == 1
    settled.settle()

    assert settled.stated == []
    assert settled.decide().status.revision != "of an older version"


def test_a_part_that_the_cluster_does_not_count_is_taken_out_and_put_in_again(world: Any) -> None:
    """A cluster that has learned of sessions a moment ago counts none until it is asked again."""
    sessions = "count/agenticsessions.ambient.dev"
    world.step()
    world.step()
    world.enforce()
    quota = world.find("ResourceQuota")
    world.edit(quota, lambda live: live["status"]["used"].pop(sessions))
    world.edit(
        quota, lambda live: live["metadata"].update(creationTimestamp="2026-01-01T00:00:00Z")
    )

    waiting = world.step()
    assert (waiting.changes, waiting.again) == ((), 2.0)
    assert world.condition("QuotaEnforced") == "False"

    world.edit(
        quota, lambda live: live["metadata"].update(creationTimestamp="2025-12-31T00:00:00Z")
    )
    [recount] = world.step().changes
    assert isinstance(recount, Recount)
    assert sessions not in world.objects[quota]["spec"]["hard"]

    [put_in] = world.step().changes
    assert isinstance(put_in, Correct)
    assert "project.repaired" not in world.stated
    world.settle()
    assert world.condition("Ready") == "True"
