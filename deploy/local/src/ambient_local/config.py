"""What a local platform keeps between two starts: its ports, its passwords, whose cluster it is."""

import secrets
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from ambient_contracts.streams import OBSERVER, OPERATIONS
from ambient_contracts.subjects import Source
from ambient_local.components import HOST, SERVICES, Component
from ambient_local.files import write_private
from ambient_local.home import Home

IDENTITIES = (*(str(source) for source in Source), OPERATIONS, OBSERVER)


class Config(BaseModel):
    """`platform.json`: nothing in it is secret."""

    model_config = ConfigDict(frozen=True)

    ports: dict[Component, int] = {}
    kubeconfig: Path | None = None
    """Somebody's own cluster; None for the local one."""

    @classmethod
    def load(cls, home: Home) -> Self:
        """Read what the home keeps; an empty configuration where it keeps none that can be read."""
        try:
            return cls.model_validate_json(home.config.read_bytes())
        except (FileNotFoundError, ValueError):
            return cls()

    def save(self, home: Home) -> None:
        """Keep it."""
        write_private(home.config, self.model_dump_json(indent=2) + "\n")

    def url(self, component: Component) -> str:
        """Return where a component is reached."""
        scheme = "http"
        if component not in SERVICES:
            scheme = "nats" if component is Component.NATS else "https"
        return f"{scheme}://{HOST}:{self.ports[component]}"


class Passwords(BaseModel):
    """`secrets.json`: a password for each identity on NATS."""

    model_config = ConfigDict(frozen=True)

    nats: dict[str, str]

    @classmethod
    def ensure(cls, home: Home) -> Self:
        """Read the home's passwords; make them where there are none."""
        try:
            return cls.model_validate_json(home.secrets.read_bytes())
        except (FileNotFoundError, ValueError):
            # A letter first: nats-server would read digits in its configuration as a number.
            made = cls(nats={name: f"p{secrets.token_hex(24)}" for name in IDENTITIES})
            write_private(home.secrets, made.model_dump_json(indent=2) + "\n")
            return made
