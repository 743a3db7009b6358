"""Stands in for the agent: does what its prompt says, word by word, and reports.

Words: `say:TEXT` writes a line, `use:TOKENS` counts usage, `wait:SECONDS` waits and ends early on
SIGTERM, `exit:CODE` ends with a code and no report, `once-exit:CODE` does so on the first try only.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any


class Stopped(Exception):  # noqa: N818 - what happens
    """SIGTERM has come."""


def _stop(*_: object) -> None:
    raise Stopped


def report(outcome: str, tokens: int, **more: Any) -> None:
    usage = {"inputTokens": tokens, "outputTokens": 0, "costUSD": 0}
    said = {"outcome": outcome, "usage": usage, **more}
    Path(os.environ["AMBIENT_TERMINATION_PATH"]).write_text(json.dumps(said))


def main() -> None:
    signal.signal(signal.SIGTERM, _stop)
    task = json.loads(os.environ["AMBIENT_TASK"])
    folder = Path(os.environ["DOUBLE_FOLDER"])
    marks = folder / f"{task['project']}.{task['session']}"
    first = not marks.exists()
    marks.write_text(f"{os.getpid()} {os.environ['TRACEPARENT']}")
    tokens = 0
    try:
        for word in task["prompt"].split():
            verb, _, value = word.partition(":")
            if verb == "say":
                print(value, flush=True)
            elif verb == "use":
                tokens += int(value)
            elif verb == "wait":
                time.sleep(float(value))
            elif verb == "exit" or (verb == "once-exit" and first):
                sys.exit(int(value))
    except Stopped:
        report("failed", tokens, reason="Cancelled", message="it was stopped")
        sys.exit(1)
    report("succeeded", tokens, result={"agent": "extract", "answer": "42", "citations": []})


if __name__ == "__main__":
    main()
