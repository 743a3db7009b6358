"""The verbs of the Kubernetes API, under one identity.

Objects come and go as JSON. Each request has a time-out, and each failure is a `KubeError`.
"""

import json
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import aiohttp

from ambient_kube.connection import (
    CONNECT_SECONDS,
    REQUEST_SECONDS,
    Connection,
    Pool,
    Request,
)
from ambient_kube.errors import Gone, NotFound, Unavailable
from ambient_kube.lines import lines
from ambient_kube.manifests import Manifest, version_of
from ambient_kube.resources import PODS, Resource
from ambient_kube.watching import Snapshot, WatchEvent, watch_events

PAGE: Final = 500
WATCH_SECONDS: Final = 240
"""Seconds after which the server ends a watch; it is then resumed."""
WATCH_MARGIN: Final = 15.0
"""Seconds that a watch may outlast its end before it counts as cut."""
WATCH_SILENCE: Final = 75.0
"""Seconds without a byte after which a watch counts as cut; bookmarks come each minute."""
LOG_LINE: Final = 65_536
"""Bytes of a log's line beyond which it comes in pieces."""

MERGE_PATCH: Final = "application/merge-patch+json"
APPLY_PATCH: Final = "application/apply-patch+yaml"


class Kube:
    """One identity's connection to one API server."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @classmethod
    async def connect(cls, kubeconfig: Path | None = None) -> Self:
        """Load the configuration; no request is made yet.

        Args:
            kubeconfig: The file; where None, the files that KUBECONFIG names, else the Pod's
                ServiceAccount, else `~/.kube/config`.

        Raises:
            NotConfigured: If there is no usable configuration.
        """
        from ambient_kube.configuration import ServerConfiguration  # noqa: PLC0415 - takes seconds

        return cls(Connection(Pool(await ServerConfiguration.load(kubeconfig))))

    def with_token(self, token: str) -> "Kube":
        """Return the same server under the identity of a bearer token, and of nothing else.

        It shares the connections of this one, and needs no closing.
        """
        pool, budget = self._connection.pool, self._connection.retry_budget
        return Kube(Connection(pool, token=token, retry_budget=budget))

    async def close(self) -> None:
        """Close the connections, also those of identities that share them."""
        await self._connection.pool.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    @contextmanager
    def guarded(self, guard: Callable[[], None]) -> Iterator[None]:
        """Have a guard called before each request, of all identities; what it raises stops it."""
        guards = self._connection.pool.guards
        guards.append(guard)
        try:
            yield
        finally:
            guards.remove(guard)

    async def ready(self) -> None:
        """Return when the API server says that it is ready.

        Raises:
            Unavailable: If it is not, or does not answer.
        """
        await self._connection.call(Request("GET", "/readyz"))

    async def get(self, resource: Resource, name: str, namespace: str | None = None) -> Manifest:
        """Read one object.

        Raises:
            NotFound: If there is none.
            KubeError: If the request fails.
        """
        return await self._object(Request("GET", resource.path(namespace, name)))

    async def list(
        self,
        resource: Resource,
        namespace: str | None = None,
        *,
        label_selector: str | None = None,
        field_selector: str | None = None,
    ) -> list[Manifest]:
        """Read all objects, of a namespace or of all, with their apiVersion and kind.

        Raises:
            KubeError: If the request fails.
        """
        snapshot = await self.snapshot(
            resource, namespace, label_selector=label_selector, field_selector=field_selector
        )
        return snapshot.items

    async def snapshot(
        self,
        resource: Resource,
        namespace: str | None = None,
        *,
        label_selector: str | None = None,
        field_selector: str | None = None,
    ) -> Snapshot:
        """Read all objects as `list` does, with the version from which to watch.

        Raises:
            KubeError: If the request fails.
        """
        query = _given(labelSelector=label_selector, fieldSelector=field_selector)
        path = resource.path(namespace)
        try:
            return await self._pages(resource, path, query | {"limit": str(PAGE)})
        except Gone:
            # The pages' version was compacted away on the way: all in one page cannot be.
            return await self._pages(resource, path, query)

    async def watch(
        self,
        resource: Resource,
        namespace: str | None = None,
        *,
        resource_version: str,
        label_selector: str | None = None,
        field_selector: str | None = None,
        seconds: int = WATCH_SECONDS,
        silence: float = WATCH_SILENCE,
    ) -> AsyncGenerator[WatchEvent]:
        """Yield what changes after a version, until the server ends the watch.

        Args:
            resource: The kind.
            namespace: Its namespace; all where None.
            resource_version: The version after which to begin.
            label_selector: Which objects.
            field_selector: Which objects.
            seconds: The time after which the server ends it.
            silence: Seconds without a byte after which it counts as cut.

        Raises:
            Gone: If the version is too old.
            KubeError: If the watch fails or is cut.
        """
        query = {
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": resource_version,
            "timeoutSeconds": str(seconds),
            **_given(labelSelector=label_selector, fieldSelector=field_selector),
        }
        timeout = aiohttp.ClientTimeout(
            total=seconds + WATCH_MARGIN, sock_connect=CONNECT_SECONDS, sock_read=silence
        )
        request = Request("GET", resource.path(namespace), query, timeout=timeout)
        async with aclosing(watch_events(self._connection.stream(request))) as events:
            async for event in events:
                yield event

    async def create(
        self, resource: Resource, manifest: Manifest, namespace: str | None = None
    ) -> Manifest:
        """Create an object, in the given namespace or the manifest's.

        Raises:
            AlreadyExists: If there is one of that name.
            KubeError: If the request fails.
        """
        path = resource.path(namespace or manifest.get("metadata", {}).get("namespace"))
        return await self._object(Request("POST", path, body=_typed(resource, manifest)))

    async def create_subresource(
        self,
        resource: Resource,
        name: str,
        subresource: str,
        manifest: Manifest,
        namespace: str | None = None,
    ) -> Manifest:
        """Create below an object, such as `token` below a ServiceAccount.

        Raises:
            KubeError: If the request fails.
        """
        path = resource.path(namespace, name, subresource)
        return await self._object(Request("POST", path, body=manifest))

    async def apply(
        self,
        resource: Resource,
        manifest: Manifest,
        *,
        field_manager: str,
        force: bool = True,
        subresource: str | None = None,
    ) -> Manifest:
        """Apply on the server's side what a field manager wants of the object that it names.

        Raises:
            Conflict: If another manager owns a field and `force` is not set.
            KubeError: If the request fails.
        """
        return await self._object(
            Request(
                "PATCH",
                _path_of(resource, manifest, subresource),
                {"fieldManager": field_manager, "force": str(force).lower()},
                _typed(resource, manifest),
                APPLY_PATCH,
            )
        )

    async def patch(
        self,
        resource: Resource,
        name: str,
        patch: Manifest,
        namespace: str | None = None,
        *,
        subresource: str | None = None,
    ) -> Manifest:
        """Change an object by a JSON merge patch.

        Raises:
            KubeError: If the request fails.
        """
        path = resource.path(namespace, name, subresource)
        return await self._object(Request("PATCH", path, body=patch, content_type=MERGE_PATCH))

    async def replace(
        self, resource: Resource, manifest: Manifest, *, subresource: str | None = None
    ) -> Manifest:
        """Replace the object that a manifest names, if its resourceVersion is still the object's.

        Raises:
            Conflict: If the object has changed since.
            KubeError: If the request fails.
        """
        path = _path_of(resource, manifest, subresource)
        return await self._object(Request("PUT", path, body=_typed(resource, manifest)))

    async def delete(
        self,
        resource: Resource,
        name: str,
        namespace: str | None = None,
        *,
        propagation: str = "Background",
        uid: str | None = None,
        missing_ok: bool = False,
    ) -> None:
        """Delete an object.

        Args:
            resource: The kind.
            name: The object's name.
            namespace: The object's namespace.
            propagation: What becomes of its dependents: Background, Foreground or Orphan.
            uid: Which object of this name, where only one of them is meant.
            missing_ok: Whether an object that is not there is as good as deleted.

        Raises:
            NotFound: If there is none, and that is not as good.
            Conflict: If the object has another uid.
            KubeError: If the request fails.
        """
        options: Manifest = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": propagation,
        }
        if uid is not None:
            options["preconditions"] = {"uid": uid}
        try:
            await self._connection.call(
                Request("DELETE", resource.path(namespace, name), body=options)
            )
        except NotFound:
            if not missing_ok:
                raise

    async def logs(
        self,
        namespace: str,
        pod: str,
        *,
        container: str | None = None,
        follow: bool = False,
        tail_lines: int | None = None,
        since_seconds: int | None = None,
        limit_bytes: int | None = None,
        previous: bool = False,
        timestamps: bool = False,
        silence: float | None = None,
    ) -> AsyncGenerator[bytes]:
        """Yield the lines of a container's log without their ends; very long ones in pieces.

        Args:
            namespace: The Pod's namespace.
            pod: The Pod's name.
            container: Which container, where there are several.
            follow: Whether to go on until the container ends.
            tail_lines: How many lines from the end to begin with.
            since_seconds: How old the first line may be.
            limit_bytes: How much at most.
            previous: Whether the log of the container's previous run is meant.
            timestamps: Whether each line begins with its time.
            silence: Seconds without a byte after which a log that is followed counts as cut.

        Raises:
            KubeError: If the request fails, or the stream is cut.
        """
        query = _given(
            container=container,
            follow="true" if follow else None,
            tailLines=tail_lines,
            sinceSeconds=since_seconds,
            limitBytes=limit_bytes,
            previous="true" if previous else None,
            timestamps="true" if timestamps else None,
        )
        # A followed log that is still empty is not answered before its first line.
        patience = silence if follow else REQUEST_SECONDS
        timeout = aiohttp.ClientTimeout(sock_connect=CONNECT_SECONDS, sock_read=patience)
        request = Request(
            "GET",
            PODS.path(namespace, pod, "log"),
            query,
            timeout=timeout,
            answered_within=patience,
        )
        async with aclosing(lines(self._connection.stream(request), LOG_LINE)) as stream:
            async for line in stream:
                yield line

    async def _object(self, request: Request) -> Manifest:
        body = await self._connection.call(request)
        try:
            answer: Manifest = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise Unavailable(
                0, "Malformed", f"{request.method} {request.path} was not answered in JSON"
            ) from error
        return answer

    async def _pages(self, resource: Resource, path: str, query: dict[str, str]) -> Snapshot:
        items: list[Manifest] = []
        following: str | None = ""
        page: Manifest = {}
        while following is not None:
            rest = {"continue": following} if following else {}
            page = await self._object(Request("GET", path, query | rest))
            items += [_typed(resource, item) for item in page.get("items") or ()]
            following = page.get("metadata", {}).get("continue") or None
        return Snapshot(items, version_of(page))


def _given(**parameters: Any) -> dict[str, str]:
    return {name: str(value) for name, value in parameters.items() if value is not None}


def _typed(resource: Resource, manifest: Manifest) -> Manifest:
    """Fill in the kind, which items of lists lack and authors may leave out."""
    return {"apiVersion": resource.api_version, "kind": resource.kind} | manifest


def _path_of(resource: Resource, manifest: Manifest, subresource: str | None) -> str:
    metadata = manifest.get("metadata", {})
    return resource.path(metadata.get("namespace"), metadata.get("name") or "", subresource)
