"""The four services: each is started from this Python, and told all by its environment."""

import os
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import httpx

from ambient_local.components import HOST, SOURCES, Component
from ambient_local.part import Part

_PASSED_ON: Final = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "SSL_CERT_FILE", "VIRTUAL_ENV")
_PASSED_ON_PREFIXES: Final = ("OTEL_", "AMBIENT_AGENT_", "AMBIENT_LOG_")
_NO_AUTHORITIES: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Loopback is plain HTTP; reading the authorities of the web at each look would take 70 ms."""


class ServicePart(Part):
    """A service of the platform."""

    async def command(self) -> Sequence[str | Path]:
        """Return this Python with the service's module."""
        return [sys.executable, "-m", self.component.module]

    def environment(self) -> dict[str, str]:
        """Return its settings; nothing of the developer's shell but what a program needs."""
        home, config = self.setting.home, self.setting.config
        source = SOURCES[self.component]
        passed_on = {
            name: value
            for name, value in os.environ.items()
            if name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIXES)
        }
        return {
            **passed_on,
            "PYTHONUNBUFFERED": "1",
            "AMBIENT_NATS_URL": config.url(Component.NATS),
            "AMBIENT_NATS_USER": source,
            "AMBIENT_NATS_PASSWORD": self.setting.passwords.nats[source],
            "AMBIENT_KUBECONFIG": str(home.kubeconfig_of(self.component)),
            "AMBIENT_HOST": HOST,
            "AMBIENT_PORT": str(config.ports[self.component]),
            **self._of_its_own(),
        }

    async def what_is_wrong(self) -> str | None:
        """Return None if the service calls itself ready, else what it says."""
        try:
            async with httpx.AsyncClient(
                timeout=3, trust_env=False, verify=_NO_AUTHORITIES
            ) as client:
                answer = await client.get(f"{self.setting.config.url(self.component)}/readyz")
        except httpx.TransportError as error:
            return f"it does not answer ({type(error).__name__})"
        if answer.is_success:
            return None
        try:
            return str(answer.json()["detail"])
        except (ValueError, KeyError, TypeError):
            return f"it answers {answer.status_code}"

    def _of_its_own(self) -> dict[str, str]:
        if self.component is Component.AUDIT:
            database = self.setting.home.data / "audit.db"
            return {"AMBIENT_DATABASE_URL": f"sqlite:///{database}"}
        return {}
