"""Compares a question with candidate articles: one row of numbers for each candidate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from search.profiles import (
    Floats,
    Ints,
    Lexicon,
    Profiler,
    TextProfile,
    Tokens,
    Told,
    asked_grams,
    bucket,
    held,
)
from search.terms import Terms, compared

LEXICAL = (
    "gram_cosine",
    "gram_known",
    "gram_used",
    "gram_bm25",
    "gram_answer",
    "word_cosine",
    "word_known",
    "word_used",
    "word_bm25",
    "word_answer",
    "word_all",
    "term_all",
    "term_missed",
    "term_foreign",
)
"""`known`: share of the question's information that the best phrasing has; `used`: the share of
that phrasing that the question has; `answer`: share of the question's that the answer has; `all`:
share that the title, the phrasings and the answer have together. `term_*` ask the same of names,
by how rare they are in the language (`search/terms.py`); `missed` is the most telling one that
the article lacks, `foreign` the share that no candidate has, the same for all of them."""

K1, B = 1.2, 0.5

Held = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article as the features need it.

    Attributes:
        asked: all ways to ask: title, phrasings and confirmed past questions.
        answer: plain text; may be empty.
    """

    asked: tuple[str, ...]
    answer: str = ""


class Comparer:
    """Computes the lexical features of one base. Immutable, safe to share between threads."""

    def __init__(self, profiler: Profiler, lexicon: Lexicon) -> None:
        """Args: profiler and lexicon of the same analysis."""
        self._profiler = profiler
        self._lexicon = lexicon
        self._terms = Terms(profiler.analyzer)

    def compare(self, question: str, candidates: Sequence[Candidate]) -> tuple[Floats, list[int]]:
        """Compare one question with candidates.

        Returns:
            float32 (len(candidates), len(LEXICAL)), each value in [0, 1]; and for each
            candidate the index in `asked` of the phrasing that is closest.
        """
        if not candidates:
            return np.zeros((0, len(LEXICAL)), np.float32), []
        asked = self._profiler(question)
        profiles = [self._profiler(text) for one in candidates for text in one.asked]
        answers = [self._profiler.answer(one.answer) for one in candidates]
        first = np.cumsum([0, *(len(one.asked) for one in candidates)])
        columns: list[Floats] = []
        cosines = np.zeros(len(profiles), np.float32)
        for (view, rarity, length), holds in zip(self._views(), _HOLDING, strict=True):
            sought = _Sought(view(asked), rarity)
            texts = _Texts([view(profile) for profile in profiles], sought)
            cosine = texts.cosine()
            cosines += cosine
            parts = (cosine, texts.known(), texts.used())
            columns.extend(np.maximum.reduceat(part, first[:-1]) for part in parts)
            columns.append(texts.bm25(first, length))
            columns.append(sought.share(holds(question, sought, answers)))
        columns.append(_together(profiles, answers, first, sought))
        columns.extend(compared(self._terms(question), _texts(profiles, answers, first)))
        matrix = np.stack(columns, axis=1).astype(np.float32)
        return matrix, [int(cosines[a:b].argmax()) for a, b in pairwise(first)]

    def said(self, text: str) -> float:
        """Return the information of a text's words that some way to ask has, in nats."""
        words, rarity = self._profiler(text).words, self._lexicon.words
        told = rarity[words.ids]
        known = told < rarity.max()
        return float((told * words.weights)[known].sum())

    def foreign(self, question: str, candidates: Sequence[Candidate]) -> float:
        """Return `term_foreign`, the one feature that depends on who else is compared."""
        profiles = [self._profiler(text) for one in candidates for text in one.asked]
        answers = [self._profiler.answer(one.answer) for one in candidates]
        first = np.cumsum([0, *(len(one.asked) for one in candidates)])
        shares = compared(self._terms(question), _texts(profiles, answers, first))[2]
        return float(shares[0]) if len(shares) else 0.0

    def _views(self) -> tuple[tuple[Callable[[TextProfile], Tokens], Floats, float], ...]:
        lexicon = self._lexicon
        return (
            (lambda profile: profile.grams, lexicon.grams, lexicon.length[0]),
            (lambda profile: profile.words, lexicon.words, lexicon.length[1]),
        )


def _grams_held(question: str, sought: _Sought, answers: Sequence[Told]) -> Held:
    """Tell which of the question's grams each answer has."""
    wanted = asked_grams(question)
    places = np.searchsorted(sought.ids, np.array([bucket(gram) for gram in wanted], np.int32))
    there = np.zeros((len(answers), len(sought.ids)), bool)
    found = np.array([held(wanted, answer.folded) for answer in answers], bool)
    rows, columns = np.nonzero(found.reshape(len(answers), -1))
    there[rows, places[columns]] = True
    return there


def _words_held(_question: str, sought: _Sought, answers: Sequence[Told]) -> Held:
    """Tell which of the question's words each answer has."""
    return sought.held([answer.words for answer in answers])


_HOLDING = (_grams_held, _words_held)


def _texts(
    profiles: Sequence[TextProfile], answers: Sequence[Told], first: npt.NDArray[np.int64]
) -> list[str]:
    """Return all folded texts of each article, one below the other."""
    return [
        "\n".join((*(profile.folded for profile in profiles[a:b]), answer.folded))
        for (a, b), answer in zip(pairwise(first), answers, strict=True)
    ]


def _together(
    profiles: Sequence[TextProfile],
    answers: Sequence[Told],
    first: npt.NDArray[np.int64],
    sought: _Sought,
) -> Floats:
    """Return the share of the question's information that all texts of an article have."""
    groups = [
        np.concatenate([answer.words, *(profile.words.ids for profile in profiles[a:b])])
        for (a, b), answer in zip(pairwise(first), answers, strict=True)
    ]
    return sought.share(sought.held(groups))


class _Sought:
    """The question's tokens and what each says in this base."""

    def __init__(self, asked: Tokens, rarity: Floats) -> None:
        self.ids = asked.ids
        self.rarity = rarity
        self.information = rarity[asked.ids] * asked.weights
        self.total = max(float(self.information.sum()), 1e-6)
        vector = self.information * (1 + np.log(asked.counts))
        self.direction = vector / max(float(np.linalg.norm(vector)), 1e-6)

    def held(self, groups: Sequence[Ints]) -> Held:
        """Tell which of the tokens each group of buckets has, (groups, tokens)."""
        there = np.zeros((len(groups), len(self.ids)), bool)
        ids = np.concatenate(groups)
        places = np.searchsorted(self.ids, ids)
        known = places < len(self.ids)
        known[known] = self.ids[places[known]] == ids[known]
        owners = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        there[owners[known], places[known]] = True
        return there

    def share(self, there: Held) -> Floats:
        """Return the share of the information that each row has."""
        return _small(there @ self.information.astype(np.float64) / self.total)


class _Texts:
    """Many texts end to end, with the places of the question's tokens in them."""

    def __init__(self, texts: list[Tokens], sought: _Sought) -> None:
        ids = np.concatenate([text.ids for text in texts])
        self._starts = np.cumsum([0, *(len(text.ids) for text in texts)])
        self._counts = np.concatenate([text.counts for text in texts])
        self._sought = sought
        self._weights = np.concatenate([text.weights for text in texts]) * sought.rarity[ids]
        places = np.searchsorted(sought.ids, ids)
        places[places == len(sought.ids)] = 0
        shared = sought.ids[places] == ids if len(sought.ids) else np.zeros(len(ids), bool)
        self._at = np.flatnonzero(shared)
        self._places = places[self._at]

    def cosine(self) -> Floats:
        """Return the TF-IDF cosine of the question with each text."""
        values = self._weights * (1 + np.log(self._counts))
        norms = np.sqrt(np.maximum(self._sums(values * values), 1e-12))
        products = values[self._at] * self._sought.direction[self._places]
        return _small(self._shared_sums(products) / norms)

    def known(self) -> Floats:
        """Return the share of the question's information that each text has."""
        shared = self._shared_sums(self._sought.information[self._places])
        return _small(shared / self._sought.total)

    def used(self) -> Floats:
        """Return the share of each text's information that the question has."""
        total = np.maximum(self._sums(self._weights), 1e-6)
        return _small(self._shared_sums(self._weights[self._at]) / total)

    def bm25(self, first: npt.NDArray[np.int64], mean: float) -> Floats:
        """Return BM25 of each group of texts, as a share of the highest possible score.

        Args:
            first: index of the first text of each group, and the number of texts at the end.
            mean: length of a group on average.
        """
        sought = self._sought
        size = max(len(sought.ids), 1)
        bounds = self._starts[first]
        groups = np.searchsorted(bounds, self._at, side="right") - 1
        cells = groups * size + self._places
        often = np.bincount(cells, self._counts[self._at], minlength=size * (len(first) - 1))
        often = often.reshape(-1, size)[:, : len(sought.ids)]
        running = np.concatenate([[0.0], np.cumsum(self._counts, dtype=np.float64)])
        length = running[bounds[1:]] - running[bounds[:-1]]
        norm = K1 * (1 - B + B * length / max(mean, 1e-6))
        scores = (often / (often + norm[:, None])) @ sought.information
        return _small(scores / sought.total)

    def _shared_sums(self, values: Floats) -> Floats:
        """Add up values that stand at the shared tokens, for each text."""
        owners = np.searchsorted(self._starts, self._at, side="right") - 1
        sums = np.bincount(owners, values, minlength=len(self._starts) - 1)
        return _small(sums)

    def _sums(self, values: Floats) -> Floats:
        """Add up each text (`reduceat` would repeat a value for an empty one)."""
        running = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
        return _small(running[self._starts[1:]] - running[self._starts[:-1]])


def _small(values: npt.ArrayLike) -> Floats:
    """Return float32, which is enough for a feature."""
    return np.asarray(values, dtype=np.float32)
