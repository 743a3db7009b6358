"""`ambient up`, `down`, `status` and `demo` may be run at any time, after any accident."""

import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ambient_local import Component, Home, Platform, processes
from ambient_local.run import Said, run

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]


class Ambient:
    """The command, with a home of its own."""

    def __init__(self, home: Path, config: Path) -> None:
        self.home = Home.of(home)
        self.config = config
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("OTEL_", "AMBIENT_AGENT_"))
        }
        self._environment = {
            **inherited,
            "AMBIENT_HOME": str(home),
            "XDG_CONFIG_HOME": str(config),
        }

    async def __call__(self, *argv: str) -> Said:
        ambient = Path(sys.executable).with_name("ambient")
        said = await run([ambient, *argv], environment=self._environment)
        assert "\x1b" not in said.output, "without a terminal there are plain lines alone"
        assert "\r" not in said.output
        return said

    def leaves_nothing_behind(self) -> bool:
        return not (processes.of_home(self.home) or self.home.path.exists() or self.config.exists())

    async def ok(self, *argv: str) -> str:
        said = await self(*argv)
        assert said.code == 0, said.output
        return said.output

    async def status(self) -> Any:
        return json.loads(await self.ok("status", "-o", "json"))


@pytest.fixture
async def ambient(tmp_path: Path) -> AsyncIterator[Ambient]:
    command = Ambient(tmp_path / "home", tmp_path / "config")
    yield command
    await Platform(command.home.path).down()


async def test_up_and_down_are_safe_twice_and_after_kill_9_of_everything(
    ambient: Ambient,
) -> None:
    lines = (await ambient.ok("up")).splitlines()
    assert any(line.startswith("audit: ready in ") for line in lines)
    first = await ambient.status()
    pids = {name: part["pid"] for name, part in first["components"].items()}

    assert "runs already" in await ambient.ok("up")
    second = await ambient.status()
    assert {name: part["pid"] for name, part in second["components"].items()} == pids

    for found in processes.of_home(ambient.home).values():
        await processes.kill(found)
    assert (await ambient("status")).code == 1

    await ambient.ok("up")
    third = await ambient.status()
    assert third["healthy"]
    assert third["urls"] == first["urls"]
    assert third["tokens"] == first["tokens"]

    for found in processes.of_home(ambient.home).values():
        await processes.kill(found[:1])
    await ambient.ok("down")
    await ambient.ok("down")
    assert ambient.leaves_nothing_behind()


async def test_status_of_what_never_ran_is_one_sentence(ambient: Ambient) -> None:
    said = await ambient("status")

    assert said.code != 0
    (line,) = said.output.strip().splitlines()
    assert "ambient up" in line


async def test_status_has_the_shape_that_programs_rely_on(
    platform: Platform, tmp_path: Path
) -> None:
    status = await Ambient(platform.home.path, tmp_path).status()

    assert status["healthy"] is True
    assert set(status["urls"]) == {"gateway", "projects", "sessions", "audit", "nats"}
    assert set(status["tokens"]) == {"admin", "alice", "bob", "carol"}
    assert all(len(token) >= 40 for token in status["tokens"].values())
    assert platform.kubeconfig.stat().st_mode & 0o077 == 0
    assert status["kubeconfig"] == str(platform.kubeconfig)
    assert set(status["components"]) == {component.value for component in Component}
    assert isinstance(status["websiteExceptions"], list)


async def test_the_demo_succeeds_and_leaves_nothing_behind(ambient: Ambient) -> None:
    said = await ambient("demo")

    assert said.code == 0, said.output
    assert "202 Accepted" in said.output
    for kind in ("accepted", "requested", "created", "started", "succeeded"):
        assert f".{kind}" in said.output
    assert "45 minutes" in said.output
    assert "without a gap" in said.output
    assert ambient.leaves_nothing_behind()
