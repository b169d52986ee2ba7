"""Search results."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from kb import categories, insight, questions, ratelimit
from kb.errors import Unavailable
from kb.models.knowledge import Article
from search.finder import Match
from search.finding import Found
from search.text import fold
from web import current, limits, locale, sessions
from web.locale import gettext
from web.site import browsing, home, shown
from web.site.blueprint import site
from web.site.shown import Link

log = logging.getLogger(__name__)

MAX_QUESTION = 4_000
FIRST, MOST = 8, 24
WORTH_SHOWING = 0.02
LIKELY, FEW = 0.15, 8
# So short a text names a matter rather than asks: whatever speaks of it is wanted.
KEYWORDS = 12
# So few results leave room for what stands near the first of them.
LONELY = 2
POPULAR = 5
KEPT = ("q", "category", "exact")


@dataclass(frozen=True, slots=True)
class Result:
    """One found answer."""

    title: Markup
    url: str
    snippet: Markup
    category: str
    updated_at: datetime
    applies_to: str


@site.get("/search")
def search() -> ResponseReturnValue:
    """Show what answers a question, and remember that it was asked."""
    limits.reading(ratelimit.SEARCH)
    text = request.args.get("q", "").strip()[:MAX_QUESTION]
    if not text:
        with current.reading() as session:
            return render_template("site/results.html", **_unasked(session))
    with current.reading() as session:
        found = current.parts().finding.answering(
            session,
            text,
            channel="form",
            limit=MOST,
            audiences=current.audiences(),
            now=current.now(),
            exact=bool(request.args.get("exact")),
        )
        kept = _worth_showing(session, text, found.matches)
        g.number = _remember(text, found, kept)
        page = _page(session, text, found, kept)
    response = make_response(render_template("site/results.html", **page))
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _unasked(session: Session) -> dict[str, Any]:  # Any: template context
    return {
        "q": "",
        "total": 0,
        "hits": [],
        "popular": _popular(session),
        "noindex": True,
        "notices": shown.strip(session),
    }


def _worth_showing(
    session: Session, text: str, matches: Sequence[Match]
) -> list[tuple[Match, Article]]:
    """Return the matches that may be shown now; the long tail of improbable ones is left out.

    Of what all speaks of a keyword nothing is probable, because only one can be meant.
    """
    pairs = [(match, session.get(Article, match.article_id)) for match in matches]
    found = [(match, row) for match, row in pairs if row is not None]
    good = [p for p in found if p[0].probability >= WORTH_SHOWING or _speaks_of(text, p[1])]
    return (good[:FEW] if _is_weak(text, good) else good) or found[:3]


def _speaks_of(text: str, row: Article) -> bool:
    """Say whether an article has all of the few words that were typed."""
    words = fold(text).split() if len(text) <= KEYWORDS else []
    said = fold(f"{row.question}\n{row.body_md}") if words else ""
    return bool(words) and all(word in said for word in words)


def _is_weak(text: str, pairs: Sequence[tuple[Match, Article]]) -> bool:
    """Say whether nothing that was found is likely to answer."""
    return all(m.probability < LIKELY and not _speaks_of(text, row) for m, row in pairs)


def _remember(text: str, found: Found, kept: Sequence[tuple[Match, Article]]) -> int | None:
    """Record the question; a search must not fail because this cannot be written."""
    asked = questions.Asked(
        channel="search",
        text=text,
        language=locale.language(),
        visitor=sessions.visitor_id(),
        band=found.band,
    )
    offers = [questions.Offer(row.id, match.probability) for match, row in kept[:FIRST]]
    try:
        with current.noting() as session:
            return questions.record(session, asked, offers, now=current.now()).id
    except Unavailable:
        log.warning("a search could not be recorded")
        return None


# Any: template context.
def _page(
    session: Session, text: str, found: Found, kept: list[tuple[Match, Article]]
) -> dict[str, Any]:
    chosen = request.args.get("category", "")
    groups = {row.id: _top(session, row.category_id) for _, row in kept}
    inside = [p for p in kept if not chosen or (groups[p[1].id] or ("",))[0] == chosen]
    answered = found.band == "answer" and bool(inside)
    results = [
        _result(session, text, row, used=found.corrected, whole=answered and place == 0)
        for place, (_, row) in enumerate(inside)
    ]
    best = results[0] if answered else None
    hits = results[1:] if best else results
    more = bool(request.args.get("more"))
    visible = hits if more else hits[:FIRST]
    # Any: what url_for takes.
    args: dict[str, Any] = {k: v for k, v in request.args.items() if k in KEPT}
    return {
        "q": text,
        "total": len(results),
        "weak": _is_weak(text, kept),
        "corrected": _corrected(text, found),
        "related": _related(session, found),
        "best": best,
        "hits": visible,
        "facets": _facets(text, kept, groups, chosen),
        "more_url": url_for("site.search", more=1, **args) if len(visible) < len(hits) else None,
        "more_count": len(hits) - len(visible),
        "popular": [] if results else _popular(session),
        "near": _near(session, text, inside),
        "degraded": found.degraded,
        "noindex": True,
        "notices": shown.strip(session),
    }


def _result(session: Session, text: str, row: Article, *, used: str | None, whole: bool) -> Result:
    """Return one row; `whole` shows how the answer begins, not the passage that matched."""
    finding, sought = current.parts().finding, used or text
    path = categories.path(session, row.category_id)
    passage = (
        finding.mark(sought, shown.lead(row)) if whole else finding.snippet(sought, row.body_text)
    )
    return Result(
        title=shown.marked(finding.mark(sought, row.question)),
        url=shown.article_url(row, q=text[:200], n=g.get("number")),
        snippet=shown.marked(passage),
        category=shown.category_name(path[0]) if path else "",
        updated_at=row.updated_at,
        applies_to=row.applies_to,
    )


def _top(session: Session, category_id: int | None) -> tuple[str, str] | None:
    path = categories.path(session, category_id)
    return (path[-1].slug, shown.category_name(path[-1])) if path else None


def _facets(
    text: str,
    kept: Sequence[tuple[Match, Article]],
    groups: dict[int, tuple[str, str] | None],
    chosen: str,
) -> list[Link]:
    counted: dict[tuple[str, str], int] = {}
    for _, row in kept:
        group = groups[row.id]
        if group:
            counted[group] = counted.get(group, 0) + 1
    if len(counted) < 2:
        return []
    everything = Link(gettext("全部"), url_for("site.search", q=text), len(kept), not chosen)
    ordered = sorted(counted.items(), key=lambda item: -item[1])
    return [everything] + [
        Link(name, url_for("site.search", q=text, category=slug), n, slug == chosen)
        for (slug, name), n in ordered
    ]


def _near(session: Session, text: str, found: Sequence[tuple[Match, Article]]) -> list[Link]:
    """Return answers near the first result where only one or two were found."""
    if not 0 < len(found) <= LONELY or _is_weak(text, found):
        return []
    listed = {shown.article_url(row) for _, row in found}
    return [link for link in browsing.related(session, found[0][1]) if link.url not in listed]


def _corrected(text: str, found: Found) -> dict[str, str] | None:
    if not found.corrected:
        return None
    exact = url_for("site.search", q=text, exact=1)
    return {"original": text, "used": found.corrected, "exact_url": exact}


def _related(session: Session, found: Found) -> list[tuple[str, str]]:
    """Return (words, address) of what another reading of the question would have found."""
    rows = [session.get(Article, match.article_id) for match in found.related]
    return [(row.question, shown.article_url(row)) for row in rows if row is not None]


def _popular(session: Session) -> list[Link]:
    since = current.now() - timedelta(days=30)
    ranked = insight.most_asked(session, since=since, limit=POPULAR * 2)
    asked = [row for row, _ in shown.top_articles(session, ranked)]
    rows = asked or home.spread(session, POPULAR)
    return [shown.article_link(row) for row in rows[:POPULAR]]
