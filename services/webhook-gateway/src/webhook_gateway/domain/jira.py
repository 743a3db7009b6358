"""What a body from Jira tells: the event's name, and whether we caused it ourselves."""

import json
from http import HTTPStatus
from importlib.resources import files
from typing import Final

import jsonschema_rs

from webhook_gateway.domain.json_body import Json
from webhook_gateway.domain.refusal import RefusedError
from webhook_gateway.domain.text import plain_text

UNKNOWN: Final = "unknown"
"""The event of a body that names none: Automation's custom data may be anything."""
AUTOMATION_ISSUE: Final = "automation:issue"
"""The event of Automation's issue format: an issue by itself."""
COMMENT_MARKER: Final = "ambient.dev/session/"
"""Stands in every comment that the platform writes: a comment that has it starts nothing."""

_VALIDATOR: Final = jsonschema_rs.validator_for(
    json.loads(files(__package__).joinpath("schemas/jira.json").read_bytes())
)


def check(body: Json) -> None:
    """Refuse a body that calls itself an event of Jira's and does not look like one.

    Raises:
        RefusedError: With where it differs.
    """
    try:
        _VALIDATOR.validate(body)
    except jsonschema_rs.ValidationError as error:
        where = "/" + "/".join(str(part) for part in error.instance_path)
        kind = error.kind.name
        raise RefusedError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"The body names a webhookEvent, and is not as Jira sends it: {where} breaks the "
            f"schema's `{kind}`. Send Jira's body unchanged, or leave webhookEvent out.",
        ) from error


def event_of(body: Json) -> str:
    """Return the name of the event."""
    if not isinstance(body, dict):
        return UNKNOWN
    event = body.get("webhookEvent")
    if isinstance(event, str):
        return event
    if isinstance(body.get("key"), str) and isinstance(body.get("fields"), dict):
        return AUTOMATION_ISSUE
    return UNKNOWN


def is_echo(body: Json) -> bool:
    """Whether the body tells of a comment that the platform wrote."""
    comment = body.get("comment") if isinstance(body, dict) else None
    said = comment.get("body") if isinstance(comment, dict) else None
    return COMMENT_MARKER in plain_text(said)
