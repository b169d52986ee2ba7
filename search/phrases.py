"""Where a line of Chinese may end: a heading breaks between phrases, never inside a word."""

from __future__ import annotations

from collections.abc import Iterable

from search.text import is_han

# These lean on what stands before them (登录时), other single characters on what follows.
LEANING = frozenset("的了吗呢吧着过地得上下里外中后前时们个些")


def joined(words: Iterable[str]) -> list[str]:
    """Join words to the pieces between which a line may end.

    Args:
        words: all of a text in order, gaps and punctuation included; joined they are the text.
    """
    found: list[str] = []
    last = ""
    for word in words:
        if found and not _may_end(last, word):
            found[-1] += word
        else:
            found.append(word)
        last = word
    return found


def _may_end(last: str, word: str) -> bool:
    """Say whether a line may end between two words; at punctuation browsers know it themselves."""
    if not (is_han(last[-1]) and is_han(word[0])):
        return False
    return word not in LEANING and (len(last) > 1 or last in LEANING)
