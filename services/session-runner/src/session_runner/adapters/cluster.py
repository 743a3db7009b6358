"""What bringing a session along asks of the API server and writes to it."""

from ambient_contracts.names import SESSION_LABEL
from ambient_contracts.resources import AgenticSession, SessionStatus
from ambient_contracts.website import WebsiteException
from ambient_kube import JOBS, PODS, AlreadyExists, Invalid, Kube, KubeError
from session_runner.adapters.job_manifest import Blueprint, job_manifest
from session_runner.adapters.manifest import finalizers_patch, status_patch
from session_runner.adapters.refusals import find, never, over_quota, translated
from session_runner.adapters.resources import AGENTIC_SESSIONS
from session_runner.domain.observation import FINALIZER, Launch, Launched
from session_runner.domain.workload import Job, Pod


class KubeCluster:
    """As `ports.life.Cluster`, under the runner's own identity."""

    def __init__(self, kube: Kube, blueprint: Blueprint) -> None:
        self._kube = kube
        self._blueprint = blueprint

    async def job(self, namespace: str, name: str) -> Job | None:
        """Return a Job as it is now."""
        found = await find(self._kube, JOBS, name, namespace)
        return Job.model_validate(found) if found else None

    async def pods(self, namespace: str, session: str) -> tuple[Pod, ...]:
        """Return a session's Pods as they are now."""
        with translated():
            found = await self._kube.list(
                PODS, namespace, label_selector=f"{SESSION_LABEL}={session}"
            )
        return tuple(Pod.model_validate(each) for each in found)

    async def create_job(
        self, session: AgenticSession, exceptions: tuple[WebsiteException, ...], trace: str
    ) -> Launched:
        """Make the session's Job."""
        manifest = job_manifest(session, exceptions, self._blueprint, trace)
        with translated():
            try:
                await self._kube.create(JOBS, manifest)
            except AlreadyExists:
                return await self._found(session)
            except KubeError as error:
                if over_quota(error):
                    return Launched(Launch.OVER_QUOTA, error.message)
                if isinstance(error, Invalid) or never(error):
                    return Launched(Launch.REFUSED, error.message)
                raise
        return Launched(Launch.MADE)

    async def delete_job(self, job: Job) -> None:
        """End the Job; it stays until its Pods have ended."""
        meta = job.metadata
        with translated():
            await self._kube.delete(
                JOBS,
                meta.name,
                meta.namespace,
                propagation="Foreground",
                uid=meta.uid,
                missing_ok=True,
            )

    async def write_status(self, session: AgenticSession, status: SessionStatus) -> None:
        """Record a session's status."""
        patch = status_patch(session, status)
        await self._patch(session, patch, subresource="status")

    async def add_finalizer(self, session: AgenticSession) -> None:
        """Hold the session."""
        await self._patch(
            session, finalizers_patch(session, [*session.metadata.finalizers, FINALIZER])
        )

    async def remove_finalizer(self, session: AgenticSession) -> None:
        """Let go of the session."""
        others = [each for each in session.metadata.finalizers if each != FINALIZER]
        await self._patch(session, finalizers_patch(session, others))

    async def _patch(
        self, session: AgenticSession, patch: dict[str, object], subresource: str | None = None
    ) -> None:
        meta = session.metadata
        with translated():
            await self._kube.patch(
                AGENTIC_SESSIONS, meta.name, patch, meta.namespace, subresource=subresource
            )

    async def _found(self, session: AgenticSession) -> Launched:
        job = await self.job(session.metadata.namespace or "", session.metadata.name)
        ours = job is not None and job.belongs_to(session.metadata.uid)
        return Launched(Launch.MADE if ours else Launch.NAME_TAKEN)
