"""One-click remedies for a question that finds the wrong article, with what each would change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from authoring import phrasings, upkeep
from kb import articles, audit, pins
from kb.access import Actor, require
from kb.articles import Content
from kb.errors import Invalid
from kb.models.knowledge import Article
from search import glossary
from search.base import Card
from search.dictionaries import Dictionaries, parse
from search.rehearsal import NOTHING, Edit, Rehearsal
from search.text import fold

PHRASING, SYNONYM, WORD, PIN, BOOST = "phrasing", "synonym", "word", "pin", "boost"
MOST_WORDS, LONGEST_WORD, LONGEST_PHRASING = 8, 30, 300

# kind -> who may do it (`kb.access`).
VERBS: Mapping[str, str] = MappingProxyType(
    {
        PHRASING: "article.publish",
        SYNONYM: "dictionary.write",
        WORD: "dictionary.write",
        PIN: "article.pin",
        BOOST: "article.pin",
    }
)


@dataclass(frozen=True, slots=True)
class Remedy:
    """What somebody wants to do about a question.

    Attributes:
        kind: a key of `VERBS`.
        article_id: the article that should be found; not looked at for words.
        text: the question; what is added as a phrasing, or pinned.
        words: a group that means the same, or one word that stays whole.
        boost: where the article stands, in log-odds; 0 is where it stands by itself.
    """

    kind: str
    article_id: int
    text: str = ""
    words: tuple[str, ...] = ()
    boost: float = 0.0


def checked(remedy: Remedy) -> Remedy:
    """Return a remedy as it will be done. Raises Invalid naming the field."""
    if remedy.kind not in VERBS:
        raise Invalid("refused", field="kind")
    words = tuple(dict.fromkeys(w for w in map(_word, remedy.words) if w))
    tidy = replace(remedy, text=" ".join(remedy.text.split()), words=words)
    if tidy.kind in (PHRASING, PIN) and not tidy.text:
        raise Invalid("question_missing", field="text")
    if tidy.kind in (PHRASING, PIN) and len(tidy.text) > LONGEST_PHRASING:
        raise Invalid("text_too_long", field="text", limit=LONGEST_PHRASING)
    if tidy.kind in (SYNONYM, WORD):
        _check_words(tidy)
    if tidy.kind == BOOST and not abs(tidy.boost) <= upkeep.MAX_BOOST:
        raise Invalid("boost_range", field="boost", limit=upkeep.MAX_BOOST)
    return tidy


def _word(text: str) -> str:
    return " ".join(text.replace(",", " ").replace("，", " ").split())


def _check_words(remedy: Remedy) -> None:
    wanted = 2 if remedy.kind == SYNONYM else 1
    many = MOST_WORDS if remedy.kind == SYNONYM else 1
    if not wanted <= len(remedy.words) <= many:
        raise Invalid("words_count", field="words", least=wanted, limit=many)
    if any(len(word) > LONGEST_WORD for word in remedy.words):
        raise Invalid("text_too_long", field="words", limit=LONGEST_WORD)
    # A comment sign would silently end the line of the list.
    if any("#" in word for word in remedy.words):
        raise Invalid("words_sign", field="words")


def edit_of(session: Session, rehearsal: Rehearsal, remedy: Remedy) -> Edit:
    """Return what would be different for those who are asked in a rehearsal.

    An article that they cannot see changes nothing for them. Raises NotFound.
    """
    if remedy.kind in (SYNONYM, WORD):
        added = _added(remedy)
        return Edit(dictionaries=glossary.current(session).merge(added))
    article = articles.get(session, remedy.article_id)
    key = f"{articles.ARTICLE}:{article.id}"
    if remedy.kind == PIN:
        return Edit(pin=(remedy.text, key))
    card = rehearsal.stage().base.cards([key]).get(key)
    if card is None:
        return NOTHING
    if remedy.kind == BOOST:
        return Edit(card=replace(card, boost=remedy.boost))
    return Edit(card=replace(card, phrasings=(*card.phrasings, remedy.text)))


def near(remedy: Remedy) -> tuple[str, ...]:
    """Return what says which questions a remedy may touch; () for all of the article's."""
    if remedy.kind == BOOST:
        return ()
    return remedy.words or (remedy.text,)


def _added(remedy: Remedy) -> Dictionaries:
    if remedy.kind == SYNONYM:
        return parse(synonyms=",".join(remedy.words))
    return parse(user_words=remedy.words[0])


def card_of(article_id: int, content: Content, answer: str, *, boost: float = 0.0) -> Card:
    """Return an article as the finder would see it with this content.

    Args:
        article_id: which; of a new one any number that no article has.
        content: all of it.
        answer: its answer as plain text.
        boost: as `Article.boost`.
    """
    return Card(
        id=article_id,
        question=content.question,
        phrasings=tuple(content.phrasings),
        answer=answer,
        audience=content.audience,
        language=content.language,
        boost=boost,
    )


def apply(session: Session, remedy: Remedy, *, actor: Actor, now: datetime) -> None:
    """Do it. Raises Forbidden, NotFound, Conflict, Invalid."""
    require(actor, VERBS[remedy.kind])
    _DEEDS[remedy.kind](session, remedy, actor, now)


def _phrasing(session: Session, remedy: Remedy, actor: Actor, now: datetime) -> None:
    phrasings.add(session, remedy.article_id, [remedy.text], actor=actor, now=now)


def _words(session: Session, remedy: Remedy, actor: Actor, now: datetime) -> None:
    if remedy.kind == SYNONYM:
        glossary.add_synonyms(session, remedy.words, now=now)
    else:
        glossary.add_user_word(session, remedy.words[0], now=now)
    thing = ("dictionary", None)
    audit.note(session, actor, "dictionary.saved", thing, now=now, added=list(remedy.words))


def _pin(session: Session, remedy: Remedy, actor: Actor, now: datetime) -> None:
    folded = fold(remedy.text)
    pins.put(session, remedy.text, remedy.article_id, actor=actor, now=now, folded=folded)


def _boost(session: Session, remedy: Remedy, actor: Actor, now: datetime) -> None:
    upkeep.pin(session, remedy.article_id, boost=remedy.boost, actor=actor, now=now)


_Deed = Callable[[Session, Remedy, Actor, datetime], None]
_DEEDS: Mapping[str, _Deed] = MappingProxyType(
    {PHRASING: _phrasing, SYNONYM: _words, WORD: _words, PIN: _pin, BOOST: _boost}
)


def boosted(session: Session) -> list[Article]:
    """Return the articles that people moved up or down, highest first."""
    query = select(Article).where(Article.boost != 0).order_by(Article.boost.desc(), Article.id)
    return list(session.scalars(query))
