import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ambient_contracts.subjects import InvalidSubjectError, Source, Subject, every

LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)


@given(project=st.none() | LABEL, source=LABEL)
def test_a_subject_that_was_built_parses_to_itself(project: str | None, source: str) -> None:
    subject = Subject(project, source, "session", "requested.v2")
    assert Subject.parse(str(subject)) == subject


@given(st.text(alphabet=string.printable, max_size=60))
def test_any_text_parses_to_what_it_says_or_is_refused(text: str) -> None:
    try:
        parsed = Subject.parse(text)
    except InvalidSubjectError:
        return
    assert str(parsed) == text


@pytest.mark.parametrize("part", ["*", ">", "a.b", "", "a b", "A", "a\n"])
def test_a_part_that_would_change_the_subject_is_refused(part: str) -> None:
    with pytest.raises(InvalidSubjectError):
        Subject(part, Source.RUNNER, "session", "created")


def test_a_bots_source_names_the_bot() -> None:
    assert Subject.parse("ambient.ml.bot-ci.session.requested").bot == "ci"
    assert Subject.parse("ambient.ml.gateway.session.requested").bot is None


def test_a_fact_of_no_project_stands_under_an_underscore() -> None:
    assert str(Subject(None, "audit", "ledger", "checkpointed")).startswith("ambient._.audit.")


def test_wildcards_are_written_in_one_place() -> None:
    assert every(source="runner") == "ambient.*.runner.>"
    assert every(kind="session.requested") == "ambient.*.*.session.requested"
