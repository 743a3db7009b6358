"""The same promises, kept by a real API server."""

import asyncio
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
import pytest_asyncio
from scripted_api import running

from ambient_kube import (
    CONFIG_MAPS,
    CRDS,
    LEASES,
    NAMESPACES,
    RESOURCE_QUOTAS,
    ROLE_BINDINGS,
    SECRETS,
    SERVICE_ACCOUNTS,
    AlreadyExists,
    Caller,
    Conflict,
    Forbidden,
    Gone,
    Informer,
    Invalid,
    Kube,
    Manifest,
    NotFound,
    Resource,
    Unauthorized,
    ensure,
    may,
    may_i,
    review_token,
)
from ambient_kube.leader import LOST

pytestmark = pytest.mark.integration
LEADING = Path(__file__).parent / "support" / "leading.py"


class Cluster(Protocol):
    """What these tests need of a cluster."""

    @property
    def kubeconfig(self) -> Path: ...


@pytest_asyncio.fixture
async def admin(cluster: Cluster) -> AsyncIterator[Kube]:
    async with await Kube.connect(cluster.kubeconfig) as kube:
        yield kube


@pytest_asyncio.fixture
async def ns(admin: Kube) -> AsyncIterator[str]:
    """Return a namespace of the test's own."""
    name = f"kube-{uuid.uuid4().hex[:8]}"
    await admin.create(NAMESPACES, {"metadata": {"name": name}})
    yield name
    await admin.delete(NAMESPACES, name)


def _config(ns: str, name: str = "c", **data: str) -> Manifest:
    return {"metadata": {"name": name, "namespace": ns}, "data": data}


async def _until(asked: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await asked():  # noqa: ASYNC110 - the event is in the API server
            await asyncio.sleep(0.02)


async def _token(admin: Kube, ns: str, audiences: list[str] | None = None) -> str:
    """Make a ServiceAccount `bot`, and a token of it."""
    await admin.apply(
        SERVICE_ACCOUNTS, {"metadata": {"name": "bot", "namespace": ns}}, field_manager="t"
    )
    request: Manifest = {"spec": {"expirationSeconds": 600}}
    if audiences:
        request["spec"]["audiences"] = audiences
    answer = await admin.create_subresource(SERVICE_ACCOUNTS, "bot", "token", request, ns)
    return str(answer["status"]["token"])


async def test_the_server_is_ready(admin: Kube) -> None:
    await admin.ready()


async def test_an_object_is_created_read_changed_and_deleted(admin: Kube, ns: str) -> None:
    made = await admin.create(CONFIG_MAPS, _config(ns, a="1"))
    assert await admin.get(CONFIG_MAPS, "c", ns) == made
    with pytest.raises(AlreadyExists):
        await admin.create(CONFIG_MAPS, _config(ns))
    patched = await admin.patch(CONFIG_MAPS, "c", {"data": {"a": None, "b": "2"}}, ns)
    assert patched["data"] == {"b": "2"}
    with pytest.raises(Conflict):
        await admin.replace(CONFIG_MAPS, made)
    replaced = await admin.replace(CONFIG_MAPS, {**patched, "data": {"c": "3"}})
    assert replaced["data"] == {"c": "3"}
    with pytest.raises(Conflict):
        await admin.delete(CONFIG_MAPS, "c", ns, uid="another")
    await admin.delete(CONFIG_MAPS, "c", ns, uid=made["metadata"]["uid"])
    with pytest.raises(NotFound):
        await admin.get(CONFIG_MAPS, "c", ns)


async def test_what_is_not_valid_is_refused_with_a_reason(admin: Kube, ns: str) -> None:
    with pytest.raises(Invalid, match=r"metadata\.name"):
        await admin.create(CONFIG_MAPS, _config(ns, name="Not_A_Name"))


async def test_a_log_of_no_pod_is_not_found(admin: Kube, ns: str) -> None:
    with pytest.raises(NotFound):
        await anext(admin.logs(ns, "nobody"))


async def test_a_list_is_read_by_pages(
    admin: Kube, ns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ambient_kube.kube.PAGE", 2)
    for number in range(5):
        await admin.create(CONFIG_MAPS, _config(ns, f"c{number}"))
    found = await admin.list(CONFIG_MAPS, ns)
    assert {f"c{number}" for number in range(5)} <= {each["metadata"]["name"] for each in found}
    assert {(each["apiVersion"], each["kind"]) for each in found} == {("v1", "ConfigMap")}


DESIRED: list[tuple[Any, Manifest]] = [
    (CONFIG_MAPS, {"data": {"a": "1"}}),
    (SECRETS, {"stringData": {"a": "1"}, "type": "Opaque"}),
    (RESOURCE_QUOTAS, {"spec": {"hard": {"requests.cpu": "1000m", "pods": 5, "memory": "1024Mi"}}}),
    (
        ROLE_BINDINGS,
        {
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io",
                "kind": "ClusterRole",
                "name": "view",
            },
            "subjects": [{"kind": "ServiceAccount", "name": "bot", "namespace": "default"}],
        },
    ),
]


@pytest.mark.parametrize(("resource", "desired"), DESIRED)
async def test_what_was_applied_is_not_applied_again(
    admin: Kube, ns: str, resource: Any, desired: Manifest
) -> None:
    manifest = {"metadata": {"name": "c", "namespace": ns, "labels": {"a": "b"}}, **desired}
    assert await ensure(admin, resource, manifest, None, "us")
    observed = await admin.get(resource, "c", ns)
    assert not await ensure(admin, resource, manifest, observed, "us")


async def test_a_field_that_is_no_longer_desired_is_removed_and_others_fields_stay(
    admin: Kube, ns: str
) -> None:
    await ensure(admin, CONFIG_MAPS, _config(ns, a="1", b="2"), None, "us")
    observed = await admin.patch(CONFIG_MAPS, "c", {"data": {"theirs": "3"}}, ns)
    assert await ensure(admin, CONFIG_MAPS, _config(ns, a="1"), observed, "us")
    observed = await admin.get(CONFIG_MAPS, "c", ns)
    assert observed["data"] == {"a": "1", "theirs": "3"}
    assert not await ensure(admin, CONFIG_MAPS, _config(ns, a="1"), observed, "us")


async def test_a_field_of_another_manager_is_a_conflict_unless_forced(admin: Kube, ns: str) -> None:
    await admin.apply(CONFIG_MAPS, _config(ns, a="1"), field_manager="us")
    with pytest.raises(Conflict):
        await admin.apply(CONFIG_MAPS, _config(ns, a="2"), field_manager="them", force=False)
    forced = await admin.apply(CONFIG_MAPS, _config(ns, a="2"), field_manager="them")
    assert forced["data"] == {"a": "2"}


async def test_a_token_is_reviewed_and_can_do_what_its_owner_may(admin: Kube, ns: str) -> None:
    token = await _token(admin, ns)
    caller = await review_token(admin, token)
    assert caller is not None
    assert caller.username == f"system:serviceaccount:{ns}:bot"
    expected = Caller.service_account(ns, "bot")
    assert set(expected.groups) <= set(caller.groups)
    assert not await may(admin, expected, "list", CONFIG_MAPS, namespace=ns)
    bot = admin.with_token(token)
    with pytest.raises(Forbidden):
        await bot.list(CONFIG_MAPS, ns)
    binding: Manifest = {
        "metadata": {"name": "bot", "namespace": ns},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
        "subjects": [{"kind": "ServiceAccount", "name": "bot", "namespace": ns}],
    }
    await admin.create(ROLE_BINDINGS, binding)
    # The authorizer hears of it a moment later.
    await _until(lambda: may(admin, caller, "list", CONFIG_MAPS, namespace=ns))
    assert await may_i(bot, "list", CONFIG_MAPS, namespace=ns)
    assert not await may_i(bot, "list", SECRETS, namespace=ns)
    assert await may_i(admin, "list", SECRETS)
    await bot.list(CONFIG_MAPS, ns)


async def test_a_token_for_others_is_nobodys_here(admin: Kube, ns: str) -> None:
    token = await _token(admin, ns, ["others"])
    assert await review_token(admin, token) is None
    assert await review_token(admin, token, ["others"]) is not None
    assert await review_token(admin, "nonsense") is None
    with pytest.raises(Unauthorized):
        await admin.with_token("nonsense").list(NAMESPACES)


async def test_a_watch_tells_what_changes_after_its_version(admin: Kube, ns: str) -> None:
    made = await admin.create(CONFIG_MAPS, _config(ns, a="1"))
    await admin.patch(CONFIG_MAPS, "c", {"data": {"a": "2"}}, ns)
    await admin.delete(CONFIG_MAPS, "c", ns)
    version = made["metadata"]["resourceVersion"]
    named = "metadata.name=c"
    async with aclosing(
        admin.watch(CONFIG_MAPS, ns, resource_version=version, field_selector=named)
    ) as events:
        assert [(await anext(events)).type for _ in range(2)] == ["MODIFIED", "DELETED"]


@asynccontextmanager
async def _new_kind(admin: Kube) -> AsyncIterator[Resource]:
    """Define a kind of whose past the server knows nothing; it is served a moment later."""
    thing = Resource(f"t{uuid.uuid4().hex[:8]}.example.org", "v1", "Thing", "things", True)
    schema = {"openAPIV3Schema": {"type": "object"}}
    version = {"name": thing.version, "served": True, "storage": True, "schema": schema}
    spec = {
        "group": thing.group,
        "scope": "Namespaced",
        "names": {"plural": thing.plural, "singular": "thing", "kind": thing.kind},
        "versions": [version],
    }
    name = f"{thing.plural}.{thing.group}"
    await admin.create(CRDS, {"metadata": {"name": name}, "spec": spec})
    yield thing
    await admin.delete(CRDS, name)


async def test_an_informer_waits_for_its_kind_to_be_served(admin: Kube, ns: str) -> None:
    async with _new_kind(admin) as thing:
        informer = Informer(admin, thing, parse=lambda each: each, namespace=ns)
        async with running(informer.run()):
            await asyncio.wait_for(informer.wait_synced(), 10)


async def test_a_watch_from_too_long_ago_is_gone(admin: Kube) -> None:
    async with _new_kind(admin) as thing:
        informer = Informer(admin, thing, parse=lambda each: each)
        async with running(informer.run()):
            await asyncio.wait_for(informer.wait_synced(), 10)
        with pytest.raises(Gone):
            await anext(admin.watch(thing, resource_version="1", seconds=1))


async def test_an_informer_follows(admin: Kube, ns: str) -> None:
    informer = Informer(admin, CONFIG_MAPS, parse=lambda each: each["data"], namespace=ns)
    changed = asyncio.Event()
    informer.subscribe(lambda key: changed.set() if key.name == "c" else None)
    async with running(informer.run()):
        await asyncio.wait_for(informer.wait_synced(), 5)
        await admin.create(CONFIG_MAPS, _config(ns, a="1"))
        await asyncio.wait_for(changed.wait(), 5)
        assert informer.get(ns, "c") == {"a": "1"}


class Process:
    """A process that leads."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def says(self, word: str) -> None:
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            async for line in self.process.stdout:
                if line.decode().strip() == word:
                    return
        pytest.fail(f"the process ended without saying {word!r}")

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)


@asynccontextmanager
async def _leading(cluster: Cluster, name: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(LEADING),
        str(cluster.kubeconfig),
        name,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Process(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_a_leader_that_was_frozen_past_its_lease_ends_without_a_further_write(
    cluster: Cluster, admin: Kube
) -> None:
    await admin.delete(LEASES, "kube-test-leader", "default", missing_ok=True)
    async with _leading(cluster, "first") as first:
        await first.says("leads")
        async with _leading(cluster, "second") as second:
            await second.says("waits")
            first.signal(signal.SIGSTOP)
            await second.says("leads")
            before = await admin.get(CONFIG_MAPS, "writes-first", "default")
            first.signal(signal.SIGCONT)
            assert await asyncio.wait_for(first.process.wait(), 10) == LOST
            after = await admin.get(CONFIG_MAPS, "writes-first", "default")
            assert before["metadata"]["resourceVersion"] == after["metadata"]["resourceVersion"]
            assert await _holder(admin) == "second"


async def _holder(admin: Kube) -> str:
    lease = await admin.get(LEASES, "kube-test-leader", "default")
    return str(lease["spec"]["holderIdentity"]).rpartition("_")[0]
