"""What the demo says of each event as it passes."""

from typing import Any, Final

from rich.text import Text

from ambient_cli.logline import said
from ambient_contracts.envelope import Fact
from ambient_contracts.events import (
    Event,
    SessionDenied,
    SessionFailed,
    SessionProgressed,
    SessionRequested,
    SessionStarted,
    WebhookAccepted,
    WebhookIgnored,
    WebhookRejected,
)

_COLOURS: Final = {"gateway": "magenta", "projects": "blue", "runner": "cyan", "audit": "yellow"}
_OUTCOMES: Final = {"success": "green", "failure": "red", "denied": "red"}


def told(fact: Fact[Any], milliseconds: float) -> Text:
    """Return the line that tells an event."""
    event, source = fact.event, fact.envelope.source
    return _line(
        (f"{milliseconds:+7.0f} ms  ", "dim"),
        (f"{source:<9}", _COLOURS.get(source, "")),
        (f"{event.kind():<19}", _OUTCOMES[event.outcome]),
        (_about(event), "dim"),
    )


def log_line(text: str) -> Text:
    """Return a line of the agent's log: of a structured one, what it says."""
    return _line((" " * 12, ""), (f"{'log':<9}", "dim"), (said(text), "dim italic"))


def _line(*parts: tuple[str, str]) -> Text:
    return Text.assemble(*parts, no_wrap=True, overflow="ellipsis")


def _about(event: Event) -> str:
    match event:
        case WebhookAccepted():
            return f"trigger {', '.join(event.triggers)}"
        case WebhookIgnored() | WebhookRejected() | SessionDenied():
            return event.reason
        case SessionRequested():
            return f"by {event.actor.id.rpartition(':')[2]}"
        case SessionStarted():
            return f"Job {event.job}"
        case SessionProgressed():
            return f"turn {event.turn}"
        case SessionFailed():
            return f"{event.reason}: {event.message}"
        case _:
            return event.object.name
