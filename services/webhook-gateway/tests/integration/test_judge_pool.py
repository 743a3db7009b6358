"""Judges as processes: what a project's triggers take more than they may is theirs to bear."""

import asyncio
from collections.abc import AsyncIterator

import psutil
import pytest
from gateway_world import trigger

from ambient_testkit import jira_bodies
from webhook_gateway.adapters.judging.pool import JudgePool
from webhook_gateway.ports import BusyError

pytestmark = pytest.mark.integration

ISSUE_CREATED = jira_bodies.raw("issue_created")
GOOD = trigger(name="good", prompt="{{ body.issue.key }}")


@pytest.fixture
async def pool() -> AsyncIterator[JudgePool]:
    pool = JudgePool(size=1, milliseconds=150, mebibytes=256)
    try:
        yield pool
    finally:
        await pool.close()


async def test_a_judge_says_what_the_rules_say(pool: JudgePool) -> None:
    no = trigger(name="no", filter="body.issue.key == 'X'")
    for _ in range(2):
        good, other = await pool("harbour", [GOOD, no], "jira:issue_created", ISSUE_CREATED)
        assert good.order is not None
        assert good.order.prompt == "PIER-41"
        assert (other.kind, other.reason) == ("unmatched", "its filter is false")


TOO_LONG = "more processor time than it may"
TOO_LARGE = "more memory than it may"
DOUBLED = "{% set a = 'xxxxxxxx' %}" + "{% set a = a ~ a %}" * 30 + "{{ a | length }}"
LOOPS = "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}x"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"prompt": LOOPS}, TOO_LONG),
        # It takes both, and which it meets first depends on the machine.
        ({"prompt": DOUBLED}, "than it may"),
        ({"prompt": "{{ 'a'.ljust(999999999999) }}"}, TOO_LARGE),
        ({"filter": "body.many.all(a, body.many.all(b, a != b || a == b))"}, TOO_LONG),
    ],
    ids=["loops", "doubling", "padding", "comprehensions"],
)
async def test_a_trigger_that_takes_too_much_fails_and_another_projects_do_not(
    pool: JudgePool, changes: dict[str, str], says: str
) -> None:
    many = b'{"issue": {"key": "K"}, "many": [' + b",".join([b"1"] * 20_000) + b"]}"
    first, bad, last = await pool(
        "harbour", [GOOD, trigger(name="bad", **changes), trigger(name="last")], "e", many
    )
    assert first.kind == "matched"
    assert bad.kind == "failed"
    assert says in bad.reason
    if TOO_LONG in bad.reason:
        assert (last.kind, "bad took all" in last.reason) == ("failed", True)
        with pytest.raises(BusyError, match="a moment ago"):
            await pool("harbour", [GOOD], "e", many)
    else:
        assert last.kind == "matched"
    (other,) = await pool("quay", [GOOD], "e", many)
    assert other.kind == "matched"


async def _under_way(pool: JudgePool) -> "tuple[asyncio.Task[object], psutil.Process]":
    """Return a delivery that a judge has been given, and the judge, which is held still."""
    await pool("harbour", [GOOD], "e", ISSUE_CREATED)
    children = psutil.Process().children()
    (judge,) = (each for each in children if "judging.worker" in " ".join(each.cmdline()))
    judge.suspend()
    delivery = asyncio.create_task(pool("harbour", [trigger(name="lost")], "e", b"{}"))
    await asyncio.wait([delivery], timeout=0.1)
    return delivery, judge


async def test_a_delivery_that_was_given_up_leaves_no_answer_for_the_next(pool: JudgePool) -> None:
    delivery, _judge = await _under_way(pool)
    delivery.cancel()
    await asyncio.gather(delivery, return_exceptions=True)
    (judgement,) = await pool("harbour", [GOOD], "e", ISSUE_CREATED)
    assert judgement.trigger == "good"


async def test_a_judge_that_is_killed_says_nothing_of_the_triggers(pool: JudgePool) -> None:
    delivery, judge = await _under_way(pool)
    judge.kill()
    with pytest.raises(BusyError):
        await delivery
    (judgement,) = await pool("harbour", [GOOD], "e", ISSUE_CREATED)
    assert judgement.kind == "matched"
