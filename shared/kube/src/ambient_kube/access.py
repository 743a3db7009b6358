"""Who a token is, and whether someone may do something, as the API server decides it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ambient_kube.kube import Kube
from ambient_kube.manifests import Manifest
from ambient_kube.resources import (
    SELF_SUBJECT_ACCESS_REVIEWS,
    SUBJECT_ACCESS_REVIEWS,
    TOKEN_REVIEWS,
    Resource,
)


@dataclass(frozen=True)
class Caller:
    """An identity as the API server knows it."""

    username: str
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @classmethod
    def service_account(cls, namespace: str, name: str) -> "Caller":
        """Return the identity that a ServiceAccount's tokens have."""
        return cls(
            f"system:serviceaccount:{namespace}:{name}",
            groups=(
                "system:serviceaccounts",
                f"system:serviceaccounts:{namespace}",
                "system:authenticated",
            ),
        )


async def review_token(kube: Kube, token: str, audiences: Sequence[str] = ()) -> Caller | None:
    """Return whose token this is, or None if it is nobody's or for none of the audiences.

    Raises:
        KubeError: If the API server cannot say.
    """
    if not token:
        return None
    spec: Manifest = {"token": token}
    if audiences:
        spec["audiences"] = list(audiences)
    status = await _review(kube, TOKEN_REVIEWS, spec)
    if status.get("authenticated") is not True:
        return None
    # An authenticator that knows no audiences accepts any: the answer has to name one of ours.
    if audiences and not set(audiences) & set(status.get("audiences") or ()):
        return None
    return _caller(status.get("user") or {})


async def may(
    kube: Kube,
    caller: Caller,
    verb: str,
    resource: Resource,
    *,
    namespace: str | None = None,
    name: str | None = None,
    subresource: str | None = None,
) -> bool:
    """Return whether someone may do something; the resource may be one that only roles know.

    A namespace of None means in all of them, a name of None means to any object.

    Raises:
        KubeError: If the API server cannot say.
    """
    spec = {
        "user": caller.username,
        "uid": caller.uid,
        "groups": list(caller.groups),
        "extra": {key: list(values) for key, values in caller.extra.items()},
        "resourceAttributes": _attributes(verb, resource, namespace, name, subresource),
    }
    return (await _review(kube, SUBJECT_ACCESS_REVIEWS, spec)).get("allowed") is True


async def may_i(
    kube: Kube,
    verb: str,
    resource: Resource,
    *,
    namespace: str | None = None,
    name: str | None = None,
    subresource: str | None = None,
) -> bool:
    """Return whether the identity of the connection may do something, as `may` has it.

    Raises:
        KubeError: If the API server cannot say.
    """
    spec = {"resourceAttributes": _attributes(verb, resource, namespace, name, subresource)}
    return (await _review(kube, SELF_SUBJECT_ACCESS_REVIEWS, spec)).get("allowed") is True


def _attributes(
    verb: str,
    resource: Resource,
    namespace: str | None,
    name: str | None,
    subresource: str | None,
) -> Manifest:
    return {
        "verb": verb,
        "group": resource.group,
        "resource": resource.plural,
        "namespace": namespace or "",
        "name": name or "",
        "subresource": subresource or "",
    }


async def _review(kube: Kube, resource: Resource, spec: Manifest) -> Manifest:
    status: Manifest = (await kube.create(resource, {"spec": spec})).get("status") or {}
    return status


def _caller(user: Mapping[str, Any]) -> Caller:
    return Caller(
        str(user.get("username") or ""),
        str(user.get("uid") or ""),
        tuple(user.get("groups") or ()),
        {key: tuple(values) for key, values in (user.get("extra") or {}).items()},
    )
