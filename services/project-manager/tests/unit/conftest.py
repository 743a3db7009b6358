"""A project, and the objects that a cluster would hold for it, as a test wants them."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from ambient_contracts.resources import BotAccount, Project
from project_manager.domain.bots import BotDecision, tend_bot
from project_manager.domain.decision import BOT_FINALIZER, PROJECT_FINALIZER, Observed
from project_manager.domain.drift import Change, Delete, Recount
from project_manager.domain.objects import (
    Blueprint,
    Manifest,
    ObjectKey,
    bot_objects,
    project_objects,
)
from project_manager.domain.provisioning import ProjectDecision, provision
from project_manager.domain.retirement import retire

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class World:
    """One project and a cluster in memory that carries decisions out."""

    project: Project
    objects: dict[ObjectKey, Manifest] = field(default_factory=dict)
    version: int = 0
    stated: list[str] = field(default_factory=list)
    ids: list[tuple[str, ...]] = field(default_factory=list)

    def spec(self, **changes: Any) -> None:
        spec = self.project.spec.model_copy(update=changes)
        metadata = self.project.metadata.model_copy(
            update={"generation": self.project.metadata.generation + 1}
        )
        self.project = self.project.model_copy(update={"spec": spec, "metadata": metadata})

    def delete(self) -> None:
        metadata = self.project.metadata.model_copy(update={"deletion_timestamp": NOW})
        self.project = self.project.model_copy(update={"metadata": metadata})

    @property
    def namespace(self) -> ObjectKey:
        return ObjectKey("Namespace", f"project-{self.project.metadata.name}")

    def find(self, kind: str, name: str = "") -> ObjectKey:
        return next(key for key in self.objects if key.kind == kind and name in key.name)

    def edit(self, key: ObjectKey, change: Callable[[Manifest], object]) -> None:
        change(self.objects[key])
        self._touch(key)

    def enforce(self) -> None:
        quota = self.objects[self.find("ResourceQuota")]
        hard = deepcopy(quota["spec"]["hard"])
        quota["status"] = {"hard": hard, "used": dict.fromkeys(hard, "0")}

    def observed(self) -> Observed:
        return Observed(deepcopy(self.objects), deepcopy(self.objects.get(self.namespace)), NOW)

    def decide(self) -> ProjectDecision:
        observed = self.observed()
        if self.project.metadata.deletion_timestamp is not None:
            return retire(self.project, observed)
        return provision(Blueprint(self.project, "s" * 43), observed)

    def step(self) -> ProjectDecision:
        decision = self.decide()
        for statement in decision.statements:
            self.stated.append(statement.event.kind())
            self.ids.append((statement.event.type(), *statement.because))
        for change in decision.changes:
            self._carry_out(change)
        updates: dict[str, Any] = {}
        if decision.status is not None:
            updates["status"] = decision.status
        if decision.finalizer is not None:
            finalizers = (PROJECT_FINALIZER,) if decision.finalizer else ()
            updates["metadata"] = self.project.metadata.model_copy(
                update={"finalizers": finalizers}
            )
        self.project = self.project.model_copy(update=updates)
        return decision

    def settle(self) -> None:
        for _ in range(10):
            before = (self.project, deepcopy(self.objects))
            self.step()
            if any(key.kind == "ResourceQuota" for key in self.objects):
                self.enforce()
            if (self.project, self.objects) == before:
                return
        raise AssertionError("it never comes to rest")

    def condition(self, kind: str) -> str:
        status = self.project.status
        assert status is not None
        return next(each.status for each in status.conditions if each.type == kind)

    def _carry_out(self, change: Change) -> None:
        if isinstance(change, Delete):
            del self.objects[change.key]
            return
        if isinstance(change, Recount):
            for part in change.patch["spec"]["hard"]:
                del self.objects[change.key]["spec"]["hard"][part]
            self._touch(change.key)
            return
        live = self.objects.get(change.key, {})
        self.objects[change.key] = deepcopy({**live, **change.desired.manifest})
        self._touch(change.key)

    def _touch(self, key: ObjectKey) -> None:
        self.version += 1
        self.objects[key]["metadata"]["resourceVersion"] = str(self.version)


@pytest.fixture
def world() -> World:
    """A project with an admin and an editor, of which nothing has been made."""
    return World(
        Project.model_validate(
            {
                "metadata": {
                    "name": "ml",
                    "uid": "u1",
                    "generation": 1,
                    "annotations": {"ambient.dev/requested-by": "carol"},
                },
                "spec": {
                    "members": [
                        {"name": "alice", "role": "admin"},
                        {"name": "bob", "role": "editor"},
                    ]
                },
            }
        )
    )


@pytest.fixture
def settled(world: World) -> World:
    """The same project, when all of it is in force."""
    world.settle()
    world.stated.clear()
    return world


@dataclass
class BotWorld:
    """One bot in a project."""

    world: World
    bot: BotAccount
    objects: dict[ObjectKey, Manifest] = field(default_factory=dict)
    stated: list[str] = field(default_factory=list)

    def decide(self) -> BotDecision:
        namespace = self.world.objects.get(self.world.namespace)
        return tend_bot(self.bot, self.world.project, Observed(dict(self.objects), namespace, NOW))

    def settle(self) -> None:
        for _ in range(6):
            decision = self.decide()
            self.stated += [each.event.kind() for each in decision.statements]
            for change in decision.changes:
                assert not isinstance(change, Recount)
                if isinstance(change, Delete):
                    del self.objects[change.key]
                else:
                    self.objects[change.key] = dict(change.desired.manifest)
            if decision.status is not None:
                self.bot = self.bot.model_copy(update={"status": decision.status})
            if decision.finalizer is not None:
                finalizers = (BOT_FINALIZER,) if decision.finalizer else ()
                self.bot = self.bot.model_copy(
                    update={
                        "metadata": self.bot.metadata.model_copy(update={"finalizers": finalizers})
                    }
                )

    def delete(self) -> None:
        metadata = self.bot.metadata.model_copy(update={"deletion_timestamp": NOW})
        self.bot = self.bot.model_copy(update={"metadata": metadata})

    def desired(self) -> set[ObjectKey]:
        return {each.key for each in bot_objects("ml", self.bot)}


@pytest.fixture
def bot_world(settled: World) -> BotWorld:
    """A bot of which nothing has been made, in a project that is ready."""
    bot = BotAccount.model_validate(
        {"metadata": {"name": "jira", "namespace": "project-ml", "uid": "b1", "generation": 1}}
    )
    return BotWorld(settled, bot)


@pytest.fixture
def desired_kinds() -> Callable[[Project], list[str]]:
    """The kinds of objects that a project should have."""
    return lambda project: [each.key.kind for each in project_objects(Blueprint(project, ""))]
