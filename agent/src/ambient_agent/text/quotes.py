"""Where a quote stands in a text."""

import re
from typing import Final

from ambient_agent.text.sentences import Sentence

_ALIKE: Final = str.maketrans("‘’‚‛“”„‟‐‑‒–—−\u00a0", "''''\"\"\"\"------ ")  # noqa: RUF001
"""Signs that a model writes for one another; each stays one character, so positions stay."""


def find_quote(text: str, quote: str) -> Sentence | None:
    """Return the passage of a text that a quote repeats, as it stands there, or None.

    White space, quotation marks and dashes may differ in kind; every word must be the text's.
    """
    parts = quote.translate(_ALIKE).split()
    if not parts:
        return None
    match = re.search(r"\s+".join(map(re.escape, parts)), text.translate(_ALIKE))
    if match is None:
        return None
    return Sentence(text[match.start() : match.end()], match.start())
