"""`ambient project`: a team's place on the platform."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer
from rich.prompt import Confirm

from ambient_cli.account import As, account
from ambient_cli.errors import CliError, ExitCode
from ambient_cli.http import Nothing
from ambient_cli.output import Column, Format, Output, age, show, show_list
from ambient_cli.terminal import say
from ambient_cli.view import Json, Listed, View
from ambient_contracts.resources.project import Member, Role

app = typer.Typer(no_args_is_help=True, help="Projects: list, get, create, members, delete.")
Name = Annotated[str, typer.Argument(metavar="PROJECT", help="The project's name.")]
Members = Annotated[
    list[str] | None,
    typer.Option("--member", metavar="ROLE:USER", help="As `editor:bob`; may be repeated."),
]
PATH = "/api/projects"


class ConditionView(View):
    """A step of provisioning."""

    type: str
    status: str
    reason: str = ""
    message: str = ""


class ProjectView(View):
    """A project."""

    name: str
    namespace: str = ""
    display_name: str = ""
    description: str = ""
    phase: str = "Pending"
    suspended: bool = False
    members: tuple[Member, ...] = ()
    conditions: tuple[ConditionView, ...] = ()
    created_at: datetime | None = None

    @property
    def ready(self) -> bool:
        """Whether sessions may run in it."""
        return self.phase == "Ready"


COLUMNS: Sequence[Column[ProjectView]] = (
    Column("name", lambda project: project.name),
    Column("phase", lambda project: project.phase),
    Column("namespace", lambda project: project.namespace),
    Column("members", lambda project: len(project.members)),
    Column("age", lambda project: age(project.created_at)),
)
ROWS: Sequence[Column[ProjectView]] = (
    Column("name", lambda project: project.name),
    Column("display name", lambda project: project.display_name),
    Column("description", lambda project: project.description),
    Column("phase", lambda project: project.phase),
    Column("namespace", lambda project: project.namespace),
    Column("members", lambda project: [f"{each.role}:{each.name}" for each in project.members]),
    Column(
        "not yet",
        lambda project: [
            f"{each.type} ({each.message or each.reason})"
            for each in project.conditions
            if each.status != "True"
        ],
    ),
    Column("made", lambda project: project.created_at),
)


@app.command("list")
def list_projects(as_: As = None, output: Output = Format.TABLE) -> None:
    """List the projects that you may see."""
    found = account(as_).api("projects").call("GET", PATH, Listed[ProjectView])
    show_list(found.items, COLUMNS, output, none="You see no project.")


@app.command("get")
def get_project(name: Name, as_: As = None, output: Output = Format.TABLE) -> None:
    """Show a project."""
    show(account(as_).api("projects").call("GET", f"{PATH}/{name}", ProjectView), ROWS, output)


@app.command("create")
def create_project(
    name: Name,
    display_name: Annotated[str, typer.Option(help="What people read.")] = "",
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    member: Members = None,
    as_: As = None,
    output: Output = Format.TABLE,
) -> None:
    """Make a project."""
    body = {
        "name": name,
        "displayName": display_name,
        "description": description,
        "members": [_member(each) for each in member or ()],
    }
    made = account(as_).api("projects").call("POST", PATH, ProjectView, json=body)
    show(made, ROWS, output)


@app.command("members")
def set_members(
    name: Name, member: Members = None, as_: As = None, output: Output = Format.TABLE
) -> None:
    """Set a project's members, in place of those before."""
    if not member:
        raise CliError("Give each member as --member ROLE:USER.", ExitCode.USAGE)
    body = {"members": [_member(each) for each in member]}
    changed = account(as_).api("projects").call("PATCH", f"{PATH}/{name}", ProjectView, json=body)
    show(changed, ROWS, output)


@app.command("suspend")
def suspend_project(name: Name, as_: As = None) -> None:
    """Have a project take no new work."""
    _suspend(name, as_, suspended=True)


@app.command("resume")
def resume_project(name: Name, as_: As = None) -> None:
    """Have a suspended project take work again."""
    _suspend(name, as_, suspended=False)


@app.command("delete")
def delete_project(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_: As = None,
) -> None:
    """Delete a project and everything in it."""
    if not yes and not Confirm.ask(f"Delete {name} with its sessions, bots and credentials?"):
        raise CliError("Nothing was deleted.")
    account(as_).api("projects").call("DELETE", f"{PATH}/{name}", Nothing)
    say(f"{name} is being deleted.")


def _suspend(name: str, person: str | None, *, suspended: bool) -> None:
    api = account(person).api("projects")
    api.call("PATCH", f"{PATH}/{name}", ProjectView, json={"suspended": suspended})
    say(f"{name} is {'suspended' if suspended else 'resumed'}.")


def _member(text: str) -> Json:
    role, _, user = text.partition(":")
    if role not in set(Role) or not user:
        raise CliError(
            f"{text!r} is no member: write ROLE:USER, where ROLE is {', '.join(Role)}.",
            ExitCode.USAGE,
        )
    return Member(name=user, role=Role(role)).model_dump(mode="json", by_alias=True)
