"""The parts of the local platform, each one process."""

from enum import StrEnum
from typing import Final

from ambient_contracts.subjects import Source


class Component(StrEnum):
    """A part of the platform; services are named as their ServiceAccounts are."""

    CLUSTER = "cluster"
    NATS = "nats"
    GATEWAY = "webhook-gateway"
    PROJECTS = "project-manager"
    SESSIONS = "session-runner"
    AUDIT = "audit"

    @property
    def module(self) -> str:
        """The Python module that runs the service."""
        return self.value.replace("-", "_")


SERVICES: Final = (
    Component.GATEWAY,
    Component.PROJECTS,
    Component.SESSIONS,
    Component.AUDIT,
)
SOURCES: Final = {
    Component.GATEWAY: Source.GATEWAY,
    Component.PROJECTS: Source.PROJECTS,
    Component.SESSIONS: Source.RUNNER,
    Component.AUDIT: Source.AUDIT,
}
"""The identity that each service has on NATS."""
PREFERRED_PORTS: Final = {
    Component.GATEWAY: 8080,
    Component.PROJECTS: 8081,
    Component.SESSIONS: 8082,
    Component.AUDIT: 8083,
    Component.NATS: 4222,
    Component.CLUSTER: 6443,
}
HOST: Final = "127.0.0.1"
