"""Bodies as Jira sends them, with invented contents: what each shape is for stands in `BODIES`."""

import json
from importlib.resources import files
from typing import Any, Final

BODIES: Final = {
    "issue_created": "Cloud; the description is an Atlassian Document Format object.",
    "issue_updated": "Cloud; a changelog, and a description in wiki markup.",
    "issue_transitioned": "Cloud; a changelog of the status, and no description.",
    "comment_created": "Cloud; a comment, a short issue and no user.",
    "automation_issue": "Automation's issue format: a bare issue, a number as id, no webhookEvent.",
    "automation_custom_data": "Automation's custom data: whatever its author wrote.",
    "data_center_issue_created": "Data Center; users have a name and a key, and no accountId.",
    "post_function": "A workflow's post function: a transition, and no webhookEvent.",
    "unicode": "Right to left, emoji whole and cut, a NUL, a line separator.",
}


def raw(name: str) -> bytes:
    """Return a body as it stands in its file."""
    return files("ambient_testkit").joinpath(f"jira/{name}.json").read_bytes()


def body(name: str) -> Any:
    """Return a body, parsed, for a test to change."""
    return json.loads(raw(name))


def large(size: int = 256 * 1024) -> bytes:
    """Return an `issue_created` of exactly so many bytes, most of them in its description."""
    created = body("issue_created")
    words = {"type": "text", "text": ""}
    created["issue"]["fields"]["description"]["content"].append(
        {"type": "paragraph", "content": [words]}
    )
    missing = size - len(_compact(created))
    if missing < 0:
        raise ValueError(f"the body has {-missing} bytes more than {size} without any padding")
    words["text"] = ("the tide comes in, " * (missing // 19 + 1))[:missing]
    return _compact(created)


def _compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
