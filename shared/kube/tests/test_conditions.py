"""A condition's transition time changes with its status and with nothing else."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from ambient_kube import Manifest, set_condition

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
Status = Literal["True", "False", "Unknown"]
STEPS = st.lists(
    st.tuples(st.sampled_from(["Ready", "Bound"]), st.sampled_from(["True", "False"])), max_size=12
)


def _set(
    conditions: list[Manifest], status: Status, now: datetime = NOON, message: str = "m"
) -> list[Manifest]:
    return set_condition(conditions, "Ready", status, "Because", message, 7, now)


def test_a_new_condition_comes_last_and_has_all_fields() -> None:
    other = {"type": "Other", "status": "True"}
    assert _set([other], "True") == [
        other,
        {
            "type": "Ready",
            "status": "True",
            "reason": "Because",
            "message": "m",
            "observedGeneration": 7,
            "lastTransitionTime": "2026-01-01T12:00:00Z",
        },
    ]


def test_a_new_message_is_no_transition() -> None:
    before = _set([], "True")
    (after,) = _set(before, "True", NOON + timedelta(hours=1), "other")
    assert after == {**before[0], "message": "other"}


def test_setting_what_is_so_changes_nothing() -> None:
    before = _set([], "True")
    assert _set(before, "True", NOON + timedelta(hours=1)) == before


def test_times_are_in_utc() -> None:
    (condition,) = _set([], "True", NOON.astimezone(timezone(timedelta(hours=5))))
    assert condition["lastTransitionTime"] == "2026-01-01T12:00:00Z"


@given(STEPS)
def test_each_type_is_there_once_with_the_time_of_its_last_transition(
    steps: list[tuple[str, Status]],
) -> None:
    conditions: list[Manifest] = []
    since: dict[str, tuple[str, datetime]] = {}
    for minute, (kind, status) in enumerate(steps):
        now = NOON + timedelta(minutes=minute)
        conditions = set_condition(conditions, kind, status, "R", "m", 1, now)
        if kind not in since or since[kind][0] != status:
            since[kind] = (status, now)
    assert {(each["type"], each["status"], each["lastTransitionTime"]) for each in conditions} == {
        (kind, status, f"{at:%Y-%m-%dT%H:%M:%SZ}") for kind, (status, at) in since.items()
    }
    assert len(conditions) == len(since)
