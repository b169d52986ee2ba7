"""Pauses of automatic mail in words, and what stands on every page: pauses and other troubles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from autoreply import alarms, pauses
from autoreply.alarms import Trouble, troubles
from autoreply.policy_tables import Pause
from kb import access
from kb.models.people import User
from web import current
from web.locale import gettext


@dataclass(frozen=True, slots=True)
class Line:
    """One pause; see templates/desk/quotas.html."""

    id: int
    words: str
    who: str
    began_at: datetime
    until: datetime
    stopped: int
    lifted_at: datetime | None
    lifted_by: str


@dataclass(frozen=True, slots=True)
class Banner:
    """Something that stands on every page of the desk; see templates/desk/base.html."""

    words: str
    until: datetime | None
    url: str
    link: str


def pause_words() -> dict[str, str]:
    """Return kind of pause -> what happened."""
    return {
        pauses.BREAKER: gettext("一分钟里发得太多"),
        pauses.BOUNCES: gettext("退信太多"),
        pauses.SENDER: gettext("一位客户今天的次数用完了"),
        pauses.DOMAIN: gettext("一个邮箱域名这小时的次数用完了"),
    }


def line(session: Session, row: Pause) -> Line:
    """Return a pause as pages show it."""
    user = session.get(User, row.lifted_by) if row.lifted_by else None
    return Line(
        id=row.id,
        words=pause_words()[row.kind],
        who=row.key or gettext("所有人"),
        began_at=row.began_at,
        until=row.until,
        stopped=row.stopped,
        lifted_at=row.lifted_at,
        lifted_by=user.display_name if user else "",
    )


def banners(session: Session) -> list[Banner]:
    """Return what stands on every page: pauses of everything; for administrators all troubles."""
    if not access.can(current.actor(), "mail.manage"):
        rows = pauses.holding(session, now=current.now())
        found = [Trouble(row.kind, until=row.until) for row in rows if row.kind in pauses.GLOBAL]
    else:
        found = troubles(session, now=current.now())
    return [_banner(one) for one in found if one.cause not in (pauses.SENDER, pauses.DOMAIN)]


def _banner(one: Trouble) -> Banner:
    if one.cause in pauses.GLOBAL:
        words = gettext("自动回复停了：%(why)s。", why=pause_words()[one.cause])
        return Banner(words, one.until, url_for("desk.quotas"), gettext("看限额"))
    if one.cause == alarms.MAILBOX:
        words = gettext("%(address)s收不到信了，新来的信还留在邮箱里。", address=one.key)
        return Banner(words, None, url_for("desk.mailboxes"), gettext("看邮箱"))
    if one.cause == alarms.RELAY:
        words = gettext("有%(n)s封信发不出去，发信服务器不收。", n=one.count)
        return Banner(words, None, url_for("desk.outbox"), gettext("看发件箱"))
    words = gettext("有一份邮件用语用不了，信照常发，用的是原来的说法。")
    return Banner(words, None, url_for("desk.wordings"), gettext("去改"))
