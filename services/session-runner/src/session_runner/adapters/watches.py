"""The cluster as five watches show it: sessions, Jobs, Pods, projects, and the platform's settings.

Jobs and Pods are those with a session's label alone. What a change concerns is said here too, so
that the controller looks at those sessions and no others.
"""

import asyncio
from collections.abc import Iterable
from typing import Final

from ambient_contracts.names import PLATFORM_NAMESPACE, SESSION_LABEL, namespace_of
from ambient_contracts.resources import AgenticSession, Project
from ambient_contracts.website import WebsiteException
from ambient_kube import CONFIG_MAPS, JOBS, PODS, Controller, Informer, Key, Kube
from session_runner.adapters.backlog import Backlog, ended
from session_runner.adapters.resources import AGENTIC_SESSIONS, PLATFORM, PROJECTS
from session_runner.adapters.tries import Tries, session_of
from session_runner.adapters.websites import PlatformConfig
from session_runner.domain.workload import Job, Pod

_NEXT: Final = 4
"""Sessions that are looked at when another of their project has ended."""


class Watches:
    """As `ports.life.View`."""

    def __init__(self, kube: Kube) -> None:
        self._sessions = Informer(kube, AGENTIC_SESSIONS, parse=AgenticSession.model_validate)
        self._jobs = Informer(kube, JOBS, parse=Job.model_validate, label_selector=SESSION_LABEL)
        self._pods = Informer(kube, PODS, parse=Pod.model_validate, label_selector=SESSION_LABEL)
        self._projects = Informer(kube, PROJECTS, parse=Project.model_validate)
        self._platform = Informer(
            kube,
            CONFIG_MAPS,
            parse=PlatformConfig.model_validate,
            namespace=PLATFORM_NAMESPACE,
            field_selector=f"metadata.name={PLATFORM}",
        )
        self._backlog, self._tries = Backlog(), Tries()
        self._sessions.subscribe_changes(lambda change: self._on_session(change.key, change.new))
        self._pods.subscribe_changes(
            lambda change: self._tries.on_pod(change.key, change.old, change.new)
        )

    def feed(self, controller: Controller) -> None:
        """Have the controller look at each session that a change concerns."""

        def wake_next(key: Key) -> None:
            if _gone(self._sessions.get(key.namespace, key.name)):
                for waiting in self._backlog.waiting(key.namespace, _NEXT):
                    controller.enqueue(waiting)

        controller.watch(self._sessions)
        self._sessions.subscribe(wake_next)
        controller.watch(self._jobs)
        controller.watch(self._pods, _of_pod)
        controller.watch(self._projects, self._of_project)
        controller.watch(self._platform, lambda _key, _config: ())

    async def run(self) -> None:
        """Watch, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for informer in (
                self._sessions,
                self._jobs,
                self._pods,
                self._projects,
                self._platform,
            ):
                group.create_task(informer.run())

    def session(self, namespace: str, name: str) -> AgenticSession | None:
        """Return a session, or None."""
        return self._sessions.get(namespace, name)

    def job(self, namespace: str, name: str) -> Job | None:
        """Return a Job, or None."""
        return self._jobs.get(namespace, name)

    def pods(self, namespace: str, session: str) -> tuple[Pod, ...]:
        """Return a session's Pods, with those that were seen to end before they went."""
        return self._tries.of(Key(namespace, session))

    def project(self, name: str) -> Project | None:
        """Return a project, or None."""
        return self._projects.get(None, name)

    def before(self, session: AgenticSession) -> int:
        """Return how many older sessions of the project have not ended."""
        return self._backlog.before(session)

    def website_exceptions(self) -> tuple[WebsiteException, ...]:
        """Return the website exceptions."""
        config = self._platform.get(PLATFORM_NAMESPACE, PLATFORM)
        return config.exceptions() if config else ()

    def _on_session(self, key: Key, session: AgenticSession | None) -> None:
        self._backlog.on_session(key, session)
        if _gone(session):
            self._tries.forget(key)

    def _of_project(self, key: Key, _project: Project | None) -> Iterable[Key]:
        return self._backlog.waiting(namespace_of(key.name))


def _of_pod(key: Key, pod: Pod | None) -> Iterable[Key]:
    session = session_of(key, pod)
    return () if session is None else (session,)


def _gone(session: AgenticSession | None) -> bool:
    return session is None or ended(session)
