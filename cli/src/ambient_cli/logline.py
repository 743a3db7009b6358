"""A line of an agent's log as a person reads it; agents write JSON, one object a line."""

import json


def said(line: str) -> str:
    """Return what a structured line says; any other line as it is."""
    try:
        return str(json.loads(line)["event"])
    except (ValueError, KeyError, TypeError):
        return line
