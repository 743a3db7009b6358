"""What is said of a page's text: its sentences, what matters in it, where a quote stands."""

from hypothesis import given
from hypothesis import strategies as st

from ambient_agent.text.quotes import find_quote
from ambient_agent.text.relevance import most_relevant
from ambient_agent.text.sentences import Sentence, sentences
from ambient_agent.website.body import decode
from ambient_agent.website.fetch import Fetched
from ambient_agent.website.page import read_page

TEXT = "Home\nThe tower is old. It was built in 1892, for 3.5 million. Who built it? Ada Holm did."


def test_a_text_is_cut_at_full_stops_and_lines() -> None:
    assert [sentence.text for sentence in sentences(TEXT)] == [
        "Home",
        "The tower is old.",
        "It was built in 1892, for 3.5 million.",
        "Who built it?",
        "Ada Holm did.",
    ]


@given(st.text())
def test_every_sentence_stands_where_it_says(text: str) -> None:
    for sentence in sentences(text):
        assert text.startswith(sentence.text, sentence.position)
        assert len(sentence.text) <= 1000


def test_rare_words_count_more_than_common_ones() -> None:
    candidates = list(
        sentences(
            "The tower is tall.\nThe tower is old.\nThe tower has a lamp.\nA lamp costs much."
        )
    )
    found = most_relevant(
        "What does the lamp of the tower cost?", candidates, [""] * len(candidates), 1
    )
    assert [sentence.text for sentence in found] == ["A lamp costs much."]


def test_the_order_is_the_page_s() -> None:
    candidates = list(sentences("Tickets are sold here.\nNothing.\nA ticket costs 12 euros."))
    found = most_relevant("ticket costs", candidates, [""] * len(candidates), 5)
    assert [sentence.position for sentence in found] == [0, 32]


def test_nothing_is_relevant_to_a_question_of_other_words() -> None:
    candidates = list(sentences(TEXT))
    assert most_relevant("What is the weather?", candidates, [""] * len(candidates), 5) == ()


def test_a_quote_is_found_across_lines_and_kinds_of_quotation_marks() -> None:
    text = "She said:\n“It\u2019s late” and\nwent."
    found = find_quote(text, 'said: "It\'s late" and went.')
    assert found is not None
    assert text[found.position :] == found.text == text[4:]


def test_a_quote_with_another_word_is_not_found() -> None:
    assert find_quote("It costs 12 euros.", "It costs 21 euros.") is None
    assert find_quote("It costs 12 euros.", "  ") is None


def page_text(html: str) -> str:
    return read_page(Fetched("https://site.test/a/b", "text/html", html, len(html))).text


def test_a_page_is_read_as_a_person_sees_it() -> None:
    html = """<head><title>T</title></head><body><p>One <b>bold</b> word.</p>after<br>break
    <script>no()</script><p hidden>no</p><ul><li>a</li><li>b&amp;c</li></ul></body>"""
    assert page_text(html) == "One bold word.\nafter\nbreak\na\nb&c"


def test_links_are_whole_urls_of_the_web() -> None:
    html = (
        '<a href="../c?d#e">See</a><a href="mailto:a@b">Write</a><a href="http://h:x/">Odd</a>'
        '<a href="//other.test">Other</a>'
    )
    page = read_page(Fetched("https://site.test/a/b", "text/html", html, len(html)))
    assert [(link.url, link.label) for link in page.links] == [
        ("https://site.test/c?d", "See"),
        ("https://other.test", "Other"),
    ]


@given(st.binary(), st.none() | st.sampled_from(["utf-8", "latin1", "hex", "idna", "utf-16", "?"]))
def test_any_bytes_become_text(body: bytes, charset: str | None) -> None:
    text = decode(body, charset)
    text.encode()
    page_text(text)


def test_a_sentence_is_found_by_the_heading_above_it() -> None:
    candidates = [Sentence("It needs 45 minutes.", 20), Sentence("Dogs are welcome.", 60)]
    headings = ["How long it takes", "Animals"]
    assert most_relevant("How long does it take?", candidates, headings, 5) == (candidates[0],)
