"""Commands ask the platform for the right thing, and show what it answers."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

Ambient = Callable[..., Any]

PROJECT = {
    "name": "ml",
    "namespace": "project-ml",
    "displayName": "ML",
    "phase": "Ready",
    "members": [{"kind": "User", "name": "bob", "role": "editor"}],
    "conditions": [],
    "createdAt": "2030-01-02T03:04:05Z",
    "newerField": {"kept": True},
}
SESSION = {
    "apiVersion": "ambient.dev/v1alpha1",
    "kind": "AgenticSession",
    "metadata": {"name": "s-1", "namespace": "project-ml"},
    "spec": {
        "prompt": "Why?",
        "websiteURL": "https://example.com/",
        "projectRef": {"name": "ml", "namespace": "project-ml"},
        "userContext": {"userId": "bob"},
    },
    "status": {"phase": "Succeeded", "result": {"agent": "extract", "answer": "Because."}},
}
RECORD = {
    "sequence": 7,
    "kind": "event",
    "storedAt": "2030-01-02T03:04:05Z",
    "project": "ml",
    "entity": "session",
    "verb": "created",
    "actor": {"kind": "service", "id": "runner"},
    "object": {"kind": "AgenticSession", "name": "s-1"},
    "outcome": "success",
}


def _stdin(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_the_token_goes_along(platform: Any, ambient: Ambient) -> None:
    platform.answer("GET", "/api/projects", {"items": []})

    ran = ambient("project", "list")

    assert ran.out == "You see no project.\n"
    assert platform.asked[0].headers["authorization"] == "Bearer t0ken"


def test_a_list_is_a_table_for_people(platform: Any, ambient: Ambient) -> None:
    platform.answer("GET", "/api/projects", {"items": [PROJECT]})

    header, row = ambient("project", "list").out.splitlines()

    assert header.split() == ["NAME", "PHASE", "NAMESPACE", "MEMBERS", "AGE"]
    assert row.split()[:4] == ["ml", "Ready", "project-ml", "1"]


def test_json_has_everything_that_the_server_answered(platform: Any, ambient: Ambient) -> None:
    platform.answer("GET", "/api/projects", {"items": [PROJECT]})

    (item,) = json.loads(ambient("project", "list", "-o", "json").out)

    assert {key: item[key] for key in PROJECT} == PROJECT


def test_yaml_is_the_same(platform: Any, ambient: Ambient) -> None:
    platform.answer("GET", "/api/projects/ml", PROJECT)

    as_yaml = yaml.safe_load(ambient("project", "get", "ml", "-o", "yaml").out)
    as_json = json.loads(ambient("project", "get", "ml", "-o", "json").out)

    assert as_yaml == as_json


def test_a_project_is_made_with_its_members(platform: Any, ambient: Ambient) -> None:
    platform.answer("POST", "/api/projects", PROJECT, 201)

    ran = ambient(
        *("project", "create", "ml", "--display-name", "ML"),
        *("--member", "editor:bob", "--member", "viewer:system:serviceaccount:a:b"),
    )

    assert ran.code == 0
    assert platform.asked[0].body["members"] == [
        {"kind": "User", "name": "bob", "role": "editor"},
        {"kind": "User", "name": "system:serviceaccount:a:b", "role": "viewer"},
    ]


@pytest.mark.parametrize("member", ["bob", "owner:bob", "editor:"])
def test_a_member_that_is_none_is_wrong_usage(platform: Any, ambient: Ambient, member: str) -> None:
    ran = ambient("project", "create", "ml", "--member", member)

    assert ran.code == 2
    assert "ROLE:USER" in ran.err
    assert platform.asked == []


def test_a_token_is_alone_on_standard_output(platform: Any, ambient: Ambient) -> None:
    answer = {"id": "x", "token": "aaa.bbb.ccc", "expiresAt": "2030-01-02T03:04:05Z"}
    platform.answer("POST", "/api/projects/ml/bots/jira/tokens", answer, 201)

    ran = ambient("bot", "token", "jira", "-p", "ml", "--days", "2")

    assert ran.out == "aaa.bbb.ccc\n"
    assert "/webhooks/jira/ml" in ran.err
    assert platform.asked[0].body == {"expiresInSeconds": 2 * 86400}


def test_a_credential_comes_from_standard_input(
    platform: Any, ambient: Ambient, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.answer("PUT", "/api/projects/ml/credentials", {"keys": ["anthropic-api-key"]})
    _stdin(monkeypatch, "s3cret value\n")

    ran = ambient("credential", "set", "anthropic-api-key", "-p", "ml")

    assert platform.asked[0].body == {"anthropic-api-key": "s3cret value"}
    assert "s3cret" not in ran.out + ran.err


def test_a_credential_is_never_an_argument(platform: Any, ambient: Ambient) -> None:
    assert ambient("credential", "set", "k", "value", "-p", "ml").code == 2


def test_a_session_that_is_followed_shows_its_log_and_its_answer(
    platform: Any, ambient: Ambient
) -> None:
    platform.answer("POST", "/api/sessions/ml", SESSION, 201)
    platform.answer("GET", "/api/sessions/ml/s-1/log", "reading the page\n")
    platform.answer("GET", "/api/sessions/ml/s-1", SESSION)

    ran = ambient(
        *("session", "run", "-p", "ml", "--prompt", "Why?"),
        *("--website", "https://example.com/", "-f"),
    )

    assert ran.code == 0
    assert ran.out.startswith("reading the page\n")
    assert "Because." in ran.out
    assert platform.asked[0].body == {"prompt": "Why?", "websiteURL": "https://example.com/"}


def test_a_followed_session_that_fails_fails_the_command(platform: Any, ambient: Ambient) -> None:
    condition = {
        "type": "Complete",
        "status": "True",
        "reason": "NoAnswer",
        "message": "The page has no text.",
        "lastTransitionTime": "2030-01-02T03:04:05Z",
    }
    failed = {**SESSION, "status": {"phase": "Failed", "conditions": [condition]}}
    platform.answer("POST", "/api/sessions/ml", SESSION, 201)
    platform.answer("GET", "/api/sessions/ml/s-1/log", "")
    platform.answer("GET", "/api/sessions/ml/s-1", failed)

    ran = ambient(*("session", "run", "-p", "ml", "--prompt", "x", "--website", "http://x", "-f"))

    assert ran.code == 1
    assert "The page has no text." in ran.err


def test_a_webhook_is_sent_with_the_bots_token_and_its_delivery(
    platform: Any, ambient: Ambient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = tmp_path / "body.json"
    body.write_text('{"issue": {"key": "A-1"}}')
    platform.answer("POST", "/webhooks/jira/ml", {"id": "e1"}, 202)
    _stdin(monkeypatch, "bot.jwt.token\n")

    ran = ambient("jira", "send", str(body), "-p", "ml", "--delivery", "d-1", "-o", "json")

    (asked,) = platform.asked
    assert json.loads(ran.out)["id"] == "e1"
    assert asked.body == {"issue": {"key": "A-1"}}
    assert asked.headers["authorization"] == "Bearer bot.jwt.token"
    assert asked.headers["x-atlassian-webhook-identifier"] == "d-1"
    assert asked.headers["content-type"] == "application/json"


def test_a_query_goes_on_until_the_limit(platform: Any, ambient: Ambient) -> None:
    page = {"items": [RECORD], "next": "more"}
    platform.answer("GET", "/api/audit/events", page)

    ran = ambient("audit", "query", "-p", "ml", "-n", "2", "-o", "json")

    assert [record["sequence"] for record in json.loads(ran.out)] == [7, 7]
    assert [asked.path for asked in platform.asked] == [
        "/api/audit/events?project=ml&limit=2",
        "/api/audit/events?project=ml&limit=1&cursor=more",
    ]


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ({"ok": True, "complete": True}, 0),
        ({"ok": True, "complete": False, "gaps": [{"first": 2, "last": 3}]}, 1),
        ({"ok": False, "complete": False, "firstBad": {"sequence": 4, "reason": "changed"}}, 1),
    ],
)
def test_a_trail_that_is_not_whole_fails_the_command(
    platform: Any, ambient: Ambient, found: dict[str, Any], code: int
) -> None:
    answer = {"records": 9, "streamLastSequence": 9, **found}
    platform.answer("GET", "/api/audit/verify", answer)

    assert ambient("audit", "verify").code == code


def test_a_login_is_tried_before_it_is_kept_and_is_the_owners_alone(
    platform: Any, ambient: Ambient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    servers = [
        word
        for name in ("projects", "sessions", "audit", "gateway")
        for word in (f"--{name}", platform.url)
    ]
    platform.refuse("GET", "/api/projects", 401, "The token is not valid.")
    ambient("logout")
    _stdin(monkeypatch, "new\n")
    refused = ambient("login", *servers)
    file = tmp_path / "config" / "ambient" / "login.json"
    assert (refused.code, file.exists()) == (4, False)

    platform.answer("GET", "/api/projects", {"items": []})
    _stdin(monkeypatch, "new\n")
    assert ambient("login", *servers).code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert platform.asked[-1].headers["authorization"] == "Bearer new"


def test_a_token_is_not_sent_over_plain_http_to_another_machine(
    ambient: Ambient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stdin(monkeypatch, "new\n")
    url = "http://platform.example"

    ran = ambient("login", "--projects", url, "--sessions", url, "--audit", url, "--gateway", url)

    assert ran.code == 2
    assert "https://" in ran.err
