"""Which fields of an object a field manager applied, as its managedFields have it (fieldsV1)."""

import json
from collections.abc import Mapping
from typing import Any

from ambient_kube.manifests import Manifest


def owns_more(field_manager: str, desired: Manifest, observed: Manifest) -> bool:
    """Return whether a manager once applied a field that is no longer desired.

    An object that was kept without its managedFields says nothing of that.
    """
    return any(
        _leaves(entry.get("fieldsV1") or {}, desired)
        for entry in observed.get("metadata", {}).get("managedFields") or ()
        if entry.get("manager") == field_manager
        and entry.get("operation") == "Apply"
        and not entry.get("subresource")
    )


def _leaves(owned: Mapping[str, Any], desired: Any) -> bool:
    """Return whether any owned path has no value in what is desired."""
    for path, below in owned.items():
        kind, _, name = path.partition(":")
        if kind == "f":
            if not isinstance(desired, Mapping) or desired.get(name) is None:
                return True
            if _leaves(below, desired[name]):
                return True
        elif kind == "k":
            keys = json.loads(name)
            item = _item(keys, desired)
            rest = {field: fields for field, fields in below.items() if field[2:] not in keys}
            if item is None or _leaves(rest, item):
                return True
        elif kind == "v" and json.loads(name) not in (desired or ()):
            return True
    return False


def _item(keys: Mapping[str, Any], desired: Any) -> Any:
    """Find a list's item by its keys; one that it leaves out is the server's default."""
    if not isinstance(desired, list | tuple):
        return None
    return next(
        (
            item
            for item in desired
            if all(item.get(key, value) == value for key, value in keys.items())
        ),
        None,
    )
