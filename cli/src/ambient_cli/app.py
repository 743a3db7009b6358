"""The command line: which commands there are."""

import typer

from ambient_cli.commands import (
    audit,
    bots,
    credentials,
    demo,
    jira,
    login,
    platform,
    projects,
    sessions,
)

HELP = """\
Project-based agent sessions.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 not allowed, \
5 not reachable (try again), 6 exists already or has changed.
"""


def build() -> typer.Typer:
    """Build the command `ambient`."""
    app = typer.Typer(
        name="ambient",
        help=HELP,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.command()(platform.up)
    app.command()(platform.down)
    app.command()(platform.status)
    app.command()(demo.demo)
    app.command()(login.login)
    app.command()(login.logout)
    app.add_typer(projects.app, name="project")
    app.add_typer(sessions.app, name="session")
    app.add_typer(bots.app, name="bot")
    app.add_typer(credentials.app, name="credential")
    app.add_typer(audit.app, name="audit")
    app.add_typer(jira.app, name="jira")
    return app
