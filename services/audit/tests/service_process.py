"""The audit service without a Kubernetes: whoever calls may read everything. For tests alone."""

import os

from ambient_chassis.identity import Authenticator, Caller
from ambient_chassis.service import run, serve
from ambient_chassis.telemetry import configure_telemetry
from audit.app import build
from audit.config import AuditSettings
from audit.entrypoints.access import Access


class Anybody(Authenticator):
    def __init__(self) -> None:
        pass

    async def authenticate(self, token: str) -> Caller | None:
        return Caller(username=token, groups=(), uid="", kube=None)  # type: ignore[arg-type]

    async def ready(self) -> None:
        return None


class Everything(Access):
    async def may_read(self, caller: Caller, project: str | None) -> bool:
        return True


async def main() -> None:
    settings = AuditSettings()
    configure_telemetry("audit")
    service = build(settings, Anybody(), Everything())
    try:
        await serve(
            api=service.api,
            settings=settings,
            bus=service.bus,
            background=[service.recording.run],
        )
    finally:
        await service.store.close()


if __name__ == "__main__":
    assert os.environ["AMBIENT_NATS_URL"]
    run(main)
