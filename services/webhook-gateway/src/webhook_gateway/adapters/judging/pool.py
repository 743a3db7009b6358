"""A few judges, each of which has one delivery at a time."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import structlog

from ambient_contracts.resources import Trigger
from webhook_gateway.adapters.judging.exchange import Task
from webhook_gateway.adapters.judging.process import DiedError, JudgeProcess
from webhook_gateway.domain.judging import Judgement
from webhook_gateway.ports import BusyError

WAIT_SECONDS: Final = 10.0
"""How long a delivery waits for its judgements, the wait for a judge included; Jira waits 20 s."""
REST_SECONDS: Final = 5.0
"""How long a project waits after its triggers have ended a judge: a new one costs the others."""
_log = structlog.get_logger()


class JudgePool:
    """Judges that are started when they are first needed, and again when they have died."""

    def __init__(self, *, size: int, milliseconds: int, mebibytes: int) -> None:
        self._milliseconds = milliseconds
        self._mebibytes = mebibytes
        # The one that came back last is taken first: it is warm.
        self._idle: asyncio.LifoQueue[JudgeProcess | None] = asyncio.LifoQueue()
        for _ in range(size):
            self._idle.put_nowait(None)
        self._resting: dict[str, float] = {}

    async def run(self) -> None:
        """Have one judge ready before the first delivery needs it; end all when cancelled."""
        try:
            async with self._judge():
                pass
            await asyncio.Event().wait()
        finally:
            await self.close()

    async def close(self) -> None:
        """End the judges that are idle."""
        while not self._idle.empty():
            judge = self._idle.get_nowait()
            if judge is not None:
                await judge.end()

    async def __call__(
        self, project: str, triggers: Sequence[Trigger], event: str, raw: bytes
    ) -> tuple[Judgement, ...]:
        """Judge triggers; those that were not reached when a judge died have failed.

        Raises:
            BusyError: If no judge has time for it, or its project rests.
        """
        task = Task(
            event=event, triggers=tuple(triggers), size=len(raw), milliseconds=self._milliseconds
        )
        try:
            async with asyncio.timeout(WAIT_SECONDS), self._judge() as judge:
                judgements = await self._judged(project, judge, task, raw)
        except TimeoutError as error:
            raise BusyError("Too many deliveries are being judged.") from error
        except (DiedError, OSError) as error:
            _log.error("judge_failed", reason=str(error))
            raise BusyError("It could not be judged.") from error
        if judgements is None:
            raise BusyError("The project's triggers took all there is a moment ago.")
        return judgements

    @asynccontextmanager
    async def _judge(self) -> AsyncIterator[JudgeProcess]:
        judge = await self._idle.get()
        try:
            if judge is None or not judge.is_alive:
                judge = await JudgeProcess.start(self._mebibytes)
            yield judge
        except BaseException:
            # Whatever it still says is not for the next delivery.
            self._idle.put_nowait(None)
            if judge is not None:
                await judge.end()
            raise
        else:
            self._idle.put_nowait(judge)

    async def _judged(
        self, project: str, judge: JudgeProcess, task: Task, raw: bytes
    ) -> tuple[Judgement, ...] | None:
        """Return the judgements, or None while the project rests.

        Raises:
            DiedError: If the process was killed from outside, which says nothing of the triggers.
        """
        if time.monotonic() < self._resting.get(project, 0):
            return None
        judged: list[Judgement] = []
        try:
            await judge.judge(task, raw, judged)
        except DiedError as error:
            if error.was_killed:
                raise
            self._resting[project] = time.monotonic() + REST_SECONDS
            first, *others = task.triggers[len(judged) :]
            judged.append(Judgement.failed(first.name, str(error)))
            reason = f"it was not reached, for {first.name} took all there is"
            judged += [Judgement.failed(other.name, reason) for other in others]
        return tuple(judged)
