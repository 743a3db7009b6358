"""Jira's rich text as plain text: an Atlassian Document Format object, wiki markup, or a string.

https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/

Words, links and line breaks stay; looks go. Wiki markup is only touched where it cannot be
anything else, so that a plain text comes through as it is.
"""

import re
from datetime import UTC, datetime
from typing import Final

from webhook_gateway.domain.json_body import Json

_LINES: Final = frozenset({"paragraph", "heading", "codeBlock", "taskItem", "caption"})
"""Nodes that stand on lines of their own."""
_FIXED: Final = {"hardBreak": "\n", "rule": "---\n"}
_ITEMS: Final = frozenset({"listItem", "taskItem", "decisionItem"})
_SAID_BY_ATTRIBUTE: Final = {
    "mention": ("text", "id"),
    "emoji": ("text", "shortName"),
    "status": ("text",),
    "inlineCard": ("url",),
    "blockCard": ("url",),
    "embedCard": ("url",),
    "media": ("alt",),
    "expand": ("title",),
    "nestedExpand": ("title",),
}
_WIKI_MACRO: Final = re.compile(r"\{(?:code|noformat|quote|color|panel)(?:[:=][^{}\n]{0,256})?\}")
_WIKI_LINK: Final = re.compile(
    r"\[([^\[\]|\n]{1,256})\|([a-z]{2,8}:[^\[\]|\s]{1,2048})[^\[\]\n]{0,64}\]"
)
_WIKI_HEADING: Final = re.compile(r"^h[1-6]\.[ \t]+", re.MULTILINE)
_BLANK_LINES: Final = re.compile(r"\n(?:[ \t]*\n){2,}")


def plain_text(value: object) -> str:
    """Return what a field says; the empty text for null and for what is no text at all."""
    if isinstance(value, str):
        return _of_wiki(value)
    if isinstance(value, dict) and ("content" in value or "text" in value):
        return _tidy(_of_node(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def _of_wiki(text: str) -> str:
    text = _WIKI_MACRO.sub("", text.replace("\r\n", "\n"))
    text = _WIKI_LINK.sub(r"\1 (\2)", text)
    return _tidy(_WIKI_HEADING.sub("", text))


def _of_node(node: Json) -> str:
    if not isinstance(node, dict):
        return ""
    kind, content = node.get("type"), node.get("content")
    if not isinstance(kind, str):
        kind = ""
    children = [_of_node(child) for child in content] if isinstance(content, list) else []
    if kind == "tableRow":
        return " | ".join(" ".join(child.split()) for child in children) + "\n"
    text = _said_by(kind, node) + "".join(children)
    return f"{'- ' if kind in _ITEMS else ''}{text}{chr(10) if kind in _LINES else ''}"


def _said_by(kind: str, node: dict[str, Json]) -> str:
    """Return what a node says beside its children."""
    if kind == "text":
        return _text_with_link(node)
    if kind in _FIXED:
        return _FIXED[kind]
    attributes = node.get("attrs")
    return _said_by_attribute(kind, attributes) if isinstance(attributes, dict) else ""


def _text_with_link(node: dict[str, Json]) -> str:
    text, marks = node.get("text"), node.get("marks")
    if not isinstance(text, str):
        return ""
    for mark in marks if isinstance(marks, list) else ():
        attributes = mark.get("attrs") if isinstance(mark, dict) else None
        address = attributes.get("href") if isinstance(attributes, dict) else None
        if isinstance(address, str) and address != text:
            return f"{text} ({address})"
    return text


def _said_by_attribute(kind: str, attributes: dict[str, Json]) -> str:
    if kind == "date":
        return _day(attributes.get("timestamp"))
    for name in _SAID_BY_ATTRIBUTE.get(kind, ()):
        value = attributes.get(name)
        if isinstance(value, str) and value:
            return f"{value}\n" if kind in {"expand", "nestedExpand", "blockCard"} else value
    return ""


def _day(milliseconds: Json) -> str:
    try:
        moment = datetime.fromtimestamp(int(str(milliseconds)) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return moment.date().isoformat()


def _tidy(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip()
