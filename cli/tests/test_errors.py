"""What goes wrong is one sentence and an exit code, never a stack trace."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from ambient_cli.account import Login, Servers, store

Ambient = Callable[..., Any]


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, 2), (401, 4), (403, 4), (404, 3), (409, 6), (422, 2), (429, 5), (500, 1), (503, 5)],
)
def test_a_problem_is_told_in_its_own_words(
    platform: Any, ambient: Ambient, status: int, code: int
) -> None:
    platform.refuse("GET", "/api/projects", status, "Ask an administrator for the right.")

    ran = ambient("project", "list")

    assert (ran.code, ran.out) == (code, "")
    assert ran.err == "ambient: Ask an administrator for the right.\n"


def test_an_answer_that_is_no_problem_document_is_told_by_its_status(
    platform: Any, ambient: Ambient
) -> None:
    platform.answer("GET", "/api/projects", "<html>Bad gateway</html>", 502)

    ran = ambient("project", "list")

    assert ran.code == 5
    assert ran.err == (
        f"ambient: {platform.url} answered 502 and did not say why: is it the right URL?\n"
    )


def test_a_service_that_is_not_there_is_not_reachable(ambient: Ambient) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    servers = Servers(gateway=url, projects=url, sessions=url, audit=url)
    store(Login(servers=servers, token="t0ken"))

    ran = ambient("project", "list")

    assert ran.code == 5
    assert url in ran.err
    assert "is the platform running?" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_an_answer_of_another_version_says_so(platform: Any, ambient: Ambient) -> None:
    platform.answer("GET", "/api/projects", {"items": [{"nom": "x"}]})

    ran = ambient("project", "list")

    assert ran.code == 1
    assert "are both of the same version?" in ran.err


def test_without_a_platform_and_a_login_the_way_to_each_is_told(ambient: Ambient) -> None:
    ran = ambient("project", "list")

    assert ran.code == 5
    assert "`ambient up` starts one" in ran.err


def test_status_where_nothing_was_started_says_how_to_start(ambient: Ambient) -> None:
    ran = ambient("status", "-o", "json")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err == ("ambient: The platform is not running here: start it with `ambient up`.\n")


def test_a_wrong_option_is_wrong_usage(ambient: Ambient) -> None:
    assert ambient("project", "list", "--nonsense").code == 2


def test_an_error_of_the_command_itself_shows_no_stack(
    platform: Any, ambient: Ambient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("ambient_cli.commands.projects.account", broken)

    ran = ambient("project", "list")

    assert ran.code == 1
    assert "ZeroDivisionError: by zero" in ran.err
    assert "Traceback" not in ran.err
