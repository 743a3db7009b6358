"""Where objects are served, and that no name leads elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ambient_kube import CLUSTER_ROLES, CRDS, JOBS, PODS, Invalid


def test_the_core_group_is_served_apart() -> None:
    assert PODS.path("ns", "p", "log") == "/api/v1/namespaces/ns/pods/p/log"
    assert PODS.path() == "/api/v1/pods"
    assert PODS.api_version == "v1"


def test_a_group_has_its_own_path() -> None:
    assert JOBS.path("ns") == "/apis/batch/v1/namespaces/ns/jobs"
    assert CRDS.api_version == "apiextensions.k8s.io/v1"


def test_a_kind_without_namespaces_has_none_in_its_path() -> None:
    path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode"
    assert CLUSTER_ROLES.path("ns", "system:node") == path


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a%2fb", "../secrets"])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        PODS.path("ns", name)
    with pytest.raises(Invalid):
        PODS.path(name, "p")


def test_an_object_in_a_namespace_needs_one() -> None:
    with pytest.raises(Invalid):
        PODS.path(None, "p")


@given(st.text())
def test_a_name_never_leaves_its_segment(name: str) -> None:
    try:
        path = PODS.path("ns", name)
    except Invalid:
        return
    assert path.count("/") == 6
    assert not set(path) & set("?#&; \n")
