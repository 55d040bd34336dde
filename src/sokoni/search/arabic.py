"""Arabic words without the article that is one word with them."""

from typing import Final

_ARTICLES: Final = ("وال", "بال", "فال", "كال", "لل", "ال")
_SHORTEST: Final = 3
"""Letters that a word keeps: "الله" and "الم" are no words with an article."""


def without_article(word: str) -> str:
    """Return a folded word as it stands by itself: "الهاتف" and "للهاتف" are "هاتف"."""
    if not "\u0621" <= word[:1] <= "\u064a":
        return word
    for article in _ARTICLES:
        if word.startswith(article) and len(word) >= len(article) + _SHORTEST:
            return word[len(article) :]
    return word
