"""`ambient login` and `logout`: a platform that runs elsewhere."""

from typing import Annotated

import typer
from pydantic import BaseModel

from ambient_cli.account import Login, Servers, forget, login_file, store
from ambient_cli.errors import CliError, ExitCode
from ambient_cli.http import Api
from ambient_cli.secret import read_secret
from ambient_cli.terminal import say


class _Anything(BaseModel):
    """An answer whose content does not matter."""


def login(
    projects: Annotated[str, typer.Option(help="The project-manager's URL.")],
    sessions: Annotated[str, typer.Option(help="The session-runner's URL.")],
    audit: Annotated[str, typer.Option(help="The audit service's URL.")],
    gateway: Annotated[str, typer.Option(help="The webhook-gateway's URL.")],
) -> None:
    """Store where a platform is, and your token there, which is read from standard input.

    The token is one that the platform's Kubernetes knows, such as `oc whoami -t` prints.
    """
    servers = Servers(gateway=gateway, projects=projects, sessions=sessions, audit=audit)
    for name, url in servers.model_dump().items():
        if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise CliError(
                f"--{name} has to be an https:// URL: a token never goes over plain HTTP.",
                ExitCode.USAGE,
            )
    token = read_secret("Token")
    Api(projects, token).call("GET", "/api/projects", _Anything)
    store(Login(servers=servers, token=token))
    say(f"Logged in; kept in {login_file()}.")


def logout() -> None:
    """Remove the stored login from this machine."""
    say("Logged out." if forget() else "Nobody was logged in.")
