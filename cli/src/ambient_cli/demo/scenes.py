"""How each scene of the demo looks."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.table import Table
from rich.text import Text

from ambient_cli.commands.audit import RecordView, VerificationView
from ambient_cli.commands.jira import Receipt
from ambient_cli.commands.projects import ProjectView
from ambient_cli.demo.cast import PROJECT, TRIGGER, Bot
from ambient_cli.demo.narration import log_line, told
from ambient_cli.demo.stage import Stage
from ambient_cli.demo.watch import Passed
from ambient_cli.output import short_name
from ambient_contracts.envelope import Fact
from ambient_contracts.events import SessionSucceeded

_TOKEN_SHOWN: Final = 18


def opening(stage: Stage) -> None:
    """Say what will be seen."""
    stage.title(
        "Ambient",
        "A Jira webhook becomes an agent session; the audit trail shows it all.",
    )


def platform_is_up(stage: Stage, home: Path, *, stays: bool) -> None:
    """Say where it runs, and what becomes of it."""
    then = "it keeps running afterwards" if stays else "it ends with this demo; --keep leaves it"
    stage.line(f"All of it in {home}, on loopback alone; {then}.", style="dim")


def project_is_ready(stage: Stage, project: ProjectView) -> None:
    """Show the project."""
    members = ", ".join(f"{each.name} ({each.role})" for each in project.members)
    stage.done(f"project {project.name}", f"namespace {project.namespace}, its quota enforced")
    stage.done("members", members)


def bot_has_a_token(stage: Stage, bot: Bot) -> None:
    """Show the bot, and no more of its token than tells that it is one."""
    stage.done(f"bot {bot.view.name}", f"made by alice; {bot.view.service_account_name}")
    until = f"{bot.token.expires_at:%Y-%m-%d %H:%M}Z"
    stage.done("token", f"{bot.token.token[:_TOKEN_SHOWN]}… until {until}, shown once")


def webhook(stage: Stage, gateway: str, body: bytes, page: str) -> None:
    """Show what Jira sends."""
    issue = json.loads(body)["issue"]
    stage.chapter("Jira says: issue created")
    stage.line(Text.assemble((f"{issue['key']}  ", "bold"), issue["fields"]["summary"]))
    stage.line(f"POST {gateway}/webhooks/jira/{PROJECT}")
    stage.line(f"with the bot's token, {len(body):,} bytes of JSON", style="dim")
    stage.line(f"trigger {TRIGGER}: the issue's summary is the prompt,", style="dim")
    stage.line(f"its documentation field the website: {page}", style="dim")


def accepted(stage: Stage, receipt: Receipt, *, seconds: float) -> None:
    """Show the gateway's answer."""
    stage.done("202 Accepted", f"in {seconds * 1000:.0f} ms, event {receipt.id}")


def passed(stage: Stage, what: Passed, *, since: float) -> None:
    """Show an event, or a line of the log."""
    if isinstance(what.what, Fact):
        stage.line(told(what.what, (what.at - since) * 1000))
    elif what.what.strip():
        stage.line(log_line(what.what))


def result(stage: Stage, ended: Fact[SessionSucceeded]) -> None:
    """Show what the agent answered."""
    answered = ended.event.result
    stage.chapter("The answer")
    quotes = [citation.quote for citation in answered.citations]
    if answered.agent == "extract":
        how = "agent extract: no model, the page's own sentences"
        stage.answer("", quotes, how)
    else:
        stage.answer(answered.answer, quotes, f"agent model: {answered.model}")


def trail(stage: Stage, records: Sequence[RecordView]) -> None:
    """Show the records of the chain."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold dim")
    for title in ("#", "event", "who", "outcome"):
        table.add_column(title, justify="right" if title == "#" else "left", no_wrap=True)
    for record in records:
        who = (record.actor and record.actor.id) or ""
        table.add_row(
            str(record.sequence),
            record.what,
            short_name(who),
            record.outcome or "",
        )
    stage.table(table)


def trail_verified(stage: Stage, found: VerificationView) -> None:
    """Show how the trail stands."""
    stage.done(
        "verified",
        f"{found.records} records, {found.first_sequence} to {found.last_sequence} "
        "without a gap, each as it was written",
    )


def ending(stage: Stage, *, seconds: float, stays: bool) -> None:
    """Say what to try next."""
    stage.chapter("What to try next")
    hints = [
        ("ambient demo --keep", "again, and it keeps running"),
        ("ambient status", "addresses, and a KUBECONFIG"),
        (f"ambient session list -p {PROJECT} --as carol", "what a viewer sees"),
        (f"ambient audit tail -p {PROJECT}", "events, as they are recorded"),
        ("make down", "ends it, and leaves nothing"),
    ]
    table = Table.grid(padding=(0, 3, 0, 0))
    for command, why in hints[1:] if stays else hints:
        table.add_row(Text(command, style="bold"), Text(why, style="dim"))
    stage.table(table)
    stage.line(f"(ambient is {_program()})", style="dim")
    stage.line(f"Done in {seconds:.0f} s.", style="green")


def _program() -> str:
    """Return how this command is called from the folder where one is."""
    program = Path(sys.prefix, "bin", "ambient")
    try:
        return str(program.relative_to(Path.cwd()))
    except ValueError:
        return str(program)
