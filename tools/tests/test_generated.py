"""What is checked in is what the contracts say."""

import json
from typing import Any

import jsonschema_rs
import pytest
import yaml

from ambient_contracts.events import CATALOGUE, Event
from ambient_contracts.resources import RESOURCES, CustomResource
from tools.generate.__main__ import ROOT, stale
from tools.generate.crds import structural_schema
from tools.generate.schemas import schema_path


def test_nothing_generated_is_stale() -> None:
    assert stale(ROOT) == []


@pytest.mark.parametrize("event", CATALOGUE, ids=lambda event: event.kind())
def test_an_events_golden_data_is_valid_by_its_schema(event: type[Event]) -> None:
    schema = json.loads((ROOT / schema_path(event)).read_text())
    golden = ROOT / f"shared/contracts/tests/golden/{event.kind()}.json"
    jsonschema_rs.validate(schema, json.loads(json.loads(golden.read_text())["data"]))


def _keys(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        return set(schema).union(*map(_keys, schema.values()))
    if isinstance(schema, list):
        return set().union(*map(_keys, schema))
    return set()


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.definition.kind)
def test_a_crds_schema_is_structural(resource: type[CustomResource]) -> None:
    schema = structural_schema(resource)
    assert not _keys(schema) & {"$ref", "$defs", "anyOf", "allOf", "const", "exclusiveMinimumValue"}


def test_every_channel_of_the_asyncapi_document_is_an_event() -> None:
    document = yaml.safe_load((ROOT / "docs/asyncapi.yaml").read_text())
    assert list(document["channels"]) == [event.kind() for event in CATALOGUE]
