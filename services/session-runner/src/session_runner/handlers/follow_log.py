"""A session's name arrives; what its agent writes leaves, try after try, until the session ends."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from ambient_contracts.resources import AgenticSession
from session_runner.domain.workload import Pod
from session_runner.ports.desk import Desk

LOOK_AGAIN: Final = 0.5
"""Seconds between two looks for the next try."""


class FollowLog:
    """Reads the log of a session's Pods with the reader's own rights."""

    def __init__(self, look_again: float = LOOK_AGAIN) -> None:
        self._look_again = look_again

    async def __call__(
        self, desk: Desk, namespace: str, name: str, *, follow: bool
    ) -> AsyncIterator[bytes]:
        """Yield the log of each try, the oldest first; if `follow`, until the session has ended.

        What the API server refuses is raised as the desk raises it.
        """
        shown: set[str] = set()
        while True:
            session = await desk.get(namespace, name)
            new = [
                pod
                for pod in _in_order(await desk.pods(namespace, name))
                if pod.metadata.uid not in shown and pod.started_at is not None
            ]
            for pod in new:
                shown.add(pod.metadata.uid)
                namespace, pod_name = pod.metadata.namespace or "", pod.metadata.name
                async for part in desk.log(namespace, pod_name, follow=follow):
                    yield part
            if not follow or (_ended(session) and not new):
                return
            if not new:
                await asyncio.sleep(self._look_again)


def _ended(session: AgenticSession) -> bool:
    return session.status is not None and session.status.phase.final


def _in_order(pods: tuple[Pod, ...]) -> list[Pod]:
    return sorted(pods, key=lambda pod: pod.started_at.timestamp() if pod.started_at else 0)
