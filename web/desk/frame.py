"""The frame around every page of the desk: what waits, what can be taken back, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from autoreply import outgoing
from kb import tickets
from kb.models.knowledge import IN_REVIEW, Article
from kb.models.service import AGENT, Candidate, Message
from web import current
from web.locale import gettext


def _(text: str) -> str:
    """Mark a sentence for the catalogue."""
    return text


# What a redirect tells the next page, as `?said=`; (tone, sentence).
SAID: dict[str, tuple[str, str]] = {
    "replied": ("ok", _("回复已经交给发件箱，10秒内能撤回。")),
    "kept": ("ok", _("回复已经交给发件箱，工单标为已解决，问答放进了待沉淀。")),
    "replied_resolved": (
        "ok",
        _("回复已经交给发件箱，工单标为已解决。这次没有新的问答可以沉淀。"),
    ),
    "kept_only": ("ok", _("工单标为已解决，问答放进了待沉淀。")),
    "said_only": ("ok", _("已经记下。客户没有留邮箱，请用原来的渠道告诉他。")),
    "noted": ("ok", _("备注记下了，客户看不到。")),
    "undone": ("ok", _("已经撤回，没有发出去。写好的话还在下面。")),
    "resolved": ("ok", _("标为已解决了。")),
    "reopened": ("ok", _("重新打开了。")),
    "assigned": ("ok", _("负责人改好了。")),
    "spam": ("ok", _("已经放进垃圾，收件箱里不再显示。")),
    "not_spam": ("ok", _("已经从垃圾里拿回来。")),
    "saved": ("ok", _("存好了。")),
    "submitted": ("ok", _("已经提交，等编辑审核。")),
    "returned": ("ok", _("已经退回，作者会看到您写的话。")),
    "published": ("ok", _("发布了，客户现在就能搜到。")),
    "scheduled": ("ok", _("定好了，到时间自己发布。")),
    "archived": ("ok", _("下线了，客户看不到，随时可以重新发布。")),
    "put_away": ("ok", _("收起来了。在“已下线”里找得到，随时可以拿回来。")),
    "restored": ("ok", _("那一版已经存成最新的一版。")),
    "added": ("ok", _("加好了，以后这样问也能找到它。")),
    "later": ("ok", _("先放下了。以后可以从工单里再沉淀一次。")),
    "nothing_new": ("ok", _("这张工单里没有新的问答可以沉淀，或者已经处理过了。")),
    "nothing_gathered": ("ok", _("最近解决的工单都整理过了，没有新的。")),
    "gathered": ("ok", _("整理出来了，看一眼再发布。")),
    "decided": ("ok", _("这一条已经有人处理过了。")),
    "edited": ("ok", _("存下了。")),
    "new_article": ("ok", _("发布成新条目了，客户现在就能搜到。")),
    "never": ("ok", _("不收录，已经移走。")),
    "right": ("ok", _("记下了。")),
    "removed": ("ok", _("删掉了。")),
    "remedied": ("ok", _("改好了，几秒内生效。")),
    "folded_in": ("ok", _("并进来了，以后那样问也能找到这一条。")),
    "adopted": ("ok", _("采用了，别人打字时会看到。")),
    "declined": ("ok", _("不采用，别人看不到。")),
    "waiting": ("ok", _("放回等您看的里面了。")),
    "gathered_askings": ("ok", _("找到新的了，看一眼再采用。")),
    "no_askings": ("ok", _("没有新的。三个人问过同一句话，才会出现在这里。")),
    "ended": ("ok", _("撤下了。")),
    "erased": ("ok", _("资料已经抹掉。")),
    "taken_back": ("ok", _("已经退回，现在用的是上一版。")),
    "retried": ("ok", _("已经重新排队。")),
    "revoked": ("ok", _("作废了，用着它的程序马上连不上。")),
    "stopped": ("ok", _("停用了，对方马上退出登录。")),
    "started": ("ok", _("启用了。")),
    "tried": ("ok", _("存好了，试的结果在下面。")),
    "agreed": ("ok", _("授权好了，试的结果在下面。")),
    "not_agreed": ("bad", _("没有得到同意。需要的话，再点一次“去授权”。")),
    "mailbox_off": ("ok", _("停了，新来的信留在邮箱里。")),
    "mailbox_shadow": ("ok", _("打开了，现在是影子模式：收信、判断，不自动回。")),
    "mailbox_on": ("ok", _("正式打开了，有把握的邮件会自动回。")),
    "lifted": ("ok", _("恢复了，从现在起重新计数。")),
    "begun": ("ok", _("开始算了。这一页会自己刷新。")),
    "stopped_test": ("ok", _("停下了。")),
    "corrected": ("ok", _("更正已经交给发件箱，几秒一封地发。")),
    "lifted_address": ("ok", _("恢复了，以后又能收到信。")),
    "wording_saved": ("ok", _("存好了，下一封信就这样写。")),
    "wording_reset": ("ok", _("恢复原样了，您写的留在以前的版本里。")),
    "password": ("ok", _("密码改好了，别处的登录都已退出。")),
}

# What was just made, to be looked at with one click: endpoint, name of its number, words.
MADE: dict[str, tuple[str, str, str]] = {
    "kept": ("desk.candidate", "candidate_id", _("去看这一条")),
    "kept_only": ("desk.candidate", "candidate_id", _("去看这一条")),
    "new_article": ("desk.edit", "article_id", _("去看这一条")),
}

# First words of an endpoint's name -> the room it stands in.
ROOMS: dict[str, tuple[str, ...]] = {
    "inbox": ("inbox", "ticket", "reply"),
    "articles": (
        "articles",
        "new_article",
        "edit",
        "save",
        "submit",
        "review",
        "publish",
        "archive",
        "preview",
        "revisions",
        "diff",
        "restore",
        "told",
        "why",
        "remedy",
        "fold_in",
    ),
    "harvest": ("harvest", "candidate"),
    "insight": ("insight",),
    "contacts": ("contact",),
    "outbox": ("outbox",),
    "decisions": ("decision", "rollout", "quotas", "backtest", "saving"),
    "settings": (
        "settings",
        "notices",
        "wording",
        "mailbox",
        "new_mailbox",
        "menu",
        "categories",
        "users",
        "tokens",
        "learning",
        "jobs",
        "audit",
        "dictionary",
        "spool",
        "pins",
        "askings",
    ),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """What waits in each room."""

    inbox: int = 0
    harvest: int = 0
    review: int = 0


@dataclass(frozen=True, slots=True)
class Undoable:
    """A reply of the reader's that can still be taken back."""

    message_id: int
    to: str
    seconds: int


def room(endpoint: str) -> str:
    """Return the key of the room that an endpoint stands in, or ""."""
    name = endpoint.removeprefix("desk.")
    return next((key for key, starts in ROOMS.items() if name.startswith(starts)), "")


def counts(session: Session) -> Counts:
    """Count what waits."""
    waiting = select(func.count()).select_from(Candidate).where(Candidate.state == "new")
    review = select(func.count()).select_from(Article).where(Article.state == IN_REVIEW)
    return Counts(
        inbox=tickets.count_waiting(session),
        harvest=session.scalar(waiting) or 0,
        review=session.scalar(review) or 0,
    )


def undoables(session: Session) -> list[Undoable]:
    """Return the reader's replies of the last seconds that have not left."""
    now, me = current.now(), current.user()
    query = select(Message).where(
        Message.user_id == (me.id if me else 0),
        Message.author == AGENT,
        Message.delivery == "queued",
        Message.created_at > now - outgoing.UNDO,
    )
    found = []
    for message in session.scalars(query.order_by(Message.id)):
        left = int((message.created_at + outgoing.UNDO - now).total_seconds())
        contact = message.ticket.contact
        found.append(Undoable(message.id, contact.name if contact else "", max(left, 1)))
    return found


def said(**_options: object) -> list[tuple[str, str]]:
    """Return what the last request did, in the shape of Flask's flashes."""
    key = request.args.get("said", "")
    if key not in SAID:
        return []
    tone, sentence = SAID[key]
    return [(tone, _with_link(key, gettext(sentence)))]


def _with_link(key: str, text: str) -> str:
    which = request.args.get("which", "")
    if key not in MADE or not (which.isascii() and which.isdigit() and len(which) < 10):
        return text
    endpoint, name, words = MADE[key]
    number: dict[str, Any] = {name: int(which)}  # Any: values of an address.
    url = url_for(endpoint, **number)
    return Markup('<span>{} <a href="{}">{}</a></span>').format(text, url, gettext(words))


# Any: values of an address.
def back(endpoint: str, said: str, **values: Any) -> ResponseReturnValue:
    """Redirect to a page of the desk that says what was done."""
    return redirect(url_for(f"desk.{endpoint}", said=said, **values), 303)
