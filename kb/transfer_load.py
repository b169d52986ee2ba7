"""Bring a bundle into the database: everything, or with the caller's leave the good part."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import articles, attachments, media
from kb.errors import Invalid
from kb.models.knowledge import (
    ARCHIVED,
    PUBLISHED,
    Article,
)
from kb.transfer_article import content_of_row, load_article
from kb.transfer_markdown import PICTURE
from kb.transfer_rows import Bundle, Row
from kb.transfer_site import (
    Import,
    load_categories,
    load_menu,
    load_notices,
    load_pins,
)
from kb.transfer_values import Problem

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_SHOWN_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did.

    Attributes:
        created: articles that were new.
        updated: articles that were changed.
        unchanged: articles that said the same already.
        skipped: records that were left out because something was wrong with them.
        pictures: pictures that stand in the articles.
        categories: categories that were added or changed.
        problems: what was wrong with the skipped ones.
        warnings: what was left out of the others.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    pictures: int = 0
    categories: int = 0
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        named: dict[str, object] = {name: getattr(self, name) for name in Report.__slots__[:6]}
        named["problems"] = [str(problem) for problem in self.problems]
        named["warnings"] = [str(problem) for problem in self.warnings]
        return named


def load(
    session: Session,
    bundle: Bundle,
    *,
    author_id: int | None,
    fold: Callable[[str], str],
    now: datetime,
    skip_bad: bool = False,
) -> Report:
    """Bring a bundle in.

    An article with a known key is updated; a new version is written only when what it says
    differs. Its pending draft, if it has one, stays in its history.

    Args:
        session: the unit of work.
        bundle: from `kb.transfer.read`.
        author_id: who imports; None for the system.
        fold: returns a question with variant characters made one, for pins.
        now: the moment.
        skip_bad: leave out what is wrong; otherwise nothing is imported then.

    Raises:
        Invalid: `import_bad_rows`, with `count` and `problems` (the first 50, as JSON).
    """
    work = Import(session, author_id, fold, now, list(bundle.problems), list(bundle.warnings))
    rows = _good(work, bundle.articles)
    pictures = _pictures(work, bundle, rows)
    if work.problems and not skip_bad:
        shown = [problem.as_dict() for problem in work.problems[:_SHOWN_PROBLEMS]]
        raise Invalid("import_bad_rows", field="file", count=len(work.problems), problems=shown)
    load_categories(work, bundle.categories)
    _keep_pictures(work, pictures)
    _load_articles(work, rows)
    load_menu(work, bundle.menu)
    load_notices(work, bundle.notices)
    load_pins(work, bundle.pins)
    return _report(work, {row.key for row in rows})


def _load_articles(work: Import, rows: Sequence[Row]) -> None:
    _reserve(work, rows)
    for row in rows:
        load_article(work, row)
    _link_again(work, rows)


def _report(work: Import, keys: Set[str]) -> Report:
    return Report(
        created=len(work.created),
        updated=len(work.updated - work.created),
        unchanged=len(keys - work.created - work.updated),
        skipped=len({problem.where for problem in work.problems}),
        pictures=len(work.places),
        categories=work.categories,
        problems=tuple(work.problems),
        warnings=tuple(work.warnings),
    )


def _good(work: Import, rows: Sequence[Row]) -> list[Row]:
    """Return the rows that can be stored, noting what is wrong with the others."""
    kept: list[Row] = []
    seen: dict[str, list[str]] = {}
    for row in rows:
        states = seen.setdefault(row.key, [])
        # A draft may follow its live version; everything else is the same key twice.
        follows = states == [PUBLISHED] and row.state not in (PUBLISHED, ARCHIVED)
        if states and not follows:
            work.problems.append(Problem(row.where, "key", "key_twice", row.key))
            continue
        try:
            articles.tidied(content_of_row(row, None))
        except Invalid as error:
            named = str(error.params.get("field", ""))
            work.problems.append(Problem(row.where, named, error.code))
            continue
        states.append(row.state)
        kept.append(row)
    return kept


def _pictures(work: Import, bundle: Bundle, rows: Sequence[Row]) -> dict[str, media.Picture]:
    """Return the pictures that the rows show, made safe."""
    shown = {m[2] for row in rows for m in PICTURE.finditer(row.body_md)}
    safe: dict[str, media.Picture] = {}
    for name, data in bundle.pictures.items():
        if name not in shown:
            continue
        try:
            safe[name] = attachments.imported(data, name.rpartition("/")[2])
        except Invalid as error:
            work.problems.append(Problem(name, "", error.code))
    return safe


def _keep_pictures(work: Import, pictures: dict[str, media.Picture]) -> None:
    for name, picture in pictures.items():
        filename = name.rpartition("/")[2]
        row = attachments.keep_picture(work.session, picture, filename=filename, now=work.now)
        work.places[name] = attachments.MEDIA + row.name


def _reserve(work: Import, rows: Sequence[Row]) -> None:
    """Make new articles first, so that they can link to each other in any order."""
    known = set(work.session.scalars(select(Article.key)))
    for row in rows:
        if row.key in known:
            continue
        known.add(row.key)
        work.created.add(row.key)
        moment = row.created_at or work.now
        question = articles.tidied(content_of_row(row, None)).question
        work.session.add(
            Article(
                key=row.key,
                question=question,
                slug=articles.slug_of(question),
                version=0,
                owner_id=work.author_id,
                created_at=moment,
                updated_at=moment,
            )
        )
        # One by one: the order of the ids is the order of the file.
        work.session.flush()


def _link_again(work: Import, rows: Sequence[Row]) -> None:
    """Render older articles anew that link to articles which have just come."""
    if not work.created:
        return
    imported = {row.key for row in rows}
    linking = select(Article).where(Article.body_md.contains("](article:", autoescape=True))
    for article in work.session.scalars(linking):
        if article.key not in imported:
            articles.render_again(work.session, article)
