"""docs/custom-resources.md: the fields of the custom resources for people."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ambient_contracts.names import API_GROUP, API_VERSION
from ambient_contracts.resources import RESOURCES, CustomResource
from tools.generate.crds import structural_schema

_HEAD = f"""\
<!-- Generated from ambient_contracts.resources by `make generate`. Do not edit. -->
# Custom resources

All are of `{API_GROUP}/{API_VERSION}`. `kubectl explain` says the same of a live cluster.
"""


def files() -> dict[Path, str]:
    """Return the page."""
    return {Path("docs/custom-resources.md"): _HEAD + "".join(map(_section, RESOURCES))}


def _section(resource: type[CustomResource]) -> str:
    definition = resource.definition
    schema = structural_schema(resource)
    scope = "in a project's namespace" if definition.namespaced else "for the whole cluster"
    rows = "".join(f"| `{path}` | {kind} | {says} |\n" for path, kind, says in _fields(schema, ""))
    rules = "".join(f"- {message}\n" for message in _rules(schema))
    return (
        f"\n## {definition.kind}\n\n{(resource.__doc__ or '').strip()} "
        f"Short name `{definition.short_name}`; {scope}.\n\n"
        f"| Field | Type | What it says |\n|---|---|---|\n{rows}"
        + (f"\nRules:\n\n{rules}" if rules else "")
    )


def _fields(schema: dict[str, Any], prefix: str) -> Iterator[tuple[str, str, str]]:
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        if not prefix and name in {"apiVersion", "kind", "metadata"}:
            continue
        path = f"{prefix}{name}"
        says = " ".join(field.get("description", "").split()).replace("|", "\\|")
        if "default" in field and not isinstance(field["default"], dict | list):
            says = f"{says} Default: `{field['default']}`.".strip()
        yield path, _type(field) + (", required" if name in required else ""), says
        inner = field.get("items", field)
        suffix = "[]." if "items" in field else "."
        yield from _fields(inner, f"{path}{suffix}")


def _type(field: dict[str, Any]) -> str:
    if "enum" in field:
        return " \\| ".join(f"`{value}`" for value in field["enum"])
    if "items" in field:
        return f"list of {_type(field['items'])}"
    return str(field.get("format") or field.get("type", "any"))


def _rules(schema: dict[str, Any]) -> Iterator[str]:
    for rule in schema.get("x-kubernetes-validations", ()):
        yield rule["message"]
    for field in schema.get("properties", {}).values():
        yield from _rules(field)
