"""Words to the agent who is signed in, above every page of the desk, until they put them away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kb import heeds
from kb.errors import Unavailable
from kb.models.knowledge import Article
from kb.models.steering import Heed
from web import current
from web.desk.blueprint import desk
from web.desk.effects import titles_of
from web.locale import gettext


@dataclass(frozen=True, slots=True)
class Word:
    """One word: a sentence, the article it is about, and the one that lost most."""

    id: int
    text: str
    url: str | None
    other: str
    other_url: str


def words(session: Session) -> Sequence[Word]:
    """Return what waits for the reader."""
    me = current.user()
    rows = heeds.waiting(session, me.id, now=current.now()) if me else ()
    return [_word(session, row) for row in rows if row.detail.get("taken")]


def _word(session: Session, row: Heed) -> Word:
    taken = row.detail["taken"]
    article = session.get(Article, row.article_id) if row.article_id else None
    most = taken[0]["article"]
    other = titles_of(session, [most]).get(most, "")
    url = url_for("desk.edit", article_id=article.id) if article else None
    return Word(
        id=row.id,
        text=_sentence(article.question if article else "", other, taken),
        url=url_for("desk.dictionary") if row.kind == heeds.WORDS else url,
        other=other,
        other_url=url_for("desk.edit", article_id=most),
    )


# Any: rows of `Heed.detail`.
def _sentence(title: str, other: str, taken: Sequence[dict[str, Any]]) -> str:
    """Say what took how many questions from whom."""
    said = {"title": title, "other": other, "m": len(taken), "n": sum(t["count"] for t in taken)}
    if title and len(taken) == 1:
        return gettext("您改过的“%(title)s”从“%(other)s”拿走了%(n)s个判过的提问。", **said)
    if title:
        return gettext(
            "您改过的“%(title)s”从“%(other)s”等%(m)s条里拿走了%(n)s个判过的提问。", **said
        )
    if len(taken) == 1:
        return gettext("词典改过以后，“%(other)s”少了%(n)s个判过的提问。", **said)
    return gettext("词典改过以后，“%(other)s”等%(m)s条少了%(n)s个判过的提问。", **said)


@desk.post("/heeds/<int:heed_id>", endpoint="heed_post")
def put_away(heed_id: int) -> ResponseReturnValue:
    """Put a word away and go back to where it was read."""
    current.require("desk.use")
    me = current.user()
    with current.writing() as session:
        heeds.seen(session, heed_id, user_id=me.id if me else 0, now=current.now())
    here = request.form.get("here", "")
    safe = here.startswith("/desk") and "\\" not in here and not here.startswith("//")
    return redirect(here if safe else url_for("desk.inbox"), 303)


@desk.context_processor
def shown_above() -> dict[str, object]:
    """Let every page of the desk ask what waits, in its own time."""
    return {"heeds": _waiting}


def _waiting() -> Sequence[Word]:
    try:
        with current.reading() as session:
            return words(session)
    except Unavailable:
        return ()
