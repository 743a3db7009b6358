"""`ambient demo`: one webhook through the whole platform."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from ambient_cli.demo.stage import Stage
from ambient_cli.demo.story import Story
from ambient_local import Platform


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave the platform running.")] = False,
) -> None:
    """Bring the platform up, run a Jira webhook through it, and show everything that happens.

    A platform that ran before keeps running; one that the demo started ends with it.
    """
    stage = Stage(Console(highlight=False))
    asyncio.run(Story(stage, Platform()).play(keep=keep))
