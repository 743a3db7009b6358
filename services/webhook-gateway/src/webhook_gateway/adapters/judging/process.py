"""One judge's process, from the gateway's side."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from typing import Final, Self

from webhook_gateway.adapters.judging.exchange import LINE_MAX, Task
from webhook_gateway.domain.judging import Judgement

_MODULE: Final = "webhook_gateway.adapters.judging.worker"


class DiedError(Exception):
    """The process has ended; the message says why, as a trigger's reason."""

    def __init__(self, reason: str, *, was_killed: bool = False) -> None:
        super().__init__(reason)
        self.was_killed = was_killed


class JudgeProcess:
    """A process that judges one delivery at a time."""

    def __init__(self, process: Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("a judge is spoken to by pipes")
        self._process = process
        self._tasks, self._judgements = process.stdin, process.stdout

    @classmethod
    async def start(cls, mebibytes: int) -> Self:
        """Start a process, and return when it takes tasks.

        Raises:
            DiedError: If it ends at once.
        """
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", _MODULE, str(mebibytes)),
            stdin=PIPE,
            stdout=PIPE,
            limit=LINE_MAX,
            # No password of the gateway's is in its reach, and no signal of the terminal's.
            env={},
            start_new_session=True,
        )
        judge = cls(process)
        try:
            started = await judge._judgements.readline()
        except BaseException:
            await judge.end()
            raise
        if not started:
            raise await judge._death()
        return judge

    @property
    def is_alive(self) -> bool:
        """Whether it takes tasks."""
        return self._process.returncode is None

    async def judge(self, task: Task, raw: bytes, judged: list[Judgement]) -> None:
        """Add each judgement to `judged` as it comes.

        Raises:
            DiedError: If the process ends before the last.
        """
        try:
            self._tasks.write(task.model_dump_json(by_alias=True).encode() + b"\n" + raw)
            await self._tasks.drain()
            while len(judged) < len(task.triggers):
                judged.append(Judgement.model_validate_json(await self._judgements.readline()))
        except (ValueError, OSError) as error:
            raise await self._death() from error

    async def end(self) -> None:
        """End the process, whatever it does."""
        if self.is_alive:
            self._process.kill()
        self._tasks.close()
        await self._process.wait()

    async def _death(self) -> DiedError:
        await self._process_ended()
        if self._process.returncode == -signal.SIGPROF:
            return DiedError("it takes more processor time than it may")
        return DiedError(
            "it cannot be evaluated: the process that tried has crashed",
            was_killed=self._process.returncode == -signal.SIGKILL,
        )

    async def _process_ended(self) -> None:
        """Let a process that closed its output end by itself, so that its exit code is its own."""
        try:
            async with asyncio.timeout(1):
                await self._process.wait()
        except TimeoutError:
            pass
        finally:
            await self.end()
