"""`ambient session`: an agent's work on a prompt and a website."""

import time
from collections.abc import Sequence
from typing import Annotated, Any, Final

import typer
from pydantic import Field

from ambient_cli.account import As, account
from ambient_cli.errors import CliError
from ambient_cli.http import Api, Nothing
from ambient_cli.logline import said
from ambient_cli.output import Column, Format, Output, age, short_name, show, show_list
from ambient_cli.terminal import out, say
from ambient_cli.view import View
from ambient_contracts.resources.session import AgenticSession, Phase, SessionStatus

app = typer.Typer(
    no_args_is_help=True, help="Sessions: run, list, get, logs, cancel, clone, delete."
)
Project = Annotated[str, typer.Option("--project", "-p", help="The session's project.")]
Name = Annotated[str, typer.Argument(metavar="SESSION", help="The session's name.")]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Go on until the session ends.")]
_POLL: Final = 0.25


class SessionPage(View):
    """Some of a project's sessions."""

    items: tuple[AgenticSession, ...] = ()
    next: str | None = Field(default=None, alias="continue")


def status_of(session: AgenticSession) -> SessionStatus:
    """Return a session's status; that of a new one where it has none."""
    return session.status or SessionStatus()


def why(session: AgenticSession) -> str:
    """Return what a session's last condition says."""
    conditions = status_of(session).conditions
    return conditions[-1].message if conditions else ""


COLUMNS: Sequence[Column[AgenticSession]] = (
    Column("name", lambda session: session.metadata.name),
    Column("phase", lambda session: status_of(session).phase.value),
    Column("requester", lambda session: short_name(session.spec.user_context.user_id)),
    Column("website", lambda session: session.spec.website_url),
    Column("age", lambda session: age(session.metadata.creation_timestamp)),
)
ROWS: Sequence[Column[AgenticSession]] = (
    Column("name", lambda session: session.metadata.name),
    Column("phase", lambda session: status_of(session).phase.value),
    Column("why", why),
    Column("requester", lambda session: session.spec.user_context.user_id),
    Column("prompt", lambda session: session.spec.prompt),
    Column("website", lambda session: session.spec.website_url),
    Column("job", lambda session: status_of(session).job_name),
    Column("started", lambda session: status_of(session).start_time),
    Column("ended", lambda session: status_of(session).completion_time),
    Column("trace", lambda session: status_of(session).trace_id),
    Column("agent", lambda session: (result := status_of(session).result) and result.agent),
    Column("answer", lambda session: (result := status_of(session).result) and result.answer),
)


def path_of(project: str, session: str = "") -> str:
    """Return where a project's sessions are, or one of them."""
    return f"/api/sessions/{project}/{session}".rstrip("/")


@app.command("run")
def run(
    project: Project,
    prompt: Annotated[str, typer.Option(help="What the agent is asked.")],
    website: Annotated[str, typer.Option(help="The page it works on: http:// or https://.")],
    name: Annotated[str | None, typer.Option(help="The session's name; else one is made.")] = None,
    model: Annotated[
        str | None, typer.Option(help="The model, where the project has a key.")
    ] = None,
    timeout: Annotated[int | None, typer.Option(help="Seconds that it may take.", min=1)] = None,
    follow: Follow = False,
    as_: As = None,
    output: Output = Format.TABLE,
) -> None:
    """Start a session; with -f, show its log and its result, and fail if it fails."""
    given: dict[str, Any] = {
        "prompt": prompt,
        "websiteURL": website,
        "name": name,
        "model": model,
        "timeoutSeconds": timeout,
    }
    body = {field: value for field, value in given.items() if value is not None}
    api = account(as_).api("sessions")
    made = api.call("POST", path_of(project), AgenticSession, json=body)
    if not follow:
        show(made, ROWS, output)
        return
    say(f"{made.metadata.name} is {status_of(made).phase.value}.")
    print_log(api, project, made.metadata.name, follow=True)
    ended = wait_for_end(api, project, made.metadata.name)
    show(ended, ROWS, output)
    if status_of(ended).phase is not Phase.SUCCEEDED:
        raise CliError(f"{made.metadata.name} has {status_of(ended).phase.value}: {why(ended)}")


@app.command("list")
def list_sessions(
    project: Project,
    phase: Annotated[Phase | None, typer.Option(help="Only those in this phase.")] = None,
    as_: As = None,
    output: Output = Format.TABLE,
) -> None:
    """List a project's sessions."""
    api, found, following = account(as_).api("sessions"), list[AgenticSession](), ""
    while True:
        given = {"phase": phase.value if phase else "", "continue": following}
        params = {key: value for key, value in given.items() if value}
        page = api.call("GET", path_of(project), SessionPage, params=params)
        found += page.items
        if not page.next:
            break
        following = page.next
    show_list(found, COLUMNS, output, none=f"{project} has no such session.")


@app.command("get")
def get_session(
    name: Name, project: Project, as_: As = None, output: Output = Format.TABLE
) -> None:
    """Show a session."""
    api = account(as_).api("sessions")
    show(api.call("GET", path_of(project, name), AgenticSession), ROWS, output)


@app.command("logs")
def logs(name: Name, project: Project, follow: Follow = False, as_: As = None) -> None:
    """Show what a session's agent has written."""
    print_log(account(as_).api("sessions"), project, name, follow=follow)


@app.command("cancel")
def cancel(name: Name, project: Project, as_: As = None) -> None:
    """Stop a session."""
    api = account(as_).api("sessions")
    api.call("POST", f"{path_of(project, name)}/cancel", AgenticSession)
    say(f"{name} is being cancelled.")


@app.command("clone")
def clone(
    name: Name,
    project: Project,
    into: Annotated[str | None, typer.Option(help="Another project.")] = None,
    as_: As = None,
    output: Output = Format.TABLE,
) -> None:
    """Start a session with the same order, in your own name."""
    api = account(as_).api("sessions")
    body = {"project": into} if into else {}
    made = api.call("POST", f"{path_of(project, name)}/clone", AgenticSession, json=body)
    show(made, ROWS, output)


@app.command("delete")
def delete(name: Name, project: Project, as_: As = None) -> None:
    """Delete a session and its Job."""
    account(as_).api("sessions").call("DELETE", path_of(project, name), Nothing)
    say(f"{name} is being deleted.")


def print_log(api: Api, project: str, name: str, *, follow: bool) -> None:
    """Write a session's log to standard output: as it is, or in a terminal what each line says."""
    console = out()
    file = console.file
    path = f"{path_of(project, name)}/log"
    with api.lines(path, params={"follow": "true"} if follow else {}) as lines:
        for line in lines:
            file.write(f"{said(line) if console.is_terminal else line}\n")
            file.flush()


def wait_for_end(api: Api, project: str, name: str) -> AgenticSession:
    """Return a session once its phase is final."""
    while True:
        session = api.call("GET", path_of(project, name), AgenticSession)
        if status_of(session).phase.final:
            return session
        time.sleep(_POLL)
