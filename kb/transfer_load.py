"""Bring a bundle into the database: everything, or with the caller's leave the good part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import articles, attachments, changes, media, schedule
from kb.articles import ARTICLE, Content, Version
from kb.errors import Invalid
from kb.models.knowledge import (
    ARCHIVED,
    PUBLISHED,
    SCHEDULED,
    Article,
)
from kb.models.people import User
from kb.transfer_markdown import PICTURE
from kb.transfer_rows import Bundle, Row
from kb.transfer_site import Import, category_id_of, load_categories, load_menu, load_notices
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
        now: the moment.
        skip_bad: leave out what is wrong; otherwise nothing is imported then.

    Raises:
        Invalid: `import_bad_rows`, with `count` and `problems` (the first 50, as JSON).
    """
    work = Import(session, author_id, now, list(bundle.problems), list(bundle.warnings))
    rows = _good(work, bundle.articles)
    pictures = _pictures(work, bundle, rows)
    if work.problems and not skip_bad:
        shown = [problem.as_dict() for problem in work.problems[:_SHOWN_PROBLEMS]]
        raise Invalid("import_bad_rows", field="file", count=len(work.problems), problems=shown)
    load_categories(work, bundle.categories)
    _keep_pictures(work, pictures)
    _reserve(work, rows)
    for row in rows:
        _load_article(work, row)
    _link_again(work, rows)
    load_menu(work, bundle.menu)
    load_notices(work, bundle.notices)
    keys = {row.key for row in rows}
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
            articles.tidied(_content(row, None))
        except Invalid as error:
            named = str(error.params.get("field", ""))
            work.problems.append(Problem(row.where, named, error.code))
            continue
        states.append(row.state)
        kept.append(row)
    return kept


def _content(row: Row, category_id: int | None) -> Content:
    return Content(
        question=row.question,
        body_md=row.body_md,
        phrasings=row.phrasings,
        category_id=category_id,
        audience=row.audience,
        language=row.language,
        applies_to=row.applies_to,
    )


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
        question = articles.tidied(_content(row, None)).question
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


def _load_article(work: Import, row: Row) -> None:
    article = work.session.scalars(select(Article).where(Article.key == row.key)).one()
    before = (article.version, article.live_version, article.state)
    content = articles.tidied(_content(_with_places(work, row), category_id_of(work, row)))
    _bring_to_state(work, article, row, content)
    changed = _set_facts(work, article, row)
    if changed or before != (article.version, article.live_version, article.state):
        work.updated.add(row.key)
    if row.key in work.created:
        article.updated_at = row.updated_at or work.now
        article.published_at = row.published_at or article.published_at
    work.session.flush()


def _with_places(work: Import, row: Row) -> Row:
    """Return a row whose pictures stand under their addresses on the site."""

    def settle(match: re.Match[str]) -> str:
        place = work.places.get(match[2])
        return f"{match[1]}{place}{match[3]}" if place else match[0]

    return replace(row, body_md=PICTURE.sub(settle, row.body_md))


def _bring_to_state(work: Import, article: Article, row: Row, content: Content) -> None:
    state = row.state
    if state == SCHEDULED and row.publish_at is not None and row.publish_at <= work.now:
        state = PUBLISHED
    if state == PUBLISHED:
        if not _live_says(work, article, content):
            _save(work, article, content, render=False)
            articles.go_live(work.session, article, now=work.now)
        return
    if state == article.state and _latest_says(work, article, content):
        return
    _save(work, article, content, always=article.state == PUBLISHED and state != ARCHIVED)
    if state == ARCHIVED:
        articles.withdraw(work.session, article, now=work.now)
    article.state = state
    if state == SCHEDULED and row.publish_at is not None:
        schedule.plan(work.session, schedule.PUBLISH, article, at=row.publish_at, now=work.now)


def _live_says(work: Import, article: Article, content: Content) -> bool:
    if article.live_version is None:
        return False
    live = articles.revision(work.session, article.id, article.live_version)
    return articles.content_of(live) == content


def _latest_says(work: Import, article: Article, content: Content) -> bool:
    if article.version == 0:
        return False
    return articles.content_of(articles.latest(work.session, article)) == content


def _save(
    work: Import, article: Article, content: Content, *, always: bool = False, render: bool = True
) -> None:
    if not always and _latest_says(work, article, content):
        return
    articles.save(
        work.session,
        article.id,
        content,
        base=Version(article.version),
        author_id=work.author_id,
        now=work.now,
        render=render,
    )


def _set_facts(work: Import, article: Article, row: Row) -> bool:
    """Set what is not part of a version; what the file does not say stays."""
    wanted: dict[str, object] = {
        "owner_id": _owner(work, row),
        "review_on": row.review_on,
        "expire_at": row.expire_at,
        "boost": row.boost,
    }
    changed = {
        name: value
        for name, value in wanted.items()
        if value is not None and getattr(article, name) != value
    }
    for name, value in changed.items():
        setattr(article, name, value)
    if "expire_at" in changed and row.expire_at and row.expire_at > work.now:
        schedule.plan(work.session, schedule.EXPIRE, article, at=row.expire_at, now=work.now)
    if changed and article.live_version is not None:
        work.session.flush()
        changes.record(work.session, ARTICLE, article.id, now=work.now)
    return bool(changed)


def _owner(work: Import, row: Row) -> int | None:
    if row.owner is None:
        return None
    if not work.owners:
        rows = work.session.execute(select(User.name, User.id))
        work.owners = {"": 0, **{row.name: row.id for row in rows}}
    if row.owner not in work.owners:
        work.warnings.append(Problem(row.where, "owner", "owner_unknown", row.owner))
        # Said once for each name.
        work.owners[row.owner] = None
    return work.owners.get(row.owner)


def _link_again(work: Import, rows: Sequence[Row]) -> None:
    """Render older articles anew that link to articles which have just come."""
    if not work.created:
        return
    imported = {row.key for row in rows}
    linking = select(Article).where(Article.body_md.contains("](article:", autoescape=True))
    for article in work.session.scalars(linking):
        if article.key not in imported:
            articles.render_again(work.session, article)
