"""Whose token, and which servers: a stored login, or the local platform's people."""

import os
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from ambient_cli.errors import CliError, ExitCode
from ambient_cli.http import Api
from ambient_cli.terminal import say
from ambient_local import LocalError, Platform
from ambient_local.files import write_private

Service = Literal["gateway", "projects", "sessions", "audit"]
PEOPLE = ("admin", "alice", "bob", "carol")
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="PERSON",
        help="Act as admin, alice, bob or carol on the local platform.",
        show_default="your login, else admin",
    ),
]


class Servers(BaseModel):
    """Where the services are."""

    model_config = ConfigDict(frozen=True)

    gateway: str
    projects: str
    sessions: str
    audit: str


class Login(BaseModel):
    """What `ambient login` stores."""

    model_config = ConfigDict(frozen=True)

    servers: Servers
    token: str


class Account:
    """The platform as one person."""

    def __init__(self, servers: Servers, token: str) -> None:
        self._servers = servers
        self._token = token

    def api(self, service: Service) -> Api:
        """Return a service under this person's token."""
        return Api(getattr(self._servers, service), self._token)

    @property
    def gateway(self) -> str:
        """Where this platform's webhooks go."""
        return self._servers.gateway


def login_file() -> Path:
    """Return where a login is stored."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "ambient" / "login.json"


def store(login: Login) -> None:
    """Keep a login, for its owner's eyes alone."""
    file = login_file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(file, login.model_dump_json(indent=2) + "\n")


def forget() -> bool:
    """Remove the login, and say whether there was one."""
    file = login_file()
    found = file.exists()
    file.unlink(missing_ok=True)
    return found


def account(person: str | None = None) -> Account:
    """Return who acts: a person of the local platform, else the login, else the local admin.

    Raises:
        CliError: If there is neither a login nor a local platform.
    """
    stored = _stored() if person is None else None
    if stored is not None:
        return Account(stored.servers, stored.token)
    if person is not None and person not in PEOPLE:
        raise CliError(f"--as takes one of {', '.join(PEOPLE)}.", ExitCode.USAGE)
    return local_account(person)


def gateway_url() -> str:
    """Return where webhooks go: at the login's platform, else at the local one.

    Raises:
        CliError: If there is neither.
    """
    stored = _stored()
    return stored.servers.gateway if stored else _local_servers(Platform()).gateway


def local_account(person: str | None) -> Account:
    """Return a person of the local platform; the admin where none is named.

    Raises:
        CliError: If no platform runs here.
    """
    platform = Platform()
    servers = _local_servers(platform)
    token = getattr(platform.tokens, person or "admin")
    if not token:
        raise CliError(
            "The cluster is not the local one, so its people's tokens are not known here: "
            "use `ambient login`.",
            ExitCode.NOT_ALLOWED,
        )
    if person is None:
        say("As admin of the local platform; --as alice acts as another.")
    return Account(servers, token)


def _local_servers(platform: Platform) -> Servers:
    try:
        return Servers.model_validate(platform.urls.model_dump(exclude={"nats"}))
    except LocalError as error:
        raise CliError(
            "No platform runs here and nobody is logged in: "
            "`ambient up` starts one, `ambient login` uses one that runs elsewhere.",
            ExitCode.UNREACHABLE,
        ) from error


def _stored() -> Login | None:
    try:
        return Login.model_validate_json(login_file().read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise CliError(f"{login_file()} cannot be read: run `ambient login` again.") from error
