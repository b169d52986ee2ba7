"""Text → the tokens under which it is indexed and asked.

Recall before elegance: dictionary words in search mode (long words and the words inside them),
pairs of characters so that nothing is unfindable, Latin words and part numbers, and sound. Each
kind is a field of its own with its own weight.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

from search import latin, pinyin
from search.dictionaries import Dictionaries
from search.phrases import joined
from search.pieces import CHINESE, LATIN, characters, pairs, pieces, placed_pairs
from search.segmenter import open_segmenter
from search.text import FOLD_VERSION, fold, is_han
from search.weights import FUNCTION_WORDS, STOP_WEIGHT

VERSION = "3"
"""Changes whenever the same text would be cut differently; indexes are then rebuilt."""

FIELDS: Mapping[str, float] = {
    "question": 3.0,
    "phrasings": 2.5,
    "answer": 1.0,
    "names": 0.8,
    "bigram": 2.0,
    "answer_bigram": 0.3,
    "pinyin": 0.8,
    "initials": 0.4,
    "latin": 2.0,
}
"""Field → weight of a match in it.

`bigram` covers question and phrasings, `answer_bigram` the answer, `names` categories and tags,
`latin` the part numbers of everything, `pinyin` and `initials` question and phrasings.
"""

WORD_FIELDS = ("question", "phrasings", "answer", "names")

BOUNDARY = "¶"
"""Token between two phrasings, so that no phrase runs over from one into the next."""

_MIXED = re.compile(r"[a-z0-9].*[^\x00-\x7f]|[^\x00-\x7f].*[a-z0-9]")


class Analyzer:
    """Turns text into tokens with one company's dictionaries.

    Immutable after construction and safe to share between threads. Edited dictionaries mean a
    new Analyzer (tens of milliseconds), never a restart.
    """

    def __init__(
        self, dictionaries: Dictionaries | None = None, *, segmenter: str = "auto"
    ) -> None:
        """Prepare.

        Args:
            dictionaries: the company's words; None for none.
            segmenter: one of `search.segmenter.NAMES`; they cut alike.
        """
        self.dictionaries = dictionaries or Dictionaries()
        self.version = _version(self.dictionaries)
        words = _own_words(self.dictionaries)
        self._segmenter = open_segmenter((w for w in words if all(map(is_han, w))), segmenter)
        self._mixed = _alternation(word for word in words if _MIXED.search(word))
        self._synonyms = _synonym_map(self.dictionaries)
        self._canonical = _canonical_words(self.dictionaries)
        self._english: dict[str, tuple[str, ...]] = {}
        for word, *chinese in self.dictionaries.english:
            for form in {word, latin.stem(word)}:
                known = self._english.get(form, ())
                self._english[form] = tuple(dict.fromkeys([*known, *chinese]))
        self._light = FUNCTION_WORDS | self.dictionaries.stop_words

    def words(self, text: str) -> tuple[str, ...]:
        """Return the word tokens in reading order: long words and the words inside them.

        Args:
            text: as written; it is folded here.
        """
        return tuple(self._words(fold(text)))

    def spans(self, folded: str) -> list[tuple[str, int]]:
        """Cut folded text once, without the words inside words; each with its start."""
        found: list[tuple[str, int]] = []
        for piece in pieces(folded):
            if piece.kind != CHINESE:
                found.append((piece.text, piece.start))
                continue
            start = piece.start
            for word in self._segmenter.cut(piece.text):
                found.append((word, start))
                start += len(word)
        return found

    def phrases(self, text: str) -> list[str]:
        """Cut a text as it is written into the pieces between which a line may end."""
        return joined(self._segmenter.cut(text))

    def bigrams(self, text: str) -> tuple[str, ...]:
        """Return pairs of neighbouring characters; a Latin word is one token of the stream.

        Consecutive tokens overlap, so a phrase of them is an exact substring.
        """
        return tuple(pairs(fold(text)))

    def pairs(self, folded: str) -> list[tuple[str, int]]:
        """Return the pair stream of folded text, each token with its start."""
        return placed_pairs(folded)

    def frequency(self, word: str) -> int:
        """Return how often the language uses a word (jieba's counts); 0 for unknown ones."""
        return self._segmenter.frequency(word)

    def common(self, uses: int) -> list[str]:
        """Return the Chinese words that the language uses so often, single characters too."""
        return self._segmenter.common(uses)

    def weight(self, word: str) -> float:
        """Return how much a word says, in (0, 1]: little for question words and politeness."""
        if word in self._light:
            return STOP_WEIGHT
        return 0.5 if len(word) == 1 and is_han(word) else 1.0

    def synonyms(self, word: str) -> tuple[str, ...]:
        """Return the other words of this folded word's groups; () for most words."""
        return self._synonyms.get(word, ()) + self._english.get(word, ())

    def canonical(self, word: str) -> str:
        """Return the word that stands for this folded word's synonyms; mostly itself."""
        return self._canonical.get(word, word)

    def glosses(self, word: str) -> tuple[str, ...]:
        """Return the Chinese that an English word means; () for those not in the dictionary."""
        return self._english.get(word) or self._english.get(latin.stem(word), ())

    @property
    def own_words(self) -> frozenset[str]:
        """All folded words that the dictionaries keep whole."""
        return frozenset(_own_words(self.dictionaries))

    @property
    def english_words(self) -> frozenset[str]:
        """All English words that the dictionaries know."""
        return frozenset(self._english)

    @property
    def synonym_words(self) -> frozenset[str]:
        """All words that have synonyms; some are longer than one token."""
        return frozenset(self._synonyms)

    def document_fields(
        self,
        question: str,
        phrasings: Sequence[str],
        answer: str,
        category_names: Sequence[str],
        *,
        tags: Sequence[str] = (),
    ) -> Mapping[str, str]:
        """Analyse one document.

        Args:
            question: the title; plain text.
            phrasings: other ways to ask.
            answer: plain text without markup; what exceeds `search.text.MAX_CHARS` is ignored.
            category_names: shown names of the category and those above it.
            tags: further words of the editors.

        Returns:
            A text of tokens joined by one blank for each of `FIELDS`; equal input and version
            give equal output.
        """
        asked = [fold(question), *map(fold, phrasings)]
        folded_answer = fold(answer)
        fields = {
            "question": self._words(asked[0]),
            "phrasings": self._apart(map(self._words, asked[1:])),
            "answer": self._words(folded_answer),
            "names": self._apart(self._words(fold(name)) for name in (*category_names, *tags)),
            "bigram": self._apart(map(pairs, asked)) + _single_characters(asked),
            "answer_bigram": pairs(folded_answer) + _single_characters([folded_answer]),
            "pinyin": [token for text in asked for token in pinyin.tokens(text)],
            "initials": self._initials(asked),
            "latin": [code for text in (*asked, folded_answer) for code in latin.codes(text)],
        }
        return {name: " ".join(tokens) for name, tokens in fields.items()}

    def _words(self, folded: str) -> list[str]:
        found: list[str] = []
        for piece in pieces(folded):
            if piece.kind == CHINESE:
                found.extend(self._segmenter.cut_for_search(piece.text))
            elif piece.kind == LATIN:
                found.extend(latin.words(piece.text))
            else:
                found.append(piece.text)
        return found + (self._mixed.findall(folded) if self._mixed else [])

    def _initials(self, asked: Iterable[str]) -> list[str]:
        found: list[str] = []
        for text in asked:
            found.extend(pinyin.initials([word for word, _ in self.spans(text)]))
        return list(dict.fromkeys(found))

    @staticmethod
    def _apart(groups: Iterable[list[str]]) -> list[str]:
        """Join token lists with a boundary between two."""
        joined: list[str] = []
        for group in groups:
            if joined and group:
                joined.append(BOUNDARY)
            joined.extend(group)
        return joined


def _single_characters(texts: Iterable[str]) -> list[str]:
    """Each character once, after a boundary: a question of one character finds it."""
    single = characters(texts)
    return [BOUNDARY, *single] if single else []


def _version(dictionaries: Dictionaries) -> str:
    parts = (FOLD_VERSION, VERSION, *sorted(_own_words(dictionaries)))
    return f"{VERSION}.{FOLD_VERSION}-{hashlib.sha256(repr(parts).encode()).hexdigest()[:12]}"


def _own_words(dictionaries: Dictionaries) -> list[str]:
    """User words and the words of synonym groups: a synonym must come out whole to be seen."""
    grouped = (word for group in dictionaries.synonyms for word in group)
    words = (fold(word) for word in (*dictionaries.user_words, *grouped))
    return list(dict.fromkeys(word for word in words if len(word) > 1))


def _synonym_map(dictionaries: Dictionaries) -> dict[str, tuple[str, ...]]:
    others: dict[str, dict[str, None]] = {}
    for group in dictionaries.synonyms:
        for word in group:
            others.setdefault(word, {}).update(dict.fromkeys(w for w in group if w != word))
    return {word: tuple(found) for word, found in others.items()}


def _canonical_words(dictionaries: Dictionaries) -> dict[str, str]:
    """Return word -> the word that stands for the first group that it, or a synonym, is in."""
    found: dict[str, str] = {}
    for group in dictionaries.synonyms:
        first = next((found[word] for word in group if word in found), group[0])
        for word in group:
            found.setdefault(word, first)
    return found


def _alternation(words: Iterable[str]) -> re.Pattern[str] | None:
    ordered = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))) if ordered else None
