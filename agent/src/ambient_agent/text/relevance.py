"""Which sentences of a page have to do with a question, by the words that they share.

A sentence scores the sum, over the question's words that it holds, of how rare each word is on
this page: `log(1 + n / sentences with it)`, divided by the square root of the sentence's own length
in words beyond twelve, so that a long list does not win by its length. Nothing is learned, nothing
is random: whoever reads the page can follow the choice.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from ambient_agent.text.sentences import Sentence

_WORD: Final = re.compile(r"\w+")
_COMMON: Final = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by can do does for from has have how i in is it its me my of on or "
        "our please so tell that the their them there these they this to us was we what when where "
        "which who why will with you your about all any page website site",
    )
)
_PLAIN_LENGTH: Final = 12


def words(text: str) -> tuple[str, ...]:
    """Return a text's words as they are compared: in lower case, without a plural's `s`."""
    found = (match.group().casefold() for match in _WORD.finditer(text))
    return tuple(
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
        for word in found
    )


def most_relevant(
    question: str, candidates: Sequence[Sentence], count: int
) -> tuple[Sentence, ...]:
    """Return the sentences that share most with a question, in the order of the page.

    None where no sentence shares a word with it.
    """
    asked = {word for word in words(question) if word not in _COMMON}
    bags = [words(sentence.text) for sentence in candidates]
    seen = Counter(word for bag in bags for word in asked.intersection(bag))
    rarity = {word: math.log(1 + len(bags) / times) for word, times in seen.items()}
    scores = [
        sum(rarity[word] for word in asked.intersection(bag))
        / math.sqrt(max(1.0, len(bag) / _PLAIN_LENGTH))
        for bag in bags
    ]
    ranked = sorted(range(len(bags)), key=lambda index: (-scores[index], index))
    best = [index for index in ranked if scores[index] > 0][:count]
    return tuple(candidates[index] for index in sorted(best))
