"""Why an article is found for a question, or not: facts for a page that says them in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import not_, select
from sqlalchemy.orm import Session

from authoring import likeness
from kb import articles, pins
from kb.models.knowledge import ARCHIVED, IN_REVIEW, INTERNAL, PUBLIC, SCHEDULED, Article
from search.analysis import Analyzer
from search.explaining import Reading, read
from search.finding import Finding
from search.matches import Match
from search.model import Model
from search.query import parse
from search.text import fold

DEEP = 100
SHOWN = 5
REASONS = 3
LEAST_ALIKE = 0.3
MOST_HIDDEN, MOST_LOOKED_AT = 3, 5_000

# Why an article is hidden from customers.
DRAFT_ONLY, WAITS, PLANNED, TAKEN_DOWN = "draft", "in_review", "scheduled", "archived"
NOT_YET, EXPIRED, AUDIENCE, LANGUAGE = "not_yet", "expired", "audience", "language"


@dataclass(frozen=True, slots=True)
class Difference:
    """A number in which the first article is ahead of the expected one.

    Attributes:
        name: as in `search.features` and `search.meaning`.
        first: value of the first article.
        expected: value of the expected one.
        share: its part of everything in which the first is ahead, in (0, 1].
    """

    name: str
    first: float
    expected: float
    share: float


@dataclass(frozen=True, slots=True)
class Why:
    """What is known about one question and one article.

    Attributes:
        text: the question.
        reading: how it is read.
        matches: what customers find, best first, with the numbers; at most `SHOWN`.
        place: where the expected article stands, from 1; None: not found.
        expected: the expected article's match, if it is found.
        hidden: why customers cannot see it; None when they can.
        barred: its words are not what “phrases” and -words of the question want.
        unknown: words of the question that none of its ways to ask has.
        behind: in what the first article is ahead, most telling first.
        pinned: id of the article that people put first for this question.
        boosts: article id -> boost, of the first and the expected one where there is any.
    """

    text: str
    reading: Reading
    matches: tuple[Match, ...] = ()
    place: int | None = None
    expected: Match | None = None
    hidden: str | None = None
    barred: bool = False
    unknown: tuple[str, ...] = ()
    behind: tuple[Difference, ...] = ()
    pinned: int | None = None
    boosts: Mapping[int, float] | None = None


def explain(
    session: Session,
    finding: Finding,
    text: str,
    article: Article | None,
    *,
    now: datetime,
    language: str | None = None,
) -> Why:
    """Return why customers find what they find, and why not the expected article.

    Args:
        session: the unit of work.
        finding: of this process.
        text: the question.
        article: which one should be first; None when nobody said.
        now: the moment.
        language: of the articles that were asked for; None for all.

    Raises:
        Unavailable: the index or the encoder is down.
    """
    internal = article is not None and article.audience == INTERNAL
    audiences = (PUBLIC, INTERNAL) if internal else (PUBLIC,)
    found = finding.answering(
        session, text, channel="search", limit=DEEP, now=now, audiences=audiences, explain=True
    )
    reading = read(finding.follower.analyzer, text, corrected=found.corrected)
    places = {match.article_id: place for place, match in enumerate(found.matches)}
    place = None if article is None else places.get(article.id)
    expected = None if place is None else found.matches[place]
    first = found.matches[0] if found.matches else None
    return Why(
        text=text,
        reading=reading,
        matches=tuple(found.matches[:SHOWN]),
        place=None if place is None else place + 1,
        expected=expected,
        hidden=hidden_by(article, now=now, language=language) if article else None,
        barred=article is not None and not _allowed(text, article),
        unknown=unknown_words(finding.follower.analyzer, reading, article) if article else (),
        behind=_behind(finding, session, first, expected, now) if place else (),
        pinned=pins.pinned(session, text, fold(text)),
        boosts=_boosts(session, first, article),
    )


def hidden_by(
    article: Article,
    *,
    now: datetime,
    audiences: Sequence[str] = (PUBLIC,),
    language: str | None = None,
) -> str | None:
    """Return the filter that hides an article from those audiences, else None."""
    if article.live_version is None:
        states = {IN_REVIEW: WAITS, SCHEDULED: PLANNED, ARCHIVED: TAKEN_DOWN}
        return states.get(article.state, DRAFT_ONLY)
    if article.publish_at is not None and article.publish_at > now:
        return NOT_YET
    if article.expire_at is not None and article.expire_at <= now:
        return EXPIRED
    if article.audience not in audiences:
        return AUDIENCE
    if language is not None and article.language != language:
        return LANGUAGE
    return None


def _allowed(text: str, article: Article) -> bool:
    """Say whether an article has what the operators of a question want."""
    asked = [article.question, *(phrasing.text for phrasing in article.phrasings)]
    return parse(text).allows([*asked, article.body_text])


def hidden_alike(
    session: Session, text: str, *, now: datetime, limit: int = MOST_HIDDEN
) -> list[tuple[Article, str]]:
    """Return articles that ask much the same but are hidden from customers, with the filter."""
    asked = likeness.pairs(text)
    query = (
        select(Article)
        .where(not_(articles.visible(now, (PUBLIC,))))
        .order_by(Article.id.desc())
        .limit(MOST_LOOKED_AT)
    )
    scored = [
        (likeness.cosine(asked, likeness.pairs(row.question)), -row.id, row)
        for row in session.scalars(query)
    ]
    best = sorted(one for one in scored if one[0] >= LEAST_ALIKE)[::-1][:limit]
    found = [(row, hidden_by(row, now=now)) for _, _, row in best]
    return [(row, reason) for row, reason in found if reason is not None]


def unknown_words(analyzer: Analyzer, reading: Reading, article: Article) -> tuple[str, ...]:
    """Return the telling words of a question that no way to ask an article has.

    Words inside words are left out where the longer one is named already.
    """
    asked = [article.question, *(phrasing.text for phrasing in article.phrasings)]
    known = {word for text in asked for word in analyzer.words(text)}
    missing = [
        word
        for word in reading.telling
        if word not in known and known.isdisjoint(reading.synonyms.get(word, ()))
    ]
    whole = [w for w in missing if not any(w != other and w in other for other in missing)]
    # A single character says little beside a word.
    return tuple(word for word in whole if len(word) > 1) or tuple(whole)


def _behind(
    finding: Finding, session: Session, first: Match | None, expected: Match | None, now: datetime
) -> tuple[Difference, ...]:
    """Return in what the first is ahead; () where the two were not measured alike."""
    if first is None or expected is None or set(first.parts) != set(expected.parts):
        return ()
    weights = _weights(finding, session, first.parts, now)
    ahead = {
        name: weight * (first.parts[name] - expected.parts[name])
        for name, weight in weights.items()
        if name in first.parts
    }
    telling = {name: value for name, value in ahead.items() if value > 0}
    total = sum(telling.values())
    best = sorted(telling, key=lambda name: -telling[name])[:REASONS]
    return tuple(
        Difference(name, first.parts[name], expected.parts[name], telling[name] / total)
        for name in best
    )


def _weights(
    finding: Finding, session: Session, parts: Mapping[str, float], now: datetime
) -> dict[str, float]:
    """Return what each number weighs in the model that was used."""
    knowledge = finding.rehearsal(session, now=now).stage().finder.knowledge
    models: tuple[Model, ...] = (knowledge.semantic, knowledge.lexical)
    model = next((m for m in models if set(m.ranker.names) <= set(parts)), models[-1])
    return dict(zip(model.ranker.names, model.ranker.weights, strict=True))


def _boosts(
    session: Session, first: Match | None, article: Article | None
) -> dict[int, float] | None:
    rows = [article, session.get(Article, first.article_id) if first else None]
    return {row.id: row.boost for row in rows if row is not None and row.boost}
