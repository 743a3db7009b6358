"""The composition root: what the session-runner is made of. Nothing connects at import."""

import socket
from datetime import UTC, datetime

from fastapi import FastAPI

from ambient_chassis.bus import Bus
from ambient_chassis.http import api
from ambient_chassis.identity import Authenticator
from ambient_chassis.service import serve
from ambient_contracts.subjects import Source
from ambient_kube import Kube
from session_runner.adapters.admissions import KubeAdmissions
from session_runner.adapters.cluster import KubeCluster
from session_runner.adapters.desk import KubeDesk
from session_runner.adapters.job_manifest import Blueprint
from session_runner.adapters.sessions import KubeSessions
from session_runner.adapters.watches import Watches
from session_runner.adapters.websites import KubeWebsites
from session_runner.config import RunnerSettings
from session_runner.entrypoints.controller import controller_of, lead_controller
from session_runner.entrypoints.events import consume
from session_runner.entrypoints.http import add_sessions
from session_runner.handlers.clone_session import CloneSession
from session_runner.handlers.create_session import CreateSession
from session_runner.handlers.follow_log import FollowLog
from session_runner.handlers.reconcile_session import ReconcileSession
from session_runner.handlers.request_session import RequestSession
from session_runner.handlers.state_denial import StateDenial


async def run_service(settings: RunnerSettings) -> None:
    """Build the session-runner and run it until it is told to stop."""
    kube = await Kube.connect(settings.kubeconfig)
    try:
        bus = Bus.of(settings, Source.RUNNER)
        consume(
            bus, RequestSession(KubeAdmissions(kube), KubeWebsites(kube), KubeSessions(kube), bus)
        )
        watches = Watches(kube)
        controller = controller_of(reconciler(settings, kube, bus, watches), settings.workers)
        identity = settings.identity or socket.gethostname()
        await serve(
            api=http_api(kube, bus),
            settings=settings,
            bus=bus,
            background=(lambda: lead_controller(kube, watches, controller, identity),),
        )
    finally:
        await kube.close()


def reconciler(
    settings: RunnerSettings, kube: Kube, bus: Bus, watches: Watches
) -> ReconcileSession:
    """Build what brings a session along."""
    blueprint = Blueprint(
        image=settings.agent_image,
        command=settings.agent_command,
        environment=settings.environment(),
        cpu=(settings.agent_cpu_request, settings.agent_cpu_limit),
        memory=(settings.agent_memory_request, settings.agent_memory_limit),
        grace_seconds=settings.agent_grace_seconds,
        ttl_seconds=settings.job_ttl_seconds,
    )
    return ReconcileSession(
        watches,
        KubeCluster(kube, blueprint),
        bus,
        _now,
        share=settings.share,
        start_grace=settings.start_grace_seconds,
    )


def http_api(kube: Kube, bus: Bus) -> FastAPI:
    """Build the HTTP API."""

    async def ready() -> None:
        await bus.ready()
        await kube.ready()

    app = api(
        "session-runner",
        description="Agentic sessions: create, list, follow, cancel, clone and delete.",
        ready=ready,
        authenticator=Authenticator(kube),
    )
    create_session = CreateSession(KubeWebsites(kube))
    add_sessions(
        app,
        desk_of=KubeDesk,
        create_session=create_session,
        clone_session=CloneSession(create_session),
        follow_log=FollowLog(),
        state_denial=StateDenial(bus, _now),
    )
    return app


def _now() -> datetime:
    return datetime.now(UTC)
