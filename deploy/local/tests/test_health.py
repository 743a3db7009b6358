"""A part that does not become well says why, with the end of its log."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from ambient_local import Component, Home, LocalError, processes
from ambient_local.config import Config, Passwords
from ambient_local.lifecycle import end_all, ensure_all, look_at
from ambient_local.part import Part, Setting
from ambient_local.progress import Report


@dataclass(frozen=True)
class _Played(Part):
    startup: ClassVar[float] = 0.3
    code: str = "import time; time.sleep(60)"
    wrong: str | None = None

    async def command(self) -> Sequence[str | Path]:
        return [sys.executable, "-S", "-c", self.code]

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    async def what_is_wrong(self) -> str | None:
        return self.wrong


def _setting(home: Home, reports: list[Report] | None = None) -> Setting:
    progress = (reports if reports is not None else []).append
    return Setting(home, Config(), Passwords.ensure(home), progress)


async def test_one_that_ends_says_what_it_wrote_last(home: Home) -> None:
    part = _Played(_setting(home), Component.AUDIT, "raise SystemExit('no disk')", "starting")

    with pytest.raises(LocalError, match=r"(?s)audit ended while .*audit\.log:\n  no disk"):
        await ensure_all([part])


async def test_one_that_never_answers_says_what_is_wrong(home: Home) -> None:
    reports: list[Report] = []
    part = _Played(_setting(home, reports), Component.AUDIT, wrong="it has no stream")

    with pytest.raises(LocalError, match=r"not ready within 0 s: it has no stream"):
        await ensure_all([part])

    assert reports[-1] == Report(Component.AUDIT, "failed", "not ready")
    await end_all(home, [part], print)


async def test_one_that_runs_and_is_well_is_left_alone(home: Home) -> None:
    reports: list[Report] = []
    part = _Played(_setting(home, reports), Component.AUDIT)
    await ensure_all([part])
    (before,) = processes.of_home(home)[Component.AUDIT]

    await ensure_all([part])

    assert processes.of_home(home) == {Component.AUDIT: [before]}
    assert reports[-1] == Report(Component.AUDIT, "done", "runs already")
    assert (await look_at(part)).healthy
    await end_all(home, [part], print)


async def test_one_that_does_not_run_is_not_healthy(home: Home) -> None:
    found = await look_at(_Played(_setting(home), Component.AUDIT))

    assert (found.running, found.healthy, found.reason) == (False, False, "it does not run")
