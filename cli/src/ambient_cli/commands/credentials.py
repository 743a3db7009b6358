"""`ambient credential`: a project's keys; they go in, and never come out."""

from collections.abc import Sequence
from typing import Annotated

import typer
from pydantic import BaseModel

from ambient_cli.account import As, account
from ambient_cli.http import Nothing
from ambient_cli.output import Column, Format, Output, show_list
from ambient_cli.secret import read_secret
from ambient_cli.terminal import say
from ambient_cli.view import View

app = typer.Typer(no_args_is_help=True, help="Credentials: set, list, remove.")
Project = Annotated[str, typer.Option("--project", "-p", help="The project.")]
Key = Annotated[str, typer.Argument(metavar="KEY", help="As anthropic-api-key, or jira-api-token.")]


class Names(View):
    """Which credentials there are."""

    keys: tuple[str, ...] = ()


class Name(BaseModel):
    """A credential's name."""

    name: str


COLUMNS: Sequence[Column[Name]] = (Column("name", lambda credential: credential.name),)


@app.command("set")
def set_credential(key: Key, project: Project, as_: As = None) -> None:
    """Set a credential; its value is asked for, or read from standard input."""
    who = account(as_)
    body = {key: read_secret(f"Value of {key}")}
    who.api("projects").call("PUT", _path(project), Names, json=body)
    say(f"{key} of {project} is set. Nobody can read it back.")


@app.command("list")
def list_credentials(project: Project, as_: As = None, output: Output = Format.TABLE) -> None:
    """Name a project's credentials."""
    found = account(as_).api("projects").call("GET", _path(project), Names)
    names = [Name(name=key) for key in found.keys]
    show_list(names, COLUMNS, output, none=f"{project} has no credential.")


@app.command("remove")
def remove_credential(key: Key, project: Project, as_: As = None) -> None:
    """Remove a credential."""
    account(as_).api("projects").call("DELETE", f"{_path(project)}/{key}", Nothing)
    say(f"{key} of {project} is removed.")


def _path(project: str) -> str:
    return f"/api/projects/{project}/credentials"
