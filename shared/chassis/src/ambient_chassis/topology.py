"""Make the stream and its consumers as the contracts have them.

`python -m ambient_chassis.topology` runs under the identity `operations`, before the services and
after each change of the contracts. It is safe at any time, any number of times.
"""

import asyncio
import sys
from typing import Final

import nats
import nats.errors
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from ambient_contracts.streams import (
    CONSUMERS,
    OPERATIONS,
    STREAM,
    ConsumerSpec,
    StreamSpec,
    inbox_of,
)

TRIES: Final = 30


class TopologySettings(BaseSettings):
    """Where NATS is, and the password of `operations`."""

    model_config = SettingsConfigDict(env_prefix="AMBIENT_", frozen=True, extra="ignore")

    nats_url: str = "nats://127.0.0.1:4222"
    nats_password: SecretStr


async def ensure_topology(client: Client) -> None:
    """Make the stream and the consumers, or bring them to what the contracts say."""
    jetstream = client.jetstream()
    await _ensure_stream(jetstream, STREAM)
    for consumer in CONSUMERS:
        # JetStream's create is also its update, as long as nothing immutable differs.
        await jetstream.add_consumer(STREAM.name, _consumer_config(consumer))


async def _ensure_stream(jetstream: JetStreamContext, spec: StreamSpec) -> None:
    config = _stream_config(spec)
    try:
        await jetstream.stream_info(spec.name)
    except NotFoundError:
        await jetstream.add_stream(config)
    else:
        await jetstream.update_stream(config)


def _stream_config(spec: StreamSpec) -> StreamConfig:
    return StreamConfig(
        name=spec.name,
        subjects=list(spec.subjects),
        storage=StorageType.FILE,
        retention=RetentionPolicy.LIMITS,
        discard=DiscardPolicy.NEW,
        max_bytes=spec.max_bytes,
        max_msg_size=spec.max_message_bytes,
        duplicate_window=spec.duplicate_window.total_seconds(),
        deny_delete=True,
        deny_purge=True,
        allow_direct=True,
    )


def _consumer_config(spec: ConsumerSpec) -> ConsumerConfig:
    return ConsumerConfig(
        name=spec.name,
        durable_name=spec.name,
        filter_subject=spec.filter_subject,
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=spec.ack_wait.total_seconds(),
        max_ack_pending=spec.max_ack_pending,
        # The chassis counts deliveries: it states a dead letter before it gives up.
        max_deliver=-1,
    )


async def _main() -> None:
    settings = TopologySettings()
    client = await nats.connect(
        settings.nats_url,
        user=OPERATIONS,
        password=settings.nats_password.get_secret_value(),
        inbox_prefix=inbox_of(OPERATIONS),
        max_reconnect_attempts=TRIES,
        reconnect_time_wait=1,
    )
    try:
        await ensure_topology(client)
    finally:
        await client.close()


def main() -> None:
    """Run the command."""
    try:
        asyncio.run(_main())
    except (nats.errors.Error, OSError) as error:
        sys.exit(f"The stream could not be made: {error}. Is NATS running, and the password right?")


if __name__ == "__main__":
    main()
