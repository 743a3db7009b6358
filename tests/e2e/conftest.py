"""The whole platform, its people, and what a test makes in it."""

from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import Any, Protocol

import pytest

from ambient_cli.demo.page import served, url_of
from ambient_local import Platform
from ambient_local.websites import write_exceptions
from ambient_testkit.events import Events
from ambient_testkit.running import run_apart

from .people import Project, made_project


class MakeProject(Protocol):
    """Makes a project; what is given goes into its spec."""

    def __call__(self, **spec: Any) -> Awaitable[Project]: ...


@pytest.fixture(scope="session")
def page(platform: Platform) -> Iterator[str]:
    """A real page on this machine, which sessions may visit."""
    with served() as where:
        run_apart(write_exceptions(platform.kubeconfig, (where,)))
        yield url_of(where)
        run_apart(write_exceptions(platform.kubeconfig, ()))


@pytest.fixture(scope="module")
def project(platform: Platform, page: str) -> Project:
    """A project of the file's tests, whose one trigger takes every webhook to the page."""
    return run_apart(made_project(platform, page))


@pytest.fixture
def make_project(platform: Platform, page: str) -> MakeProject:
    """What makes a project for one test."""

    def make(**spec: Any) -> Awaitable[Project]:
        return made_project(platform, page, **spec)

    return make


@pytest.fixture
async def events(platform: Platform) -> AsyncIterator[Events]:
    """Every event of the platform since the test began."""
    observer = await platform.connect("observer", patient=True)
    async with Events.watch(observer) as seen:
        yield seen
    await observer.close()
