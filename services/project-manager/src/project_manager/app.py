"""The composition root: every part of the project-manager, and who is given what."""

import asyncio
import secrets
import socket
from datetime import UTC, datetime
from typing import Final

from ambient_chassis.bus import Bus
from ambient_chassis.http import NotReadyError, api
from ambient_chassis.identity import Authenticator
from ambient_chassis.service import Background, serve
from ambient_chassis.telemetry import configure_telemetry
from ambient_contracts.names import PROJECT_MANAGER
from ambient_contracts.subjects import Source
from ambient_kube import Kube, lead
from project_manager.adapters.kubernetes.bots import KubernetesBots
from project_manager.adapters.kubernetes.cluster import KubernetesCluster
from project_manager.adapters.kubernetes.credentials import KubernetesCredentials
from project_manager.adapters.kubernetes.memory import Memory
from project_manager.adapters.kubernetes.owners import owner_of
from project_manager.adapters.kubernetes.requester import KubernetesRequester
from project_manager.adapters.kubernetes.view import InformerView
from project_manager.config import Settings
from project_manager.entrypoints.controllers import bots_controller, projects_controller
from project_manager.entrypoints.http import (
    bots_router,
    credentials_router,
    install,
    projects_router,
)
from project_manager.handlers.carry_out import CarryOut
from project_manager.handlers.credentials import (
    ListCredentials,
    RemoveCredential,
    SetCredentials,
)
from project_manager.handlers.issue_bot_token import IssueBotToken
from project_manager.handlers.projects import CreateProject, ListProjects
from project_manager.handlers.reconcile_bot import ReconcileBot
from project_manager.handlers.reconcile_project import ReconcileProject
from project_manager.handlers.state_denial import StateDenial

DESCRIPTION: Final = "Projects, their members, bots and credentials."


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def new_secret() -> str:
    """Return 32 random bytes as base64url text."""
    return secrets.token_urlsafe(32)


async def run(settings: Settings) -> None:
    """Run the service until it is told to stop."""
    configure_telemetry(PROJECT_MANAGER, level=settings.log_level, form=settings.log_format)
    bus = Bus.of(settings, Source.PROJECTS)
    async with await Kube.connect(settings.kubeconfig) as kube:
        memory = Memory()
        view = InformerView(kube, memory)

        async def ready() -> None:
            if not all(informer.is_synced for informer in view.informers):
                raise NotReadyError("the cluster's objects are still being read")
            await kube.ready()
            await bus.ready()

        credentials = KubernetesCredentials(kube)
        app = api(
            PROJECT_MANAGER,
            description=DESCRIPTION,
            ready=ready,
            authenticator=Authenticator(kube),
        )
        install(
            app,
            (
                projects_router(ListProjects(view), CreateProject()),
                bots_router(IssueBotToken(bus, KubernetesBots(kube), credentials, now)),
                credentials_router(
                    ListCredentials(credentials),
                    SetCredentials(bus, credentials),
                    RemoveCredential(bus, credentials),
                ),
            ),
            requester_of=KubernetesRequester,
            state_denial=StateDenial(bus),
        )
        loops = controllers(settings, kube, bus, view, memory)
        await serve(api=app, settings=settings, bus=bus, background=loops)


def controllers(
    settings: Settings, kube: Kube, bus: Bus, view: InformerView, memory: Memory
) -> list[Background]:
    """Build the loops: informers in every replica, controllers in the one that leads."""
    cluster = KubernetesCluster(kube, memory)
    carry_out = CarryOut(bus, cluster, now)
    projects = projects_controller(
        ReconcileProject(view, cluster, carry_out, now, new_secret),
        view.projects_informer,
        (view.namespaces_informer, *view.objects_informers),
        owner_of,
        settings.workers,
    )
    bots = bots_controller(
        ReconcileBot(view, carry_out, now),
        view.bots_informer,
        view.projects_informer,
        view.objects_informers,
        owner_of,
        view.bots_in,
        settings.workers,
    )

    async def reconcile() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(projects.run())
            group.create_task(bots.run())

    async def reconcile_as_leader() -> None:
        await lead(
            kube,
            namespace=settings.lease_namespace,
            name=PROJECT_MANAGER,
            identity=socket.gethostname(),
            run=reconcile,
            lease_seconds=settings.lease_seconds,
            renew_seconds=settings.lease_seconds / 3,
            deadline_seconds=settings.lease_seconds * 2 / 3,
        )

    return [*(informer.run for informer in view.informers), reconcile_as_leader]
