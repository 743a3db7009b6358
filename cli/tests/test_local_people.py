"""On a local platform nobody has to log in: `--as` says who acts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ambient = Callable[..., Any]
PEOPLE = {name: f"token-of-{name}" for name in ("admin", "alice", "bob", "carol")}


@pytest.fixture
def local(platform: Any, tmp_path: Path, ambient: Ambient) -> Any:
    """The same platform, but local, and nobody is logged in to it."""
    ambient("logout")
    home = tmp_path / "home"
    (home / "cluster").mkdir(parents=True)
    port = int(platform.url.rpartition(":")[2])
    ports = dict.fromkeys(
        ("webhook-gateway", "project-manager", "session-runner", "audit", "nats", "cluster"), port
    )
    (home / "platform.json").write_text(json.dumps({"ports": ports}))
    (home / "cluster" / "tokens.json").write_text(json.dumps(PEOPLE))
    platform.answer("GET", "/api/projects", {"items": []})
    return platform


@pytest.mark.parametrize("person", PEOPLE)
def test_as_acts_with_that_persons_token(local: Any, ambient: Ambient, person: str) -> None:
    assert ambient("project", "list", "--as", person).code == 0

    assert local.asked[0].headers["authorization"] == f"Bearer token-of-{person}"


def test_without_as_it_is_the_admin_and_says_so_beside_the_answer(
    local: Any, ambient: Ambient
) -> None:
    ran = ambient("project", "list", "-o", "json")

    assert local.asked[0].headers["authorization"] == "Bearer token-of-admin"
    assert json.loads(ran.out) == []
    assert "As admin of the local platform" in ran.err


def test_as_somebody_unknown_is_wrong_usage(local: Any, ambient: Ambient) -> None:
    ran = ambient("project", "list", "--as", "mallory")

    assert (ran.code, local.asked) == (2, [])
    assert "admin, alice, bob, carol" in ran.err


def test_a_cluster_of_somebodys_own_has_no_people_that_are_known_here(
    local: Any, ambient: Ambient, tmp_path: Path
) -> None:
    file = tmp_path / "home" / "platform.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "kubeconfig": "/kubeconfig"}))

    ran = ambient("project", "list")

    assert ran.code == 4
    assert "ambient login" in ran.err


def test_a_webhook_needs_no_person_but_the_bots_token(
    local: Any, ambient: Ambient, tmp_path: Path
) -> None:
    body = tmp_path / "body.json"
    body.write_text("{}")
    token = tmp_path / "token"
    token.write_text("bot.jwt.token\n")
    local.answer("POST", "/webhooks/jira/ml", {"id": "e1", "sessions": ["s-1"]}, 202)

    ran = ambient("jira", "send", str(body), "-p", "ml", "--token-file", str(token))

    assert ran.code == 0
    assert local.asked[0].headers["authorization"] == "Bearer bot.jwt.token"
    assert "s-1" in ran.out
