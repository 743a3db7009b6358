"""What counts as unchanged: what is desired is so, whatever else there is."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ambient_kube import Manifest, unchanged
from ambient_kube.comparison import stored_form

SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3)
NAMES = st.sampled_from(["a", "b", "hard", "containers", "finalizers", "spec"])
TREES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=3),
    max_leaves=10,
)
OBJECTS = st.dictionaries(NAMES, TREES, max_size=4)


def _with_plain_lists(tree: Any) -> Any:
    """Leave out lists that are merged or sets, since arbitrary items have no name."""
    if isinstance(tree, dict):
        special = {"containers", "finalizers"}
        return {k: _with_plain_lists(v) for k, v in tree.items() if k not in special}
    return [_with_plain_lists(item) for item in tree] if isinstance(tree, list) else tree


def _grown(tree: Any) -> Any:
    """Add a field to every map, as servers and others do."""
    if isinstance(tree, dict):
        return {**{name: _grown(value) for name, value in tree.items()}, "added": "by others"}
    return [_grown(item) for item in tree] if isinstance(tree, list) else tree


@given(OBJECTS)
def test_an_object_is_as_it_is_and_stays_so_when_others_add_fields(tree: Manifest) -> None:
    tree = _with_plain_lists(tree)
    assert unchanged(tree, copy.deepcopy(tree))
    assert unchanged(tree, _grown(tree))


@given(OBJECTS, st.sampled_from(["a", "b"]), st.integers(10, 20) | st.text("xyz", min_size=4))
def test_any_desired_field_with_another_value_is_a_change(
    tree: Manifest, name: str, other: Any
) -> None:
    tree = _with_plain_lists(tree)
    assert not unchanged({**tree, "spec": {name: other}}, {**tree, "spec": {name: "theirs"}})
    assert not unchanged({**tree, "spec": {name: other}}, {**tree, "spec": {}})


@pytest.mark.parametrize(
    ("desired", "observed", "same"),
    [
        ({"apiVersion": "v1", "kind": "Secret"}, {}, True),
        ({"spec": {"hard": {"cpu": "1000m"}}}, {"spec": {"hard": {"cpu": "1"}}}, True),
        ({"spec": {"hard": {"pods": 5}}}, {"spec": {"hard": {"pods": "5"}}}, True),
        ({"spec": {"hard": {"cpu": "2"}}}, {"spec": {"hard": {"cpu": "1"}}}, False),
        ({"data": {"limit": "1000m"}}, {"data": {"limit": "1"}}, False),
        ({"emptyDir": {"sizeLimit": "1Gi"}}, {"emptyDir": {"sizeLimit": "1024Mi"}}, True),
        ({"spec": {"egress": []}}, {"spec": {}}, True),
        ({"spec": {"egress": []}}, {"spec": {"egress": [{}]}}, False),
        ({"spec": {"a": None}}, {"spec": {}}, True),
        ({"spec": {"a": None}}, {"spec": {"a": 1}}, False),
        ({"spec": {"podSelector": {}}}, {"spec": {}}, False),
        ({"automountServiceAccountToken": False}, {}, False),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1}, {"a": 1.0}, True),
        ({"metadata": {"finalizers": ["a"]}}, {"metadata": {"finalizers": ["b", "a"]}}, True),
    ],
)
def test_what_the_api_means_counts_and_not_how_it_is_written(
    desired: Manifest, observed: Manifest, same: bool
) -> None:
    assert unchanged(desired, observed) is same


def test_a_subject_too_many_is_a_change() -> None:
    ours = {"kind": "User", "name": "a"}
    theirs = {"kind": "User", "name": "b"}
    assert not unchanged({"subjects": [ours]}, {"subjects": [ours, theirs]})
    assert not unchanged({"subjects": [ours, theirs]}, {"subjects": [ours]})


def test_a_container_too_many_is_none() -> None:
    desired = {"containers": [{"name": "ours", "image": "a"}]}
    assert unchanged(
        desired,
        {"containers": [{"name": "sidecar"}, {"name": "ours", "image": "a", "stdin": False}]},
    )
    assert not unchanged(desired, {"containers": [{"name": "ours", "image": "b"}]})
    assert not unchanged(desired, {"containers": [{"name": "sidecar", "image": "a"}]})


def test_the_texts_of_a_secret_are_compared_as_they_are_stored() -> None:
    desired = {"kind": "Secret", "stringData": {"a": "x"}, "data": {"b": "eQ=="}}
    assert stored_form(desired) == {"kind": "Secret", "data": {"a": "eA==", "b": "eQ=="}}
    assert unchanged(desired, {"data": {"a": "eA==", "b": "eQ=="}})
    assert not unchanged(desired, {"data": {"a": "eQ==", "b": "eQ=="}})


def _managed(fields: Manifest, manager: str = "us", operation: str = "Apply") -> Manifest:
    entry = {"manager": manager, "operation": operation, "fieldsV1": fields}
    return {"managedFields": [entry]}


HARD: Manifest = {"f:spec": {"f:hard": {".": {}, "f:cpu": {}, "f:pods": {}}}}


def test_a_field_that_we_applied_and_no_longer_want_is_a_change() -> None:
    observed = {"metadata": _managed(HARD), "spec": {"hard": {"cpu": "1", "pods": "5"}}}
    desired = {"spec": {"hard": {"cpu": "1"}}}
    assert unchanged(desired, observed)
    assert not unchanged(desired, observed, field_manager="us")
    assert unchanged({"spec": {"hard": {"cpu": 1, "pods": 5}}}, observed, field_manager="us")


@pytest.mark.parametrize(("manager", "operation"), [("them", "Apply"), ("us", "Update")])
def test_a_field_that_others_own_is_theirs(manager: str, operation: str) -> None:
    observed = {"metadata": _managed(HARD, manager, operation), "spec": {"hard": {"cpu": "1"}}}
    assert unchanged({"spec": {"hard": {"cpu": "1"}}}, observed, field_manager="us")


def test_items_of_lists_are_owned_by_their_keys() -> None:
    owned: Manifest = {
        'k:{"containerPort":80,"protocol":"TCP"}': {
            ".": {},
            "f:containerPort": {},
            "f:protocol": {},
        }
    }
    observed = {"metadata": _managed({"f:ports": owned, "f:set": {'v:"a"': {}}})}
    ports = [{"containerPort": 80, "protocol": "TCP"}]
    there = {**observed, "ports": ports, "set": ["a"]}
    assert unchanged({"ports": [{"containerPort": 80}], "set": ["a"]}, there, field_manager="us")
    assert not unchanged({"ports": ports, "set": []}, there, field_manager="us")
    assert not unchanged({"set": ["a"]}, there, field_manager="us")
