"""Who plays: the people, the project, the bot; what exists already is used again."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from ambient_cli.account import Account
from ambient_cli.commands.bots import BotView, TokenOnce, path_of
from ambient_cli.commands.projects import PATH, ProjectView
from ambient_cli.errors import CliError, ExitCode

T = TypeVar("T")
PROJECT: Final = "demo"
BOT: Final = "jira"
TRIGGER: Final = "questions"
_MEMBERS: Final = {"alice": "admin", "bob": "editor", "carol": "viewer"}
_PATIENCE: Final = 20.0
_PAUSE: Final = 0.1
_LIFETIME: Final = 3600


@dataclass(frozen=True)
class Bot:
    """The bot, and the token that was issued for it now."""

    view: BotView
    token: TokenOnce


def ensure_project(admin: Account) -> ProjectView:
    """Make the project, and return when it is ready.

    Raises:
        CliError: If it does not become ready.
    """
    api, spec = admin.api("projects"), _spec()
    try:
        api.call("POST", PATH, ProjectView, json={"name": PROJECT, **spec})
    except CliError as error:
        if error.code is not ExitCode.CONFLICT:
            raise
        api.call("PATCH", f"{PATH}/{PROJECT}", ProjectView, json=spec)
    return _until(
        f"the project {PROJECT} is ready",
        lambda: api.call("GET", f"{PATH}/{PROJECT}", ProjectView),
        lambda project: project.ready,
    )


def ensure_bot(project_admin: Account) -> Bot:
    """Make the bot and a token for it.

    Raises:
        CliError: If it does not become ready.
    """
    api, path = project_admin.api("projects"), path_of(PROJECT)
    try:
        api.call("POST", path, BotView, json={"name": BOT, "displayName": "Jira automation"})
    except CliError as error:
        if error.code is not ExitCode.CONFLICT:
            raise
    view = _until(
        f"the bot {BOT} has its ServiceAccount",
        lambda: api.call("GET", f"{path}/{BOT}", BotView),
        lambda bot: bot.service_account_name is not None,
    )
    body = {"expiresInSeconds": _LIFETIME}
    return Bot(view, api.call("POST", f"{path}/{BOT}/tokens", TokenOnce, json=body))


def _spec() -> dict[str, Any]:
    return {
        "displayName": "Demonstration",
        "description": "Made by `ambient demo`.",
        "members": [
            {"kind": "User", "name": name, "role": role} for name, role in _MEMBERS.items()
        ],
        "jira": {
            "triggers": [
                {
                    "name": TRIGGER,
                    "events": ["jira:issue_created"],
                    "filter": "body.issue.fields.issuetype.name == 'Question'",
                    "prompt": "{{ body.issue.fields.summary }}",
                    "websiteURL": "{{ body.issue.fields.customfield_10042 }}",
                }
            ]
        },
    }


def _until(what: str, look: Callable[[], T], enough: Callable[[T], bool]) -> T:
    deadline = time.monotonic() + _PATIENCE
    while True:
        found = look()
        if enough(found):
            return found
        if time.monotonic() > deadline:
            raise CliError(f"After {_PATIENCE:.0f} s it is still not so that {what}: {found}")
        time.sleep(_PAUSE)
