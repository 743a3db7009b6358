"""Put the audit service together. Nothing connects before it runs."""

from dataclasses import dataclass

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from ambient_chassis.bus import Bus
from ambient_chassis.http import NotReadyError, api
from ambient_chassis.identity import Authenticator
from ambient_chassis.service import serve
from ambient_contracts.subjects import Source
from ambient_kube import Kube
from audit.adapters.jetstream import JetStreamTrail
from audit.adapters.kubernetes import KubernetesAccess
from audit.adapters.metrics import PrometheusProgress
from audit.adapters.sql.store import SqlStore
from audit.config import AuditSettings
from audit.entrypoints.access import Access
from audit.entrypoints.http import Tools, add_routes
from audit.entrypoints.recording import Recording
from audit.handlers.feed import Feed
from audit.handlers.follow_records import FollowRecords
from audit.handlers.record_trail import RecordTrail
from audit.handlers.verify_trail import VerifyTrail
from audit.ports import StoreUnavailableError


@dataclass(frozen=True)
class Service:
    """The service's parts that run."""

    api: FastAPI
    bus: Bus
    recording: Recording
    store: SqlStore


def build(settings: AuditSettings, authenticator: Authenticator, access: Access) -> Service:
    """Build the service around who knows callers and who says what they may read."""
    bus = Bus.of(settings, Source.AUDIT)
    store = SqlStore.at(settings.database_url)
    trail = JetStreamTrail(bus)
    feed = Feed()
    registry = CollectorRegistry()
    recording = Recording(RecordTrail(trail, store, feed, PrometheusProgress(registry)))

    async def ready() -> None:
        recording.ready()
        await bus.ready()
        await authenticator.ready()
        try:
            await store.ready()
        except StoreUnavailableError as error:
            raise NotReadyError(str(error)) from error

    app = api(
        "audit",
        description="Records every event, and answers questions about them.",
        ready=ready,
        authenticator=authenticator,
        registry=registry,
    )
    follow = FollowRecords(store, feed, settings.heartbeat_seconds)
    add_routes(app, Tools(store, follow, VerifyTrail(trail, store, feed), access))
    return Service(app, bus, recording, store)


async def main(settings: AuditSettings) -> None:
    """Run the service until it is told to stop."""
    kube = await Kube.connect(settings.kubeconfig)
    service = build(settings, Authenticator(kube), KubernetesAccess())
    try:
        await serve(
            api=service.api,
            settings=settings,
            bus=service.bus,
            background=[service.recording.run],
        )
    finally:
        await service.store.close()
        await kube.close()
