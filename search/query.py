"""A person's question → the engine's `Query`.

Words and pairs of characters always take part; sound only where the text is Latin letters or
when the caller says that too little was found, so that 景点 never competes with 经典. The number
of terms is capped, so a pasted page costs no more than a long question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search import latin, pinyin
from search.analysis import FIELDS, WORD_FIELDS, Analyzer
from search.engine import ARTICLE, Phrase, Query, Term
from search.pieces import pieces
from search.text import fold, is_cjk
from search.weights import STOP_WEIGHT

MAX_TEXT = 4_000
"""Characters of a question that are read."""

MAX_WORDS = 40
MAX_BIGRAMS = 60
MAX_SYNONYMS = 12
MAX_SOUNDS = 24

SYNONYM_WEIGHT = 0.6
SWAP_WEIGHT = 0.5

_OPERATORS_UP_TO = 200
# Only what stands by itself: in “提示“网络异常”怎么办” somebody quotes, and asks for nothing exact.
_QUOTED = re.compile(
    r"(?<!\S)(?:\"([^\"]{1,100})\"|“([^”]{1,100})”|「([^」]{1,100})」|『([^』]{1,100})』)(?!\S)"
)
_EXCLUDED = re.compile(r"(?:^|(?<=\s))-(?=[^\s-])(\S+)")
_PAIR_FIELDS = ("bigram", "answer_bigram")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A question with its operators taken out.

    Attributes:
        text: folded words to look for, quoted ones included.
        quoted: folded texts that must occur as they are.
        excluded: folded texts that must not occur.
    """

    text: str
    quoted: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Say whether there were no operators."""
        return not self.quoted and not self.excluded

    def allows(self, texts: Iterable[str]) -> bool:
        """Say whether what is written somewhere has what must occur and nothing excluded."""
        folded = [fold(text) for text in texts]

        def occurs(wanted: str) -> bool:
            return any(wanted in text for text in folded)

        return all(map(occurs, self.quoted)) and not any(map(occurs, self.excluded))


def build(
    analyzer: Analyzer,
    text: str,
    *,
    audiences: Sequence[str],
    categories: Sequence[str] = (),
    language: str | None = None,
    kinds: Sequence[str] = (ARTICLE,),
    use_pinyin: bool | None = None,
    operators: bool | None = None,
) -> Query:
    """Turn a question into a query.

    Args:
        analyzer: the one whose version made the index.
        text: as the person wrote it; only the first `MAX_TEXT` characters are read.
        audiences: which documents may be found; never empty.
        categories: slugs; empty for all.
        language: BCP 47 tag; None for all.
        kinds: `ARTICLE`, `TICKET`.
        use_pinyin: None: for what is typed in Latin letters only; True: also for the sound of
            the Chinese characters and for swapped characters, because too little was found;
            False: never.
        operators: whether "…" and -word are read as operators; None: in short texts of one
            line, as in a search box, and not in a mail.

    Returns:
        A query; without terms when nothing can be looked for (emoji only, empty).
    """
    parsed = parse(text, operators=operators)
    weights = dict(_wanted(analyzer, parsed.text, use_pinyin=use_pinyin))
    return Query(
        terms=tuple(Term(field, token, weight) for (field, token), weight in weights.items()),
        phrases=_phrases(analyzer, parsed.quoted),
        excluded=_phrases(analyzer, parsed.excluded),
        audiences=tuple(audiences),
        categories=tuple(categories),
        language=language,
        kinds=tuple(kinds),
    )


def parse(text: str, *, operators: bool | None = None) -> Parsed:
    """Take quotation marks and exclusions out of a question; see `build`."""
    folded = fold(text, limit=MAX_TEXT).strip()
    if operators is None:
        operators = len(folded) <= _OPERATORS_UP_TO and "\n" not in folded
    if not operators:
        return Parsed(folded)
    quoted = tuple(next(filter(None, found)) for found in _QUOTED.findall(folded))
    rest = _QUOTED.sub(" ", folded)
    excluded = tuple(_EXCLUDED.findall(rest))
    kept = _EXCLUDED.sub(" ", rest)
    return Parsed(" ".join([kept.strip(), *quoted]).strip(), quoted, excluded)


def content_words(analyzer: Analyzer, folded: str) -> dict[str, float]:
    """Return the words of folded text with their weights, the most telling ones first.

    At most `MAX_WORDS`; of a long text those that the language uses least.
    """
    weights = {word: analyzer.weight(word) for word in analyzer.words(folded)}
    if len(weights) <= MAX_WORDS:
        return weights
    telling = sorted(weights, key=lambda word: (-weights[word], analyzer.frequency(word)))
    return {word: weights[word] for word in telling[:MAX_WORDS]}


def synonyms_fired(analyzer: Analyzer, folded: str) -> dict[str, tuple[str, ...]]:
    """Return word in the text → the words that are looked for as well."""
    fired = {word: analyzer.synonyms(word) for word in analyzer.words(folded)}
    for word in analyzer.synonym_words:
        if word not in fired and word in folded and not word.isascii():
            fired[word] = analyzer.synonyms(word)
    return {word: others for word, others in fired.items() if others}


def marks(analyzer: Analyzer, text: str) -> tuple[str, ...]:
    """Return the folded words to mark in what was found, the most telling first.

    Words with content and their synonyms; pairs of characters follow, so that something is
    marked when a word of the question occurs in no answer as a whole.
    """
    folded = parse(text).text
    words = {w: v for w, v in content_words(analyzer, folded).items() if v > STOP_WEIGHT}
    # One character is in too many words to be marked beside longer ones.
    telling = [word for word in words if len(word) > 1] or list(words)
    ordered = sorted(telling, key=lambda word: (-words[word], -len(word)))
    others = [word for group in synonyms_fired(analyzer, folded).values() for word in group]
    pairs = [p for p, v in pair_weights(analyzer, folded).items() if v == 1.0 and len(p) > 1]
    return tuple(dict.fromkeys([*ordered, *others[:MAX_SYNONYMS], *pairs]))


def _wanted(
    analyzer: Analyzer, folded: str, *, use_pinyin: bool | None
) -> dict[tuple[str, str], float]:
    """Collect (field, token) → weight; the highest weight of a token counts."""
    wanted: dict[tuple[str, str], float] = {}
    sources = [
        _words(analyzer, folded),
        _synonyms(analyzer, folded),
        _bigrams(analyzer, folded),
        ((("latin", code), 1.0) for code in latin.codes(folded)[:MAX_WORDS]),
    ]
    if use_pinyin is not False:
        sources.append(_typed(folded))
    if use_pinyin:
        sources.append(_sounds(analyzer, folded))
    for source in sources:
        for (field, token), weight in source:
            weight *= FIELDS[field]
            wanted[field, token] = max(weight, wanted.get((field, token), 0.0))
    return wanted


_Weighted = Iterable[tuple[tuple[str, str], float]]


def _words(analyzer: Analyzer, folded: str) -> _Weighted:
    for word, weight in content_words(analyzer, folded).items():
        for field in WORD_FIELDS:
            yield (field, word), weight


def _synonyms(analyzer: Analyzer, folded: str) -> _Weighted:
    others = [word for group in synonyms_fired(analyzer, folded).values() for word in group]
    for other in list(dict.fromkeys(others))[:MAX_SYNONYMS]:
        for token in analyzer.words(other):
            for field in WORD_FIELDS:
                yield (field, token), SYNONYM_WEIGHT * analyzer.weight(token)


def _bigrams(analyzer: Analyzer, folded: str) -> _Weighted:
    for pair, weight in pair_weights(analyzer, folded).items():
        for field in _PAIR_FIELDS:
            yield (field, pair), weight


def pair_weights(analyzer: Analyzer, folded: str) -> dict[str, float]:
    """Return each pair of characters with its weight: the mean of what its two words say."""
    says = [0.0] * len(folded)
    for word, start in analyzer.spans(folded):
        says[start : start + len(word)] = [analyzer.weight(word)] * len(word)
    weights: dict[str, float] = {}
    for token, start in analyzer.pairs(folded):
        part = says[start : start + len(token)]
        weights[token] = max(sum(part) / len(part), weights.get(token, 0.0))
    telling = sorted(weights, key=lambda token: -weights[token])[:MAX_BIGRAMS]
    return {token: weights[token] for token in telling}


def _typed(folded: str) -> _Weighted:
    """Read Latin letters as pinyin and as initials."""
    letters = [piece.text for piece in pieces(folded) if piece.kind == "latin"]
    alone = not any(map(is_cjk, folded))
    for token in pinyin.typed(" ".join(letters))[:MAX_SOUNDS]:
        yield ("pinyin", token), 1.0
    if alone and len(letters) <= 4:
        for word in letters:
            if word.isalpha() and 2 <= len(word) <= 8:
                yield ("initials", word), 1.0


def _sounds(analyzer: Analyzer, folded: str) -> _Weighted:
    """Read Chinese characters by their sound, and pairs the other way round."""
    for token in pinyin.tokens(folded)[:MAX_SOUNDS]:
        yield ("pinyin", token), 1.0
    for pair in list(pair_weights(analyzer, folded))[:MAX_SOUNDS]:
        if len(pair) == 2 and all(map(is_cjk, pair)):
            yield ("bigram", pair[::-1]), SWAP_WEIGHT


def _phrases(analyzer: Analyzer, texts: Iterable[str]) -> tuple[Phrase, ...]:
    """Write each text as neighbouring pairs, which is the text itself wherever it occurs."""
    found = (_substring(analyzer.bigrams(text)) for text in texts)
    return tuple(Phrase(_PAIR_FIELDS, tokens) for tokens in found if tokens)


def _substring(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out a single character at either end: inside a longer run it is part of a pair."""
    while len(tokens) > 1 and len(tokens[0]) == 1 and is_cjk(tokens[0]):
        tokens = tokens[1:]
    while len(tokens) > 1 and len(tokens[-1]) == 1 and is_cjk(tokens[-1]):
        tokens = tokens[:-1]
    return tokens
