"""Judge a project's triggers over one delivery: which match, and what each asks for.

Pure, and written by many hands: filters and templates are a project's own. It is run where its
time and memory are bounded.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field

from ambient_contracts.events import SessionOrder
from ambient_contracts.model import Frozen
from ambient_contracts.resources import Trigger
from webhook_gateway.domain.filters import FilterRefusedError, holds
from webhook_gateway.domain.json_body import Json
from webhook_gateway.domain.templates import TemplateRefusedError, render

PROMPT_MAX: Final = 16384
WEBSITE_MAX: Final = 2048
_CUT: Final = "\n[cut here: the prompt was longer]"
_CONTROL: Final = {code: None for code in range(32) if chr(code) not in "\n\t"}
"""A session's prompt goes into an environment variable, which holds no NUL."""


class Judgement(Frozen):
    """What became of one trigger."""

    trigger: str
    order: SessionOrder | None = Field(default=None, description="Set where it matched.")
    reason: str = Field(default="", description="Why it did not match.")
    kind: Literal["matched", "unmatched", "failed"] = "unmatched"

    @classmethod
    def failed(cls, trigger: str, reason: str) -> "Judgement":
        """Return the judgement of a trigger that could not be evaluated."""
        return cls(trigger=trigger, reason=reason, kind="failed")


class _FailedError(Exception):
    """The trigger cannot be evaluated over this delivery."""


def listening(triggers: Sequence[Trigger], event: str) -> tuple[Trigger, ...]:
    """Return the triggers that are for an event of this name."""
    return tuple(trigger for trigger in triggers if not trigger.events or event in trigger.events)


def judge_all(triggers: Sequence[Trigger], event: str, body: Json) -> Iterator[Judgement]:
    """Judge triggers one after the other."""
    for trigger in triggers:
        yield judge(trigger, event, body)


def judge(trigger: Trigger, event: str, body: Json) -> Judgement:
    """Judge one trigger; an error in it is no match, and its reason says what to mend."""
    values: dict[str, Any] = {"body": body, "event": event}
    try:
        if trigger.filter is not None and not holds(trigger.filter, values):
            return Judgement(trigger=trigger.name, reason="its filter is false")
        order = SessionOrder(
            prompt=_prompt(trigger.prompt, values),
            website_url=_website(trigger.website_url, values),
        )
    except FilterRefusedError as error:
        return Judgement.failed(trigger.name, f"its filter: {error}")
    except _FailedError as error:
        return Judgement.failed(trigger.name, str(error))
    return Judgement(trigger=trigger.name, order=order, kind="matched")


def _prompt(template: str, values: dict[str, Any]) -> str:
    text, cut = _rendered("prompt", template, values, PROMPT_MAX)
    text = text.translate(_CONTROL).strip()
    if not text:
        raise _FailedError("its prompt is empty")
    return text[: PROMPT_MAX - len(_CUT)] + _CUT if cut else text


def _website(template: str, values: dict[str, Any]) -> str:
    text, cut = _rendered("websiteURL", template, values, WEBSITE_MAX + 1)
    url = text.strip()
    if cut or len(url) > WEBSITE_MAX:
        raise _FailedError(f"its websiteURL is longer than {WEBSITE_MAX} characters")
    # Whether the host may be visited is said by the session-runner, which knows the exceptions.
    if not url.startswith(("http://", "https://")) or not _has_host(url):
        raise _FailedError(
            f"its websiteURL {url[:64]!r} does not start with http:// or https:// and a host"
        )
    return url


def _has_host(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname) and not any(
            character.isspace() or not character.isprintable() for character in url
        )
    except ValueError:
        return False


def _rendered(
    name: str, template: str, values: dict[str, Any], length_max: int
) -> tuple[str, bool]:
    try:
        return render(template, values, length_max=length_max)
    except TemplateRefusedError as error:
        raise _FailedError(f"its {name}: {error}") from error
