"""The decision about a project that is to be gone."""

from typing import Any

from ambient_contracts.resources import ProjectPhase


def test_the_namespace_goes_first_and_the_finalizer_last(settled: Any) -> None:
    settled.delete()

    [removal] = settled.decide().changes
    assert removal.key == settled.namespace
    settled.edit(
        settled.namespace,
        lambda live: live.update(
            metadata=live["metadata"] | {"deletionTimestamp": "now"},
            status={
                "conditions": [
                    {"status": "True", "message": "Some content has finalizers remaining."},
                    {"status": "False", "message": "All is well."},
                ]
            },
        ),
    )
    waiting = settled.step()

    assert waiting.changes == ()
    assert waiting.finalizer is None
    assert waiting.status.phase is ProjectPhase.TERMINATING
    [ready] = [each for each in waiting.status.conditions if each.type == "Ready"]
    assert ready.message == (
        "Waiting until the namespace project-ml is gone. Some content has finalizers remaining."
    )


def test_its_cluster_roles_go_when_the_namespace_is_gone(settled: Any) -> None:
    settled.delete()
    for key in [key for key in settled.objects if key.namespace or key.kind == "Namespace"]:
        del settled.objects[key]

    decision = settled.step()

    assert {change.key.kind for change in decision.changes} == {"ClusterRole", "ClusterRoleBinding"}
    assert settled.stated == []
    last = settled.step()
    assert settled.stated == ["member.revoked", "member.revoked", "project.deleted"]
    assert last.finalizer is False
    assert settled.objects == {}


def test_a_namespace_of_somebody_else_outlives_the_project(settled: Any) -> None:
    settled.edit(settled.namespace, lambda live: live["metadata"].pop("ownerReferences"))
    settled.delete()

    for _ in range(3):
        settled.step()

    assert settled.namespace in settled.objects
    assert settled.project.metadata.finalizers == ()


def test_a_project_that_was_never_begun_needs_nothing(world: Any) -> None:
    world.delete()

    decision = world.decide()

    assert (decision.changes, decision.statements, decision.finalizer) == ((), (), None)
