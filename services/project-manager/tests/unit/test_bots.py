"""The decision about a bot."""

from typing import Any

import pytest

from project_manager.domain.drift import Correct, Create


def test_a_bot_gets_its_account_and_its_right(bot_world: Any) -> None:
    bot_world.settle()

    assert bot_world.objects.keys() == bot_world.desired()
    assert bot_world.stated == ["bot.created"]
    assert bot_world.bot.status.service_account_name == "bot-jira"


def test_a_bot_gets_nothing_before_its_project_is_ready(bot_world: Any) -> None:
    world = bot_world.world
    world.project = world.project.model_copy(update={"status": None})

    bot_world.settle()

    assert bot_world.objects == {}
    assert bot_world.bot.status.conditions[0].reason == "ProjectNotReady"


@pytest.mark.parametrize("kind", ["ServiceAccount", "RoleBinding"])
def test_what_somebody_takes_from_a_bot_is_given_back_and_stated(bot_world: Any, kind: str) -> None:
    bot_world.settle()
    key = next(key for key in bot_world.objects if key.kind == kind)
    del bot_world.objects[key]

    [change] = bot_world.decide().changes
    bot_world.settle()

    assert isinstance(change, Create)
    assert bot_world.stated == ["bot.created", "project.repaired"]
    assert key in bot_world.objects


def test_a_binding_to_another_role_is_made_anew(bot_world: Any) -> None:
    bot_world.settle()
    key = next(key for key in bot_world.objects if key.kind == "RoleBinding")
    live = bot_world.objects[key]
    bot_world.objects[key] = live | {"roleRef": live["roleRef"] | {"name": "ambient-project-admin"}}

    [change] = bot_world.decide().changes

    assert isinstance(change, Correct)
    assert change.anew


def test_a_deleted_bot_is_stated_when_its_rights_are_gone(bot_world: Any) -> None:
    bot_world.settle()
    bot_world.delete()

    assert {change.key for change in bot_world.decide().changes} == bot_world.desired()
    assert bot_world.decide().finalizer is None
    bot_world.settle()

    assert bot_world.objects == {}
    assert bot_world.stated == ["bot.created", "bot.deleted"]
    assert bot_world.bot.metadata.finalizers == ()
