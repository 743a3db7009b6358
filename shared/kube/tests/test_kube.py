"""What a connection promises, over HTTP to a server that fails as it is told."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import web
from scripted_api import ScriptedApi, Seen

from ambient_kube import (
    CONFIG_MAPS,
    SERVICE_ACCOUNTS,
    AlreadyExists,
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    Kube,
    KubeError,
    NotConfigured,
    NotFound,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)
from ambient_kube.kube import LOG_LINE

pytestmark = pytest.mark.integration


async def test_a_list_reads_all_pages_and_says_what_its_items_are(
    api: ScriptedApi, kube: Kube, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ambient_kube.kube.PAGE", 2)
    for number in range(5):
        api.put("configmaps", "ns", f"c{number}")
    items = await kube.list(CONFIG_MAPS, "ns")
    assert [item["metadata"]["name"] for item in items] == ["c0", "c1", "c2", "c3", "c4"]
    assert {(item["apiVersion"], item["kind"]) for item in items} == {("v1", "ConfigMap")}
    assert len(api.seen) == 3


async def test_a_list_whose_pages_expire_on_the_way_is_read_in_one(
    api: ScriptedApi, kube: Kube, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ambient_kube.kube.PAGE", 2)
    for number in range(5):
        api.put("configmaps", "ns", f"c{number}")
    api.answer(lambda seen: web.json_response({"metadata": {"continue": "2"}, "items": []}))
    api.refuse(410, "Expired")
    assert len(await kube.list(CONFIG_MAPS)) == 5
    assert "limit" not in api.seen[-1].query


async def test_selectors_go_to_the_server(api: ScriptedApi, kube: Kube) -> None:
    await kube.list(CONFIG_MAPS, label_selector="a in (b, c)", field_selector="metadata.name=d")
    assert api.seen[0].query["labelSelector"] == "a in (b, c)"
    assert api.seen[0].query["fieldSelector"] == "metadata.name=d"


async def test_apply_is_server_side_apply_under_its_manager(api: ScriptedApi, kube: Kube) -> None:
    manifest = {"metadata": {"name": "c", "namespace": "ns"}, "data": {"a": "1"}}
    await kube.apply(CONFIG_MAPS, manifest, field_manager="us")
    (seen,) = api.seen
    assert (seen.method, seen.path) == ("PATCH", "/api/v1/namespaces/ns/configmaps/c")
    assert seen.query == {"fieldManager": "us", "force": "true"}
    assert seen.headers["Content-Type"] == "application/apply-patch+yaml"
    assert (seen.body["apiVersion"], seen.body["kind"]) == ("v1", "ConfigMap")


async def test_a_merge_patch_can_go_to_a_subresource(api: ScriptedApi, kube: Kube) -> None:
    await kube.patch(CONFIG_MAPS, "c", {"metadata": {}}, "ns", subresource="status")
    assert api.seen[0].path == "/api/v1/namespaces/ns/configmaps/c/status"
    assert api.seen[0].headers["Content-Type"] == "application/merge-patch+json"


async def test_a_token_is_made_below_its_service_account(api: ScriptedApi, kube: Kube) -> None:
    await kube.create_subresource(SERVICE_ACCOUNTS, "bot", "token", {"metadata": {}}, "ns")
    assert api.seen[0].path == "/api/v1/namespaces/ns/serviceaccounts/bot/token"


async def test_replacing_what_has_changed_is_a_conflict(api: ScriptedApi, kube: Kube) -> None:
    read = api.put("configmaps", "ns", "c")
    api.put("configmaps", "ns", "c", data={"a": "1"})
    with pytest.raises(Conflict):
        await kube.replace(CONFIG_MAPS, read)


async def test_a_deletion_names_its_uid_and_what_becomes_of_dependents(
    api: ScriptedApi, kube: Kube
) -> None:
    api.put("configmaps", "ns", "c")
    await kube.delete(CONFIG_MAPS, "c", "ns", uid="u1", propagation="Foreground")
    assert api.seen[0].body["propagationPolicy"] == "Foreground"
    assert api.seen[0].body["preconditions"] == {"uid": "u1"}


async def test_deleting_what_is_not_there_is_an_error_unless_that_is_as_good(kube: Kube) -> None:
    await kube.delete(CONFIG_MAPS, "c", "ns", missing_ok=True)
    with pytest.raises(NotFound):
        await kube.delete(CONFIG_MAPS, "c", "ns")


@pytest.mark.parametrize(
    ("status", "reason", "kind"),
    [
        (400, "BadRequest", Invalid),
        (401, "Unauthorized", Unauthorized),
        (403, "Forbidden", Forbidden),
        (404, "NotFound", NotFound),
        (405, "MethodNotAllowed", KubeError),
        (409, "AlreadyExists", AlreadyExists),
        (409, "Conflict", Conflict),
        (410, "Expired", Gone),
        (422, "Invalid", Invalid),
        (429, "TooManyRequests", TooManyRequests),
        (500, "InternalError", Unavailable),
        (503, "ServiceUnavailable", Unavailable),
    ],
)
async def test_each_refusal_has_its_error(
    api: ScriptedApi, kube: Kube, status: int, reason: str, kind: type[KubeError]
) -> None:
    api.refuse(status, reason)
    with pytest.raises(kind) as caught:
        await kube.get(CONFIG_MAPS, "c", "ns")
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.reason) == (status, reason)
    assert "as scripted" in str(caught.value)


async def test_a_refusal_that_is_no_status_keeps_its_text(api: ScriptedApi, kube: Kube) -> None:
    api.answer(lambda _: web.Response(status=502, text="<html>bad gateway</html>"))
    with pytest.raises(Unavailable, match="bad gateway"):
        await kube.get(CONFIG_MAPS, "c", "ns")


async def test_a_request_that_is_put_off_is_made_again_when_the_server_says(
    api: ScriptedApi, kube: Kube
) -> None:
    api.put("configmaps", "ns", "c")
    api.refuse(429, "TooManyRequests", after="0.05")
    began = time.monotonic()
    await kube.get(CONFIG_MAPS, "c", "ns")
    assert time.monotonic() - began >= 0.05
    assert len(api.seen) == 2


async def test_a_request_that_is_put_off_beyond_its_budget_fails_at_once(
    api: ScriptedApi, kube: Kube
) -> None:
    api.refuse(429, "TooManyRequests", after="60")
    began = time.monotonic()
    with pytest.raises(TooManyRequests) as caught:
        await kube.get(CONFIG_MAPS, "c", "ns")
    assert caught.value.retry_after == 60
    assert time.monotonic() - began < 1


async def test_no_request_but_one_that_is_put_off_is_repeated(api: ScriptedApi, kube: Kube) -> None:
    api.refuse(503, "ServiceUnavailable", after="0")
    with pytest.raises(Unavailable):
        await kube.create(CONFIG_MAPS, {"metadata": {"name": "c", "namespace": "ns"}})
    assert len(api.seen) == 1


async def test_a_refused_connection_is_unavailable(api: ScriptedApi, tmp_path: Path) -> None:
    api.url = "http://127.0.0.1:1"
    async with await api.connect(tmp_path) as kube:
        with pytest.raises(Unavailable):
            await kube.ready()


async def test_a_cut_answer_is_unavailable(api: ScriptedApi, kube: Kube) -> None:
    api.answer(lambda _: None)
    with pytest.raises(Unavailable):
        await kube.create(CONFIG_MAPS, {"metadata": {"name": "c", "namespace": "ns"}})


async def test_an_answer_that_does_not_come_is_unavailable(api: ScriptedApi, kube: Kube) -> None:
    api.mute_watches = 1
    with pytest.raises(Unavailable):
        await anext(kube.watch(CONFIG_MAPS, resource_version="1", silence=0.05))


async def test_an_answer_that_is_not_json_is_unavailable(api: ScriptedApi, kube: Kube) -> None:
    api.answer(lambda _: web.Response(text="<html>"))
    with pytest.raises(Unavailable):
        await kube.get(CONFIG_MAPS, "c", "ns")


async def test_a_token_acts_for_itself_over_the_same_connections(
    api: ScriptedApi, kube: Kube
) -> None:
    await kube.ready()
    await kube.with_token("theirs").ready()
    assert [seen.headers["Authorization"] for seen in api.seen] == ["Bearer ours", "Bearer theirs"]


async def test_a_refused_token_of_somebody_is_not_replaced_by_ours(
    api: ScriptedApi, kube: Kube
) -> None:
    api.refuse(401, "Unauthorized")
    with pytest.raises(Unauthorized):
        await kube.with_token("theirs").ready()
    assert len(api.seen) == 1


def _only(token: str) -> Callable[[Seen], web.Response]:
    def answer(seen: Seen) -> web.Response:
        return web.Response(status=200 if seen.headers["Authorization"] == token else 401)

    return answer


async def test_a_refused_token_is_read_again_from_its_file(
    api: ScriptedApi, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text("old\n")
    async with await Kube.connect(api.kubeconfig(tmp_path, {"tokenFile": str(token)})) as kube:
        token.write_text("new\n")
        api.answer(_only("Bearer new"))
        await kube.ready()
    assert [seen.headers["Authorization"] for seen in api.seen] == ["Bearer old", "Bearer new"]


async def test_a_token_that_stays_refused_is_an_error(api: ScriptedApi, kube: Kube) -> None:
    api.answer(_only("Bearer another"))
    with pytest.raises(Unauthorized):
        await kube.ready()
    assert len(api.seen) == 1


async def test_a_missing_configuration_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match="nowhere"):
        await Kube.connect(tmp_path / "nowhere")


async def test_the_files_of_KUBECONFIG_are_the_default(  # noqa: N802 - a variable's name
    api: ScriptedApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(api.kubeconfig(tmp_path)))
    async with await Kube.connect() as kube:
        await kube.ready()


async def test_lines_of_a_log_come_without_their_ends_and_very_long_ones_in_pieces(
    api: ScriptedApi, kube: Kube
) -> None:
    text = f"first\n{'x' * (LOG_LINE + 1)}\nlast"
    api.answer(lambda _: web.Response(text=text))
    lines = [line async for line in kube.logs("ns", "pod", container="c", tail_lines=3)]
    assert lines == [b"first", b"x" * LOG_LINE, b"x", b"last"]
    assert api.seen[0].path == "/api/v1/namespaces/ns/pods/pod/log"
    assert api.seen[0].query == {"container": "c", "tailLines": "3"}


async def test_a_guard_stops_each_request_before_it_is_sent(api: ScriptedApi, kube: Kube) -> None:
    def guard() -> None:
        raise PermissionError

    with kube.guarded(guard), pytest.raises(PermissionError):
        await kube.with_token("theirs").ready()
    assert not api.seen
    await kube.ready()
