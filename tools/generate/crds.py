"""The CustomResourceDefinitions, from the models of the custom resources.

A structural schema knows neither references nor unions with null, so both are resolved here.
https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
"""

from pathlib import Path
from typing import Any, Final

import yaml

from ambient_contracts.names import API_GROUP, API_VERSION
from ambient_contracts.resources import RESOURCES, Column, CustomResource

Schema = dict[str, Any]
_DROPPED: Final = ("title", "$defs", "additionalProperties", "const")


def files() -> dict[Path, str]:
    """Return one file for each custom resource."""
    return {
        Path(f"deploy/crds/{resource.definition.plural}.yaml"): _HEAD
        + yaml.safe_dump(_crd(resource), sort_keys=False, width=100)
        for resource in RESOURCES
    }


_HEAD: Final = "# Generated from ambient_contracts.resources by `make generate`. Do not edit.\n"


def _crd(resource: type[CustomResource]) -> Schema:
    definition = resource.definition
    version = {
        "name": API_VERSION,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": structural_schema(resource)},
        "subresources": {"status": {}},
        "additionalPrinterColumns": [_column(column) for column in definition.columns],
    }
    if definition.selectable:
        version["selectableFields"] = [{"jsonPath": path} for path in definition.selectable]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{definition.plural}.{API_GROUP}"},
        "spec": {
            "group": API_GROUP,
            "scope": "Namespaced" if definition.namespaced else "Cluster",
            "names": {
                "kind": definition.kind,
                "listKind": f"{definition.kind}List",
                "plural": definition.plural,
                "singular": definition.kind.lower(),
                "shortNames": [definition.short_name],
                "categories": ["ambient"],
            },
            "versions": [version],
        },
    }


def _column(column: Column) -> Schema:
    printed = {"name": column.name, "type": column.type, "jsonPath": column.json_path}
    return printed | {"priority": 1} if column.wide else printed


def structural_schema(resource: type[CustomResource]) -> Schema:
    """Return the resource's schema as the API server takes it."""
    schema = resource.model_json_schema(by_alias=True, mode="validation")
    whole = _structural(schema, schema.get("$defs", {}))
    properties = whole["properties"]
    # The API server has its own idea of these.
    for name in ("apiVersion", "kind"):
        properties[name] = {"type": "string"}
    properties["metadata"] = {"type": "object"}
    whole["required"] = [name for name in whole.get("required", ()) if name == "spec"] or ["spec"]
    return whole


def _structural(schema: Schema, definitions: Schema) -> Schema:
    schema = _resolved(schema, definitions)
    result = {key: value for key, value in schema.items() if key not in _DROPPED}
    if "const" in schema:
        result["enum"] = [schema["const"]]
    if result.get("default") is None:
        result.pop("default", None)
    for bound in ("exclusiveMinimum", "exclusiveMaximum"):
        # OpenAPI v3.0 has a flag where JSON Schema has a number.
        if bound in result:
            result[bound.removeprefix("exclusive").lower()] = result[bound]
            result[bound] = True
    if "properties" in result:
        result["properties"] = {
            name: _structural(each, definitions) for name, each in result["properties"].items()
        }
    if "items" in result:
        result["items"] = _structural(result["items"], definitions)
    if isinstance(schema.get("additionalProperties"), dict):
        result["additionalProperties"] = _structural(schema["additionalProperties"], definitions)
    return result


def _resolved(schema: Schema, definitions: Schema) -> Schema:
    """Return a schema with its reference inlined, and its union with null made optional."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return _resolved({**definitions[name], **beside}, definitions)
    if "anyOf" in schema:
        present = [each for each in schema["anyOf"] if each.get("type") != "null"]
        if len(present) != 1:
            raise ValueError(f"a structural schema has no union of types: {schema}")
        beside = {key: value for key, value in schema.items() if key != "anyOf"}
        return _resolved({**present[0], **beside}, definitions)
    return schema
