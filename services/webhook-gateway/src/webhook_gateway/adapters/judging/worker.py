"""A judge: `python -m webhook_gateway.adapters.judging.worker MEBIBYTES`.

Tasks arrive on its standard input, judgements leave on its standard output, one line for each
trigger as soon as it is judged. It opens nothing, knows no secret, and ends with its input. When a
task takes more processor time than it has, the kernel ends the process by SIGPROF.
"""

import resource
import signal
import sys
from typing import BinaryIO

from webhook_gateway.adapters.judging.exchange import Task
from webhook_gateway.domain.json_body import parse
from webhook_gateway.domain.judging import Judgement, judge


def main() -> None:
    """Judge until the input ends."""
    _bound_process(int(sys.argv[1]))
    tasks, judgements = sys.stdin.buffer, sys.stdout.buffer
    judgements.write(b"\n")
    judgements.flush()
    while line := tasks.readline():
        task = Task.model_validate_json(line)
        _judge(task, tasks.read(task.size), judgements)


def _judge(task: Task, raw: bytes, judgements: BinaryIO) -> None:
    signal.setitimer(signal.ITIMER_PROF, task.milliseconds / 1000)
    body = parse(raw)
    for trigger in task.triggers:
        try:
            judgement = judge(trigger, task.event, body)
        except MemoryError:
            judgement = Judgement.failed(trigger.name, "it takes more memory than it may")
        except Exception as error:  # noqa: BLE001 - one trigger must not stop the others
            judgement = Judgement.failed(trigger.name, f"{type(error).__name__}: {error}"[:256])
        judgements.write(judgement.model_dump_json().encode() + b"\n")
        judgements.flush()
    signal.setitimer(signal.ITIMER_PROF, 0)


def _bound_process(mebibytes: int) -> None:
    memory = mebibytes * 1024**2
    bounds = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 16,
    }
    for kind, bound in bounds.items():
        resource.setrlimit(kind, (bound, bound))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    main()
