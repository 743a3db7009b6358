"""The report fits into a termination message, whatever is in it."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ambient_agent.report import render, write
from ambient_contracts.agent import REPORT_BYTES_MAX, AgentReport
from ambient_contracts.resources.session import Citation, Result, Usage

lengthy = st.builds(lambda text, times: text * times, st.text(max_size=40), st.integers(1, 200))
citations = st.builds(
    Citation,
    url=lengthy.map(lambda text: text[:2048]),
    quote=lengthy.map(lambda text: text[:2048]),
    position=st.integers(0, 10**9),
)
results = st.builds(
    Result,
    agent=st.sampled_from(["model", "extract"]),
    model=st.none() | lengthy,
    answer=lengthy.map(lambda text: text[:8192]),
    citations=st.lists(citations, max_size=16).map(tuple),
)
reports = st.builds(
    AgentReport,
    outcome=st.sampled_from(["succeeded", "failed"]),
    reason=st.none() | lengthy,
    message=st.none() | lengthy,
    result=st.none() | results,
    usage=st.builds(Usage, input_tokens=st.integers(0), output_tokens=st.integers(0)),
)


@given(reports)
def test_a_report_fits_and_parses_and_says_whether_it_was_cut(report: AgentReport) -> None:
    rendered = render(report)
    assert len(rendered) <= REPORT_BYTES_MAX
    read = AgentReport.model_validate_json(rendered)
    assert (read.outcome, read.usage) == (report.outcome, report.usage)
    if report.result is not None:
        assert read.result is not None
        assert report.result.answer.startswith(read.result.answer)
        whole = (read.result.answer, read.result.citations) == (
            report.result.answer,
            report.result.citations,
        )
        assert read.result.truncated == (not whole)


def test_a_long_answer_is_cut_and_keeps_what_citations_leave_room_for() -> None:
    cited = tuple(Citation(url="https://a.test/", quote="é" * 500, position=n) for n in range(9))
    report = AgentReport(
        outcome="succeeded", result=Result(agent="extract", answer="x" * 8000, citations=cited)
    )
    kept = json.loads(render(report))["result"]
    assert kept["truncated"] is True
    assert len(kept["answer"]) >= 1500
    assert len(kept["citations"]) == 2
    assert REPORT_BYTES_MAX - len(render(report)) < 10


def test_a_file_that_is_there_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "termination-log"
    path.write_bytes(b"x" * 5000)
    report = AgentReport(outcome="failed", reason="Cancelled")
    write(report, path)
    assert AgentReport.model_validate_json(path.read_bytes()) == report
