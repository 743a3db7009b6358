"""A session that may have changed arrives; events, a status and a Job leave.

Read, decide, apply. What a phase follows from is in `domain.phases`; here is only the order in
which it is done, so that a process may die at any line: first the events, whose ids follow from
the session, then the status that records them, then what is done to the Job.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from ambient_chassis.telemetry import current_traceparent, span
from ambient_contracts.events import Event
from ambient_contracts.resources import AgenticSession, Project
from session_runner.domain.observation import Action, Admission, Decision, Observed
from session_runner.domain.phases import decide
from session_runner.domain.provenance import cause_of, project_name, traceparent_of
from session_runner.domain.room import Share, capacity
from session_runner.domain.workload import Job, Pod
from session_runner.ports.facts import Facts
from session_runner.ports.life import Clock, Cluster, View

CATCH_UP: Final = 0.2
"""Seconds that a watch that lags behind the API server is given."""


@dataclass(frozen=True)
class Again:
    """Look at the session again after so many seconds."""

    seconds: float


class ReconcileSession:
    """Brings one session as far as it can come now."""

    def __init__(
        self,
        view: View,
        cluster: Cluster,
        facts: Facts,
        clock: Clock,
        *,
        share: Share,
        start_grace: float,
    ) -> None:
        self._view = view
        self._cluster = cluster
        self._facts = facts
        self._clock = clock
        self._share = share
        self._start_grace = start_grace

    async def __call__(self, namespace: str, name: str) -> Again | None:
        """Look at a session, and do what is to be done.

        Raises:
            ApiAwayError: If the API server cannot be asked now.
            StaleError: If the session has changed since it was seen.
            BusUnavailableError: If an event was not stored; nothing was done then.
        """
        session = self._view.session(namespace, name)
        if session is None or project_name(session) is None:
            return None
        seen = await self._observe(session)
        if seen is None:
            return Again(CATCH_UP)
        decision = decide(seen)
        if decision == Decision(again_after=decision.again_after):
            return _again(decision)
        with span("reconcile session", parent=traceparent_of(session), session=name):
            return _again(await self._apply(seen, decision))

    async def _observe(self, session: AgenticSession) -> Observed | None:
        """Return what there is to see, or None if the watches lag behind one another."""
        namespace, name = session.metadata.namespace or "", session.metadata.name
        project = self._view.project(project_name(session) or "")
        job, pods = self._view.job(namespace, name), self._view.pods(namespace, name)
        status = session.status
        open_end = status is None or not status.phase.final
        if job is None and status is not None and status.job_name is not None and open_end:
            # Before the Job counts as gone, the API server itself is asked.
            job = await self._cluster.job(namespace, name)
        ended = job.ended if job else status is not None and status.job_name is not None
        if open_end and ended:
            present = await self._cluster.pods(namespace, name)
            if _lags(pods, present):
                return None
            pods = _merged(pods, present)
        return Observed(
            session=session,
            now=self._clock(),
            job=job if job and job.belongs_to(session.metadata.uid) else None,
            pods=tuple(pod for pod in pods if _of_job(pod, job)),
            admission=_admission(project),
            before=self._view.before(session),
            capacity=capacity(project.spec.quota, self._share) if project else 0,
            exceptions=self._view.website_exceptions(),
            start_grace=self._start_grace,
        )

    async def _apply(self, seen: Observed, decision: Decision) -> Decision:
        await self._state(seen.session, decision.events)
        if decision.action is Action.CREATE_JOB:
            stated = decision.events
            trace = current_traceparent() or traceparent_of(seen.session)
            launched = await self._cluster.create_job(seen.session, seen.exceptions, trace)
            seen = replace(seen, launched=launched)
            decision = decide(seen)
            await self._state(seen.session, (e for e in decision.events if e not in stated))
        if decision.status is not None:
            await self._cluster.write_status(seen.session, decision.status)
        await self._act(seen, decision.action)
        return decision

    async def _state(self, session: AgenticSession, events: Iterable[Event]) -> None:
        # One after the other, so that the stream has them in the order in which they happened.
        for event in events:
            because = (session.metadata.uid, event.verb)
            cause = cause_of(session, event.verb)
            await self._facts.publish(self._facts.fact(event, because=because, cause=cause))

    async def _act(self, seen: Observed, action: Action | None) -> None:
        if action is Action.ADD_FINALIZER:
            await self._cluster.add_finalizer(seen.session)
        elif action is Action.REMOVE_FINALIZER:
            await self._cluster.remove_finalizer(seen.session)
        elif action is Action.DELETE_JOB and seen.job is not None:
            await self._cluster.delete_job(seen.job)


def _again(decision: Decision) -> Again | None:
    return None if decision.again_after is None else Again(decision.again_after)


def _admission(project: Project | None) -> Admission:
    if project is None:
        return Admission.MISSING
    leaving = project.metadata.deletion_timestamp is not None
    return Admission.SUSPENDED if leaving or project.spec.suspended else Admission.OPEN


def _lags(seen: tuple[Pod, ...], present: tuple[Pod, ...]) -> bool:
    """Whether a Pod is gone of which the watch has not shown the end yet."""
    there = {pod.metadata.uid for pod in present}
    return any(pod.terminated is None and pod.metadata.uid not in there for pod in seen)


def _merged(seen: tuple[Pod, ...], present: tuple[Pod, ...]) -> tuple[Pod, ...]:
    """Return every try once, as it is now where it still is."""
    by_uid = {pod.metadata.uid: pod for pod in (*seen, *present)}
    return tuple(by_uid.values())


def _of_job(pod: Pod, job: Job | None) -> bool:
    """Whether the Pod is a try of this Job, and not of one before it of the same name."""
    owners = pod.metadata.owner_references
    return job is None or not owners or any(owner.uid == job.metadata.uid for owner in owners)
