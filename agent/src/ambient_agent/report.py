"""The report: written where Kubernetes takes a container's termination message from.

Kubernetes cuts a message at 4096 bytes and does not care for JSON; so it is cut here, between
characters, and what is written can always be parsed.
"""

from pathlib import Path
from typing import Final

from ambient_contracts.agent import REPORT_BYTES_MAX, AgentReport
from ambient_contracts.resources.session import Result

_MESSAGE_BYTES: Final = 1024
_NAME_BYTES: Final = 128
_ANSWER_BYTES: Final = 1536
"""An answer keeps this much before a citation is kept at its cost."""


def render(report: AgentReport, limit: int = REPORT_BYTES_MAX) -> bytes:
    """Return the report as JSON of at most `limit` bytes of UTF-8.

    The message is cut first, then citations are left out from the last one on while they leave the
    answer less than it needs, then the answer is cut. `result.truncated` says that something is
    missing.
    """
    whole = _json(report)
    if len(whole) <= limit:
        return whole
    words = {
        "message": report.message and _cut(report.message, _MESSAGE_BYTES),
        "reason": report.reason and _cut(report.reason, _NAME_BYTES),
    }
    report = report.model_copy(update=words)
    if report.result is None:
        return _json(report)
    name = report.result.model and _cut(report.result.model, _NAME_BYTES)
    return _fitted(report, report.result.model_copy(update={"model": name}), limit)


def write(report: AgentReport, path: Path) -> None:
    """Write the report; the file is the container runtime's and may be written, not replaced."""
    path.write_bytes(render(report))


def _fitted(report: AgentReport, result: Result, limit: int) -> bytes:
    def attempt(answer: str, citations: int) -> bytes:
        kept = result.citations[:citations]
        cut = answer != result.answer or citations < len(result.citations)
        shorter = {"answer": answer, "citations": kept, "truncated": cut or result.truncated}
        return _json(report.model_copy(update={"result": result.model_copy(update=shorter)}))

    citations = len(result.citations)
    least = _cut(result.answer, _ANSWER_BYTES)
    while citations and len(attempt(least, citations)) > limit:
        citations -= 1
    fits, too_long = 0, len(result.answer) + 1
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if len(attempt(result.answer[:middle], citations)) <= limit:
            fits = middle
        else:
            too_long = middle
    return attempt(result.answer[:fits], citations)


def _cut(text: str, size: int) -> str:
    """Return the longest beginning of a text that takes at most `size` bytes in JSON."""
    taken = 0
    for index, character in enumerate(text):
        taken += 6 if character < " " or character in '"\\\x7f' else len(character.encode())
        if taken > size:
            return text[:index]
    return text


def _json(report: AgentReport) -> bytes:
    return report.model_dump_json(by_alias=True, exclude_none=True).encode()
