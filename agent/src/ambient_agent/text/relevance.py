"""Which sentences of a page have to do with a question, by the words that they share.

A sentence scores the sum, over the question's words that it holds, of how rare each word is on
this page: `log(1 + n / sentences with it)`, divided by the square root of the sentence's own length
in words beyond twelve, so that a long list does not win by its length. A word that stands in the
heading above a sentence counts half. Nothing is learned, nothing is random: whoever reads the page
can follow the choice.
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
    question: str, candidates: Sequence[Sentence], headings: Sequence[str], count: int
) -> tuple[Sentence, ...]:
    """Return the sentences that share most with a question, in the order of the page.

    None where no sentence, and no heading above one, shares a word with it.

    Args:
        question: What is asked.
        candidates: The sentences, in the order of the page.
        headings: Above each sentence, the heading that it stands under, or nothing.
        count: How many are returned at most.
    """
    asked = {word for word in words(question) if word not in _COMMON}
    bags = [words(sentence.text) for sentence in candidates]
    above = [asked.intersection(words(heading)) for heading in headings]
    seen = Counter(
        word
        for bag, over in zip(bags, above, strict=True)
        for word in asked.intersection(bag) | over
    )
    rarity = {word: math.log(1 + len(bags) / times) for word, times in seen.items()}
    scores = []
    for bag, over in zip(bags, above, strict=True):
        own = asked.intersection(bag)
        # fsum, so that the order in which a set gives its words cannot tip a tie.
        score = math.fsum([rarity[word] for word in own] + [rarity[w] / 2 for w in over - own])
        scores.append(score / math.sqrt(max(1.0, len(bag) / _PLAIN_LENGTH)))
    ranked = sorted(range(len(bags)), key=lambda index: (-scores[index], index))
    best = [index for index in ranked if scores[index] > 0][:count]
    return tuple(candidates[index] for index in sorted(best))
