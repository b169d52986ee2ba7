"""For programs: Atom feed, sitemap, OpenSearch description, robots.txt. Public articles only."""

from __future__ import annotations

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from kb import articles, categories
from kb.models.knowledge import PUBLIC, Article
from web import current
from web.site import shown
from web.site.blueprint import site

FEED_ENTRIES = 50
SITEMAP_ENTRIES = 50_000


def _base() -> str:
    return current.parts().base_url


@site.get("/feed.atom")
def feed() -> ResponseReturnValue:
    """Give the answers that changed last."""
    with current.reading() as session:
        visible = articles.visible(current.now(), (PUBLIC,))
        query = articles.in_order(select(Article).where(visible).limit(FEED_ENTRIES))
        rows = session.scalars(query).all()
        entries = [
            {
                "title": row.question,
                "url": _base() + shown.article_url(row),
                "published": (row.published_at or row.created_at).isoformat(),
                "updated": row.updated_at.isoformat(),
                "summary": row.body_text.strip()[:300],
                "category": row.category.name if row.category else "",
            }
            for row in rows
        ]
    newest = rows[0].updated_at if rows else current.now()
    text = render_template(
        "feed.atom",
        feed_url=_base() + url_for("site.feed"),
        site_url=_base() + url_for("site.home"),
        updated=newest.isoformat(),
        entries=entries,
    )
    return Response(text, mimetype="application/atom+xml")


@site.get("/sitemap.xml")
def sitemap() -> ResponseReturnValue:
    """List every public page."""
    with current.reading() as session:
        visible = articles.visible(current.now(), (PUBLIC,))
        rows = session.execute(
            select(Article.id, Article.slug, Article.updated_at)
            .where(visible)
            .order_by(Article.id)
            .limit(SITEMAP_ENTRIES)
        ).all()
        counts = categories.counts(session, now=current.now(), audiences=(PUBLIC,))
        tree = [row for row in categories.tree(session) if counts.get(row.id)]
    pages = [{"url": _base() + url_for("site.home"), "updated": "", "alternates": []}]
    pages += [
        {"url": _base() + shown.category_url(row), "updated": "", "alternates": []} for row in tree
    ]
    pages += [
        {
            "url": _base() + url_for("site.article", article_id=row.id, slug=row.slug),
            "updated": row.updated_at.date().isoformat(),
            "alternates": [],
        }
        for row in rows
    ]
    return Response(render_template("sitemap.xml", pages=pages), mimetype="application/xml")


@site.get("/opensearch.xml")
def opensearch() -> ResponseReturnValue:
    """Tell browsers how to search here."""
    text = render_template(
        "opensearch.xml",
        search_url=_base() + url_for("site.search"),
        suggest_url=_base() + url_for("site.suggest"),
        icon_url=_base() + url_for("static", filename="img/favicon.svg"),
    )
    return Response(text, mimetype="application/opensearchdescription+xml")


@site.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """Keep crawlers to the answers."""
    hidden = ("/search", "/ask", "/suggest", "/t/", "/s/", "/desk", "/login", "/api")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in hidden)]
    lines.append(f"Sitemap: {_base()}{url_for('site.sitemap')}")
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
