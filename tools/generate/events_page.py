"""docs/events.md: the catalogue for people."""

from pathlib import Path

from ambient_contracts.events import CATALOGUE, Event
from ambient_contracts.streams import CONSUMERS, STREAM
from tools.generate.asyncapi import readers, sources
from tools.generate.schemas import schema_path

_HEAD = f"""\
<!-- Generated from ambient_contracts by `make generate`. Do not edit. -->
# Events

Each fact is published on `ambient.{{project}}.{{source}}.{{entity}}.{{verb}}` and kept in the
stream `{STREAM.name}`. `source` is who published; the broker lets each identity publish under its
own alone. `_` stands for the project where a fact belongs to none. An event is a CloudEvent 1.0 in
binary mode: its attributes are `ce-*` headers, its data is the JSON that the schema describes.

Every event names its `actor`, `project`, `object` and `outcome`; the headers carry its cause
(`ce-causationid`, `ce-correlationid`) and its trace (`traceparent`).

| Event | What it states | Published by | Read by |
|---|---|---|---|
"""


def files() -> dict[Path, str]:
    """Return the page."""
    rows = "".join(_row(event) for event in CATALOGUE)
    consumers = "".join(
        f"| `{each.name}` | {each.owner} | `{each.filter_subject}` | "
        f"{each.ack_wait.total_seconds():.0f} s |\n"
        for each in CONSUMERS
    )
    return {
        Path("docs/events.md"): f"{_HEAD}{rows}\n## Consumers\n\n"
        f"| Consumer | Of | Reads | Ack wait |\n|---|---|---|---|\n{consumers}"
    }


def _row(event: type[Event]) -> str:
    link = f"[`{event.kind()}`]({schema_path(event).relative_to('docs')})"
    says = " ".join((event.__doc__ or "").split())
    published = ", ".join(f"`{source}`" for source in sources(event))
    if not event.published:
        published += " (not yet)"
    read = ", ".join(f"`{consumer.name}`" for consumer in readers(event))
    return f"| {link} | {says} | {published} | {read} |\n"
