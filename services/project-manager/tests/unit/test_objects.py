"""What each object says."""

import ipaddress
from typing import Any

import pytest

from ambient_contracts.resources import Member, Project, Quota, Role
from project_manager.domain.objects import Blueprint, project_objects
from project_manager.domain.objects.member_bindings import subject_of
from project_manager.domain.objects.network_policies import (
    NOT_PUBLIC_V4,
    NOT_PUBLIC_V6,
    PUBLIC_V6,
)


def manifests(project: Project) -> dict[str, dict[str, Any]]:
    built = project_objects(Blueprint(project, "s" * 43))
    return {str(each.key): each.manifest for each in built}


def test_every_object_is_the_projects_and_the_project_managers(world: Any) -> None:
    for manifest in manifests(world.project).values():
        metadata = manifest["metadata"]
        assert metadata["labels"]["ambient.dev/project"] == "ml"
        assert metadata["labels"]["app.kubernetes.io/managed-by"] == "project-manager"
        [owner] = metadata["ownerReferences"]
        assert (owner["kind"], owner["name"], owner["uid"]) == ("Project", "ml", "u1")


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "100.100.100.200",
        "127.0.0.1",
        "168.63.129.16",
        "169.254.169.254",
        "172.31.0.1",
        "192.0.0.192",
        "192.168.1.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2001::1",
        "2002:a00:1::",
        "fc00::1",
        "fd00:ec2::254",
        "fd20:ce::254",
        "fe80::1",
        "ff02::1",
    ],
)
def test_no_address_that_is_not_public_can_be_reached(address: str) -> None:
    assert not reachable(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "172.32.0.1", "2606:4700::1111"])
def test_public_addresses_can_be_reached(address: str) -> None:
    assert reachable(address)


def reachable(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    allowed, excepted = (
        ("0.0.0.0/0", NOT_PUBLIC_V4) if parsed.version == 4 else (PUBLIC_V6, NOT_PUBLIC_V6)
    )
    inside = [parsed in ipaddress.ip_network(network) for network in excepted]
    return parsed in ipaddress.ip_network(allowed) and not any(inside)


@pytest.mark.parametrize(
    ("quota", "default", "request_"),
    [
        (Quota(), {"cpu": "500m", "memory": "1Gi"}, {"cpu": "100m", "memory": "256Mi"}),
        (
            Quota(cpu="250m", memory="128Mi"),
            {"cpu": "250m", "memory": "128Mi"},
            {"cpu": "100m", "memory": "128Mi"},
        ),
    ],
)
def test_a_pod_that_asks_for_nothing_fits_into_the_quota(
    world: Any, quota: Quota, default: dict[str, str], request_: dict[str, str]
) -> None:
    world.spec(quota=quota)

    [limits] = manifests(world.project)["LimitRange/container-defaults"]["spec"]["limits"]

    assert limits["default"] == default
    assert limits["defaultRequest"] == request_


@pytest.mark.parametrize(
    ("member", "subject"),
    [
        (Member(name="a", role=Role.VIEWER), {"kind": "User", "name": "a"}),
        (Member(kind="Group", name="g", role=Role.VIEWER), {"kind": "Group", "name": "g"}),
        (
            Member(kind="ServiceAccount", name="ci:deployer", role=Role.EDITOR),
            {"kind": "ServiceAccount", "name": "deployer", "namespace": "ci"},
        ),
        (
            Member(kind="ServiceAccount", name="deployer", role=Role.EDITOR),
            {"kind": "ServiceAccount", "name": "deployer", "namespace": "project-ml"},
        ),
    ],
)
def test_a_member_is_bound_as_the_api_server_knows_them(
    member: Member, subject: dict[str, str]
) -> None:
    assert subject.items() <= subject_of(member, "project-ml").items()


def test_members_of_like_names_have_bindings_of_their_own(world: Any) -> None:
    world.spec(
        members=(
            Member(name="a", role=Role.VIEWER),
            Member(kind="Group", name="a", role=Role.VIEWER),
            Member(name="a:b", role=Role.VIEWER),
            Member(kind="ServiceAccount", name="a:b", role=Role.VIEWER),
        )
    )

    bindings = [key for key in manifests(world.project) if key.startswith("RoleBinding/")]
    assert len(set(bindings)) == 4


def test_only_admins_may_change_the_project(world: Any) -> None:
    built = manifests(world.project)

    rules = {level: built[f"ClusterRole/ambient:project:ml:{level}"]["rules"][0]
             for level in ("member", "admin")}  # fmt: skip
    assert rules["member"]["verbs"] == ["get", "list", "watch"]
    assert all(rule["resourceNames"] == ["ml"] for rule in rules.values())
    subjects = built["ClusterRoleBinding/ambient:project:ml:admin"]["subjects"]
    assert [subject["name"] for subject in subjects] == ["alice"]
