"""`ambient jira`: send what Jira would send."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ambient_cli.account import gateway_url
from ambient_cli.errors import CliError, ExitCode
from ambient_cli.http import Api
from ambient_cli.output import Column, Format, Output, show
from ambient_cli.secret import read_secret
from ambient_cli.view import View

app = typer.Typer(no_args_is_help=True, help="Jira: send a webhook's body.")


class Receipt(View):
    """What the gateway answers."""

    id: str
    sessions: tuple[str, ...] = ()
    reason: str | None = None


ROWS: Sequence[Column[Receipt]] = (
    Column("event", lambda receipt: receipt.id),
    Column("sessions", lambda receipt: receipt.sessions),
    Column("starts none", lambda receipt: receipt.reason),
)


@app.command("send")
def send(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The body, as JSON.")],
    project: Annotated[str, typer.Option("--project", "-p", help="Whose webhook it is.")],
    token_file: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="The bot's token; else it is asked for."),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="AMBIENT_JIRA_TOKEN",
            help="The bot's token; other users of this machine can see an option's value.",
        ),
    ] = None,
    delivery: Annotated[
        str | None, typer.Option(help="The delivery's id; the same id starts nothing new.")
    ] = None,
    gateway: Annotated[str | None, typer.Option(help="The webhook-gateway's URL.")] = None,
    output: Output = Format.TABLE,
) -> None:
    """Post a webhook's body to a project, as Jira's automation does."""
    api = Api(gateway or gateway_url(), _token(token, token_file))
    show(post(api, project, file.read_bytes(), delivery or str(uuid.uuid4())), ROWS, output)


def post(api: Api, project: str, body: bytes, delivery: str) -> Receipt:
    """Post a body to a project's webhook.

    Raises:
        CliError: If the gateway does not take it.
    """
    headers = {
        "content-type": "application/json",
        "x-atlassian-webhook-identifier": delivery,
    }
    return api.call("POST", f"/webhooks/jira/{project}", Receipt, content=body, headers=headers)


def _token(given: str | None, file: Path | None) -> str:
    if given is not None and file is not None:
        raise CliError("Give --token or --token-file, not both.", ExitCode.USAGE)
    if file is not None:
        return file.read_text().strip()
    return given or read_secret("The bot's token")
