"""Put the webhook-gateway together. Nothing connects before it runs."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from fastapi import FastAPI

from ambient_chassis.bus import Bus
from ambient_chassis.http import Ready, api
from ambient_chassis.service import serve
from ambient_contracts.subjects import Source
from ambient_kube import Kube
from webhook_gateway.adapters.judging.pool import JudgePool
from webhook_gateway.adapters.kubernetes import KubernetesRights, WatchedDirectory
from webhook_gateway.adapters.rate import MemoryRateLimit
from webhook_gateway.config import GatewaySettings
from webhook_gateway.entrypoints.http import Intake, add_routes
from webhook_gateway.handlers.receive_webhook import ReceiveWebhook
from webhook_gateway.handlers.reject_webhook import RejectWebhook
from webhook_gateway.ports import Directory, Facts, Judge, Rights


@dataclass(frozen=True)
class Parts:
    """What the gateway stands on."""

    directory: Directory
    rights: Rights
    judge: Judge
    facts: Facts
    ready: Ready
    clock: Callable[[], float] = time.time


def build_api(settings: GatewaySettings, parts: Parts) -> FastAPI:
    """Build what HTTP shows."""
    app = api(
        "webhook-gateway",
        description="Takes webhooks in, and publishes what they mean as events.",
        ready=parts.ready,
    )
    receive = ReceiveWebhook(
        directory=parts.directory,
        rights=parts.rights,
        rate=MemoryRateLimit(settings.rate_per_bot),
        judge=parts.judge,
        facts=parts.facts,
        clock=parts.clock,
    )
    add_routes(
        app,
        Intake(
            receive=receive,
            reject=RejectWebhook(parts.facts, parts.directory),
            address_rate=MemoryRateLimit(settings.rate_per_address),
            size_max=settings.body_bytes,
            body_seconds=settings.body_seconds,
            success_status=settings.success_status,
        ),
    )
    return app


def build(
    settings: GatewaySettings, kube: Kube
) -> tuple[FastAPI, Bus, Sequence[Callable[[], Awaitable[None]]]]:
    """Build the service on an API server: what HTTP shows, the bus, and what runs beside them."""
    bus = Bus.of(settings, Source.GATEWAY)
    directory = WatchedDirectory(kube)
    judge = JudgePool(
        size=settings.judges,
        milliseconds=settings.judge_milliseconds,
        mebibytes=settings.judge_mebibytes,
    )

    async def ready() -> None:
        directory.ready()
        await kube.ready()
        await bus.ready()

    parts = Parts(directory, KubernetesRights(kube), judge, bus, ready)
    return build_api(settings, parts), bus, (directory.run, judge.run)


async def main(settings: GatewaySettings) -> None:
    """Run the service until it is told to stop."""
    kube = await Kube.connect(settings.kubeconfig)
    try:
        app, bus, background = build(settings, kube)
        await serve(api=app, settings=settings, bus=bus, background=background)
    finally:
        await kube.close()
