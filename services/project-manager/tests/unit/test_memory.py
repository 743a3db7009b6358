"""What was written is seen at once, and until the informer has it."""

from typing import Any

from project_manager.adapters.kubernetes.memory import Memory
from project_manager.domain.objects import ObjectKey

KEY = ObjectKey("Secret", "project-credentials", "project-ml")


def live(version: int, uid: str = "u1") -> dict[str, Any]:
    metadata = {"name": KEY.name, "namespace": KEY.namespace, "uid": uid}
    return {
        "kind": "Secret",
        "metadata": metadata | {"resourceVersion": str(version)},
        "data": {"key": "c2VjcmV0"},
    }


def test_a_write_counts_until_it_has_been_heard() -> None:
    memory = Memory()
    memory.wrote(live(10))

    assert memory.newer(KEY, None) is not None
    assert memory.newer(KEY, "9") is not None
    assert memory.newer(KEY, "10") is None
    memory.heard(KEY, "10")
    assert memory.unheard() == []


def test_no_credential_is_kept() -> None:
    memory = Memory()
    memory.wrote(live(10))

    assert "data" not in memory.unheard()[0]


def test_what_ended_does_not_come_back_by_a_late_answer() -> None:
    memory = Memory()
    memory.end(KEY, "u1")
    memory.wrote(live(10))

    assert memory.newer(KEY, None) is None
    assert memory.ended(KEY, "u1")


def test_an_object_made_anew_is_another() -> None:
    memory = Memory()
    memory.end(KEY, "u1")
    memory.wrote(live(11, uid="u2"))

    assert not memory.ended(KEY, "u2")
    assert memory.newer(KEY, None) is not None
