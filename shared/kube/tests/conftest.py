import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent / "support"))

from scripted_api import ScriptedApi

from ambient_kube import Kube


@pytest_asyncio.fixture
async def api() -> AsyncIterator[ScriptedApi]:
    """Return a server on the loopback that speaks the Kubernetes API."""
    async with ScriptedApi().serve() as api:
        yield api


@pytest_asyncio.fixture
async def kube(api: ScriptedApi, tmp_path: Path) -> AsyncIterator[Kube]:
    """Return a connection to it."""
    async with await api.connect(tmp_path) as kube:
        yield kube
