"""From HTML to the text that a person would read, a line for each block of it.

What is quoted, counted and cited is this text: a position in it is a position for everybody.
"""

import re
from dataclasses import dataclass
from typing import Final

import httpx
from selectolax.lexbor import LexborHTMLParser

from ambient_agent.website.fetch import Fetched

_UNSEEN: Final = (
    "script, style, noscript, template, svg, iframe, object, canvas, head, [hidden], "
    "[aria-hidden=true], select, textarea"
)
_BLOCKS: Final = (
    "address, article, aside, blockquote, br, caption, dd, details, div, dl, dt, fieldset, "
    "figcaption, figure, footer, form, h1, h2, h3, h4, h5, h6, header, hr, legend, li, main, nav, "
    "ol, option, p, pre, section, summary, table, tbody, td, tfoot, th, thead, tr, ul"
)
_HEADINGS: Final = "h1, h2, h3, h4, h5, h6, caption, legend, summary"
_BREAK: Final = "\x1e"
_LINKS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page as text."""

    url: str
    title: str
    text: str
    size: int
    """The bytes that it came in."""
    links: tuple[Link, ...] = ()
    headings: frozenset[str] = frozenset()
    """The lines of the text that are headings."""


def read_page(fetched: Fetched) -> Page:
    """Read a fetched page."""
    if fetched.content_type == "text/plain":
        lines = re.split(r"[\r\n\x0c]+", fetched.text)
        return Page(fetched.url, "", _joined(lines), fetched.size)
    tree = LexborHTMLParser(fetched.text.replace(_BREAK, " "))
    title = tree.css_first("title")
    heading = " ".join(title.text().split()) if title else ""
    links = _links(tree, fetched.url)
    for node in tree.css(_UNSEEN):
        node.decompose()
    for node in tree.css(_BLOCKS):
        node.insert_before(_BREAK)
        node.insert_after(_BREAK)
    text = tree.body.text(deep=True, separator="") if tree.body else ""
    headings = frozenset(
        " ".join(node.text().replace(_BREAK, " ").split()) for node in tree.css(_HEADINGS)
    )
    return Page(fetched.url, heading, _joined(text.split(_BREAK)), fetched.size, links, headings)


def _joined(lines: list[str]) -> str:
    return "\n".join(line for line in (" ".join(raw.split()) for raw in lines) if line)


def _links(tree: LexborHTMLParser, base: str) -> tuple[Link, ...]:
    found: dict[str, Link] = {}
    for node in tree.css("a[href]"):
        try:
            url = httpx.URL(base).join(node.attributes.get("href") or "").copy_with(fragment=None)
        except (httpx.InvalidURL, ValueError):
            continue
        if url.scheme in {"http", "https"} and len(found) < _LINKS_MAX:
            label = " ".join(node.text().split())[:120]
            found.setdefault(str(url), Link(str(url), label))
    return tuple(found.values())
