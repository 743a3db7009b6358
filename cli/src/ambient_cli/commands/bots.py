"""`ambient bot`: what is no person and may start sessions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer
from pydantic import Field

from ambient_cli.account import As, account
from ambient_cli.http import Nothing
from ambient_cli.output import Column, Format, Output, age, show, show_list
from ambient_cli.terminal import out, say
from ambient_cli.view import Listed, View

app = typer.Typer(no_args_is_help=True, help="Bots: list, create, token, delete.")
Project = Annotated[str, typer.Option("--project", "-p", help="The bot's project.")]
Name = Annotated[str, typer.Argument(metavar="BOT", help="The bot's name.")]
_DAY = 86400


class TokenView(View):
    """A token that was issued; never the token itself."""

    id: str
    expires_at: datetime | None = None


class BotView(View):
    """A bot."""

    name: str
    display_name: str = ""
    sources: tuple[str, ...] = ()
    service_account_name: str | None = None
    tokens: tuple[TokenView, ...] = ()
    created_at: datetime | None = None


class TokenOnce(View):
    """A token, which is shown once."""

    id: str
    token: str = Field(repr=False)
    expires_at: datetime


COLUMNS: Sequence[Column[BotView]] = (
    Column("name", lambda bot: bot.name),
    Column("sources", lambda bot: bot.sources),
    Column("service account", lambda bot: bot.service_account_name),
    Column("tokens", lambda bot: len(bot.tokens)),
    Column("age", lambda bot: age(bot.created_at)),
)


def path_of(project: str) -> str:
    """Return where a project's bots are."""
    return f"/api/projects/{project}/bots"


@app.command("list")
def list_bots(project: Project, as_: As = None, output: Output = Format.TABLE) -> None:
    """List a project's bots."""
    found = account(as_).api("projects").call("GET", path_of(project), Listed[BotView])
    show_list(found.items, COLUMNS, output, none=f"{project} has no bot.")


@app.command("create")
def create_bot(
    name: Name,
    project: Project,
    display_name: Annotated[str, typer.Option(help="What people read.")] = "",
    as_: As = None,
    output: Output = Format.TABLE,
) -> None:
    """Make a bot."""
    body = {"name": name, "displayName": display_name}
    made = account(as_).api("projects").call("POST", path_of(project), BotView, json=body)
    show(made, COLUMNS, output)


@app.command("token")
def issue_token(
    name: Name,
    project: Project,
    days: Annotated[int, typer.Option(help="How long it lasts.", min=1, max=365)] = 90,
    as_: As = None,
    output: Output = Format.TABLE,
) -> None:
    """Issue a webhook token, for Jira's Authorization header. It is shown once."""
    who = account(as_)
    path = f"{path_of(project)}/{name}/tokens"
    body = {"expiresInSeconds": days * _DAY}
    issued = who.api("projects").call("POST", path, TokenOnce, json=body)
    if output is not Format.TABLE:
        show(issued, (), output)
        return
    out().file.write(f"{issued.token}\n")
    say(
        f"It lasts until {issued.expires_at:%Y-%m-%d} and is not shown again. In Jira's "
        f"automation rule, send to {who.gateway}/webhooks/jira/{project} with the header "
        "Authorization: Bearer and this token."
    )


@app.command("delete")
def delete_bot(name: Name, project: Project, as_: As = None) -> None:
    """Delete a bot; its tokens work no longer."""
    account(as_).api("projects").call("DELETE", f"{path_of(project)}/{name}", Nothing)
    say(f"{name} is being deleted.")
