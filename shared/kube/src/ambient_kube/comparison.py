"""Whether what is desired of an object is already so.

Desired objects are partial: fields that they leave out are the server's or someone else's.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ambient_kube.manifests import Manifest
from ambient_kube.ownership import owns_more
from ambient_kube.quantities import parse_quantity

MERGED_BY: Final = {
    "conditions": "type",
    "containers": "name",
    "env": "name",
    "ephemeralContainers": "name",
    "imagePullSecrets": "name",
    "initContainers": "name",
    "ownerReferences": "uid",
    "volumeMounts": "mountPath",
    "volumes": "name",
}
"""Lists whose items others may add to, and the field that names an item.

Any other list is whole: an item too many is as wrong as one that is missing. That matters where
lists grant rights, such as a RoleBinding's subjects.
"""

SETS: Final = frozenset({"finalizers"})

QUANTITIES: Final = frozenset(
    {
        "default",
        "defaultRequest",
        "hard",
        "limits",
        "max",
        "maxLimitRequestRatio",
        "min",
        "overhead",
        "requests",
    }
)
"""Maps whose values are quantities; elsewhere, `1` and `1000m` are two texts."""

QUANTITY: Final = "sizeLimit"


def unchanged(desired: Manifest, observed: Manifest, *, field_manager: str | None = None) -> bool:
    """Return whether each desired field is already so.

    Args:
        desired: What is to be applied.
        observed: The object as it is.
        field_manager: Whose fields are compared in the other direction too: a field that this
            manager applied and that is no longer desired is a change. It needs the observed
            object's managedFields.
    """
    wanted = stored_form(desired)
    body = {name: value for name, value in wanted.items() if name not in {"apiVersion", "kind"}}
    if not _holds(body, observed, ""):
        return False
    return field_manager is None or not owns_more(field_manager, wanted, observed)


def stored_form(desired: Manifest) -> Manifest:
    """Return a Secret with its `stringData` as the server stores it, any other object as it is."""
    texts = desired.get("stringData")
    if texts is None:
        return desired
    encoded = {key: base64.b64encode(text.encode()).decode() for key, text in texts.items()}
    rest = {name: value for name, value in desired.items() if name != "stringData"}
    return rest | {"data": {**(rest.get("data") or {}), **encoded}}


def _holds(desired: Any, observed: Any, field: str) -> bool:
    if desired is None:
        return observed is None
    if isinstance(desired, Mapping):
        return isinstance(observed, Mapping) and all(
            _holds(value, observed.get(name), _context(field, name))
            for name, value in desired.items()
        )
    if isinstance(desired, list | tuple):
        return _list_holds(desired, observed, field)
    return _same(desired, observed, quantity=field == QUANTITY)


def _context(field: str, name: str) -> str:
    """Return what to take a field for: below a map of quantities, each field is one."""
    return QUANTITY if field in QUANTITIES else name


def _list_holds(desired: Sequence[Any], observed: Any, field: str) -> bool:
    if observed is None:
        # The server drops empty lists; by its conventions none and an empty one are the same.
        return not desired
    if not isinstance(observed, list):
        return False
    if field in SETS:
        return all(item in observed for item in desired)
    merge_key = MERGED_BY.get(field)
    if merge_key is not None:
        return all(_holds(item, _named(observed, merge_key, item), "") for item in desired)
    return len(desired) == len(observed) and all(
        _holds(item, seen, "") for item, seen in zip(desired, observed, strict=True)
    )


def _named(observed: Sequence[Any], merge_key: str, item: Any) -> Any:
    name = item.get(merge_key) if isinstance(item, Mapping) else None
    items = (seen for seen in observed if isinstance(seen, Mapping))
    return next((seen for seen in items if seen.get(merge_key) == name), None)


def _same(desired: Any, observed: Any, *, quantity: bool) -> bool:
    if isinstance(desired, bool) or isinstance(observed, bool):
        return desired is observed
    if desired == observed:
        return True
    if not quantity:
        return False
    number = parse_quantity(desired)
    return number is not None and number == parse_quantity(observed)
