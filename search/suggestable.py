"""What can be suggested while somebody types, read from the database as lines of the shelf."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import askings, categories
from kb.models.knowledge import Article, Phrasing
from search import pinyin
from search.analysis import Analyzer
from search.engine import ARTICLE
from search.shelf import Line
from search.text import fold, is_cjk

CATEGORY = "category"
ASKING = askings.KIND


def articles_and_categories(
    session: Session, analyzer: Analyzer, numbers: Sequence[int] | None
) -> Iterable[tuple[tuple[str, int], list[Line]]]:
    """Yield targets with their texts: all, or some articles and every category."""
    live = select(Article.id, Article.question).where(Article.live_version.is_not(None))
    others = select(Phrasing.article_id, Phrasing.text).order_by(Phrasing.position)
    if numbers is not None:
        live = live.where(Article.id.in_(numbers))
        others = others.where(Phrasing.article_id.in_(numbers))
    phrasings: dict[int, list[str]] = {}
    for article_id, text in session.execute(others):
        phrasings.setdefault(article_id, []).append(text)
    for article_id, question in session.execute(live):
        target = (ARTICLE, article_id)
        texts = [question, *phrasings.get(article_id, ())]
        yield target, [_entry(analyzer, text, target, place) for place, text in enumerate(texts)]
    for category in categories.tree(session):
        target = (CATEGORY, category.id)
        names = [name for name in (category.name, category.name_en) if name]
        yield target, [_entry(analyzer, text, target, place) for place, text in enumerate(names)]


def adopted_askings(
    session: Session, analyzer: Analyzer, numbers: Sequence[int] | None
) -> Iterable[tuple[tuple[str, int], list[Line]]]:
    """Yield what others asked and the desk adopted: all, or some."""
    for number, text in askings.adopted(session, numbers).items():
        yield (ASKING, number), [_entry(analyzer, text, (ASKING, number), 0)]


def _entry(analyzer: Analyzer, text: str, target: tuple[str, int], place: int) -> Line:
    """Prepare one text; only titles are found by their sound, which is the costly part."""
    folded = fold(text)
    if place or not any(map(is_cjk, folded)):
        return Line(folded, target, place == 0, (), ())
    words = [word for word, _ in analyzer.spans(folded)]
    sounds = tuple(dict.fromkeys(pinyin.tokens(folded)))
    return Line(folded, target, True, sounds, tuple(pinyin.initial_rows(words)))
