"""Who a token is and what they may do: only a clear yes is a yes."""

from typing import Any

import pytest
from aiohttp import web
from scripted_api import ScriptedApi

from ambient_kube import JOBS, Caller, Kube, Resource, Unavailable, may, may_i, review_token


def _say(api: ScriptedApi, **status: Any) -> None:
    api.answer(lambda _: web.json_response({"status": status}, status=201))


ALICE = {"username": "alice", "uid": "1", "groups": ["g"], "extra": {"k": ["v"]}}


async def test_a_token_is_whose_the_server_says(api: ScriptedApi, kube: Kube) -> None:
    _say(api, authenticated=True, user=ALICE)
    caller = await review_token(kube, "t")
    assert caller == Caller("alice", "1", ("g",), {"k": ("v",)})
    assert api.seen[0].body["spec"] == {"token": "t"}


@pytest.mark.parametrize(
    "status",
    [
        {},
        {"authenticated": False},
        {"authenticated": "true", "user": ALICE},
        {"authenticated": True, "user": ALICE},
        {"authenticated": True, "user": ALICE, "audiences": ["others"]},
    ],
)
async def test_a_token_for_none_of_our_audiences_is_nobodys(
    api: ScriptedApi, kube: Kube, status: dict[str, Any]
) -> None:
    _say(api, **status)
    assert await review_token(kube, "t", ["ours"]) is None


async def test_no_token_is_nobodys_without_a_question(api: ScriptedApi, kube: Kube) -> None:
    assert await review_token(kube, "") is None
    assert not api.seen


async def test_a_server_that_cannot_say_is_an_error(api: ScriptedApi, kube: Kube) -> None:
    api.refuse(503, "ServiceUnavailable")
    with pytest.raises(Unavailable):
        await review_token(kube, "t")


@pytest.mark.parametrize(
    ("status", "allowed"),
    [({"allowed": True}, True), ({"allowed": False}, False), ({"evaluationError": "e"}, False)],
)
async def test_only_what_is_allowed_is_allowed(
    api: ScriptedApi, kube: Kube, status: dict[str, Any], allowed: bool
) -> None:
    _say(api, **status)
    bot = Caller.service_account("ns", "bot")
    assert await may(kube, bot, "create", JOBS, namespace="ns") is allowed
    spec = api.seen[0].body["spec"]
    assert spec["user"] == "system:serviceaccount:ns:bot"
    assert "system:serviceaccounts:ns" in spec["groups"]
    assert spec["resourceAttributes"]["resource"] == "jobs"
    assert spec["resourceAttributes"]["namespace"] == "ns"


async def test_an_action_may_be_on_a_resource_that_stands_in_roles_alone(
    api: ScriptedApi, kube: Kube
) -> None:
    _say(api, allowed=True)
    records = Resource("example.org", "v1", "Record", "records", namespaced=True)
    assert await may_i(kube, "list", records, subresource="tail")
    attributes = api.seen[0].body["spec"]["resourceAttributes"]
    assert (attributes["group"], attributes["resource"]) == ("example.org", "records")
    assert (attributes["subresource"], attributes["namespace"]) == ("tail", "")
