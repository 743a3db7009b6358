"""The fixtures; each starts what it names once for a whole run of the tests.

Unit tests load this plugin as well: what the fixtures need is imported when one is asked for.
"""

import json
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Final

import pytest
import pytest_asyncio
import structlog
from hypothesis import settings

if TYPE_CHECKING:
    from ambient_kube import Kube
    from ambient_local import Platform
    from ambient_testkit.messages_api import MessagesApi
    from ambient_testkit.otlp import OtlpReceiver
    from ambient_testkit.parts import Cluster, Nats

_EXAMPLES: Final = 50
_EXPORT_MILLISECONDS: Final = "500"
"""How often spans are exported; the default of 5 s would make a test wait."""


def pytest_configure() -> None:
    """Have logs plain, and properties without a clock: a busy machine fails no test."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(default=repr),
        ]
    )
    settings.register_profile("ambient", max_examples=_EXAMPLES, deadline=None)
    settings.load_profile("ambient")


@pytest.fixture(scope="session")
def nats(request: pytest.FixtureRequest) -> "Iterator[Nats]":
    """Return a NATS server with the platform's users, stream and consumers."""
    from ambient_testkit import parts  # noqa: PLC0415 - see above

    with parts.nats(request.session) as running:
        yield running


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> "Iterator[Cluster]":
    """Return an API server and a node, with everything of `deploy/` applied."""
    from ambient_testkit import parts  # noqa: PLC0415 - see above

    with parts.cluster(request.session) as running:
        yield running


@pytest_asyncio.fixture
async def kube(cluster: "Cluster") -> "AsyncIterator[Kube]":
    """Return the cluster as its administrator, connected for one test."""
    async with cluster.connect() as admin:
        yield admin


@pytest.fixture(scope="session")
def otlp() -> "Iterator[OtlpReceiver]":
    """Return the receiver that every part of the platform exports its spans to."""
    from ambient_testkit.otlp import OtlpReceiver  # noqa: PLC0415 - see above

    with OtlpReceiver.listen() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def messages() -> "Iterator[MessagesApi]":
    """Return the Messages API that the platform's agents talk to where a project has a key."""
    from ambient_testkit.apart import kept  # noqa: PLC0415 - see above
    from ambient_testkit.messages_api import MessagesApi  # noqa: PLC0415 - see above

    with kept(MessagesApi()) as api:
        yield api


@pytest.fixture(scope="session")
def platform(
    request: pytest.FixtureRequest, otlp: "OtlpReceiver", messages: "MessagesApi"
) -> "Iterator[Platform]":
    """Return the whole platform, as processes."""
    from ambient_testkit import running  # noqa: PLC0415 - see above

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.endpoint)
        environment.setenv("OTEL_BSP_SCHEDULE_DELAY", _EXPORT_MILLISECONDS)
        agents = {"ANTHROPIC_BASE_URL": messages.url}
        environment.setenv("AMBIENT_AGENT_ENVIRONMENT", json.dumps(agents))
        with running.running(request.session) as platform:
            yield platform


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return the URL of an empty database of a PostgreSQL server."""
    from ambient_testkit import postgres  # noqa: PLC0415 - see above

    with postgres.postgres() as url:
        yield url
