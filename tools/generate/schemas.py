"""A JSON Schema (2020-12) for each event's data."""

import json
from pathlib import Path
from typing import Any

from ambient_contracts.events import CATALOGUE, Event


def files() -> dict[Path, str]:
    """Return one file for each event."""
    return {
        schema_path(event): json.dumps(event_schema(event), indent=2, ensure_ascii=False) + "\n"
        for event in CATALOGUE
    }


def schema_path(event: type[Event]) -> Path:
    """Return where an event's schema stands, below the root."""
    return Path(f"docs/schemas/{event.kind()}.json")


def event_schema(event: type[Event]) -> dict[str, Any]:
    """Return the schema of an event's data, as its reader sees it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://ambient.dev/schemas/{event.kind()}.json",
        **event.model_json_schema(by_alias=True, mode="validation"),
    }
