"""`ambient up`, `down`, `status`: the platform on this machine."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ambient_cli.errors import ExitCode
from ambient_cli.output import Format, Output, show
from ambient_cli.steps import steps
from ambient_cli.terminal import out
from ambient_local import Platform, Status

Kubeconfig = Annotated[
    Path | None,
    typer.Option(
        "--kubeconfig",
        envvar="AMBIENT_KUBECONFIG",
        exists=True,
        dir_okay=False,
        help="Use this cluster in place of the local one.",
    ),
]


def up(kubeconfig: Kubeconfig = None) -> None:
    """Start the platform on this machine; what runs already stays."""
    platform = Platform()
    with steps() as progress:
        asyncio.run(platform.up(progress, kubeconfig=kubeconfig))
    print_summary(asyncio.run(platform.status()))


def down() -> None:
    """End the platform on this machine and remove all that it kept here."""
    platform = Platform()
    with steps() as progress:
        asyncio.run(platform.down(progress))
    out().print(f"Nothing runs, and {platform.home.path} is gone.", markup=False)


def status(output: Output = Format.TABLE) -> None:
    """Show how the platform on this machine is; exit code 1 if something is not well."""
    found = asyncio.run(Platform().status())
    if output is Format.TABLE:
        print_summary(found)
    else:
        show(found, (), output)
    if not found.healthy:
        raise typer.Exit(ExitCode.FAILED)


def print_summary(found: Status) -> None:
    """Show a status to a person."""
    table = Table.grid(padding=(0, 3, 0, 0))
    urls = found.urls.model_dump()
    names = {
        "webhook-gateway": urls["gateway"],
        "project-manager": urls["projects"],
        "session-runner": urls["sessions"],
        "audit": urls["audit"],
        "nats": urls["nats"],
    }
    for component, part in found.components.items():
        mark = "[green]●[/green]" if part.healthy else "[red]●[/red]"
        said = "" if part.healthy else f"[red]{part.reason}[/red]"
        table.add_row(mark, component.value, names.get(component.value, ""), said)
    out().print(table)
    for exception in found.website_exceptions:
        where = f"{exception.host}:{exception.port}"
        out().print(f"[yellow]![/yellow] sessions may visit {where}, which is not public")
    out().print(f"export KUBECONFIG={found.kubeconfig}", markup=False)
