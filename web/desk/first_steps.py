"""What a new installation still lacks, as steps for those who may take them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb import access, settings
from kb.models.knowledge import Article, Category
from web import current
from web.locale import gettext


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `note` says why."""

    words: str
    note: str
    url: str
    done: bool


def first_steps(session: Session) -> list[Step]:
    """Return the steps until something is published; [] from then on."""
    if session.scalar(select(Article.id).where(Article.live_version.is_not(None)).limit(1)):
        return []
    return [step for verb, step in _steps(session) if access.can(current.actor(), verb)]


def _steps(session: Session) -> list[tuple[str, Step]]:
    """Return each step with the verb of those who may take it."""
    category = Step(
        gettext("建几个分类"),
        gettext("按客户的说法起名，例如“送货”“退款”"),
        url_for("desk.categories"),
        _any(session, Category),
    )
    article = Step(
        gettext("写下客户最常问的几条"),
        gettext("有现成的表格或文档，用 wenqu import 带进来"),
        url_for("desk.new_article"),
        _any(session, Article),
    )
    mailbox = Step(
        gettext("设好客服邮箱"),
        gettext("客户来信会变成工单，也能自动回"),
        url_for("desk.settings"),
        bool(settings.read(session, settings.Company).mailbox),
    )
    look = Step(
        gettext("看看客户看到的样子"),
        gettext("发布第一条以后，马上就能搜到"),
        url_for("site.home"),
        False,
    )
    return [
        ("category.write", category),
        ("article.write", article),
        ("setting.manage", mailbox),
        ("desk.use", look),
    ]


def _any(session: Session, kind: type[Article] | type[Category]) -> bool:
    return bool(session.scalar(select(func.count()).select_from(kind)))
