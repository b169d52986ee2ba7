"""Contexts for every template of the help site, as their first comments describe them."""

from __future__ import annotations

# Sample texts stand on one line.
from types import SimpleNamespace as Thing
from typing import Any

from markupsafe import Markup

from tests.web.gallery_site import (
    ARTICLE,
    CRUMBS,
    HITS,
    MENU,
    MESSAGES,
    NOTICE,
    PAGER,
    REASONS,
    SUGGESTIONS,
    TICKET,
    TOP,
    TREE,
    VALUES,
    at,
    links,
)

PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "home": (
        "site/home.html",
        {
            "example": "例如：忘了开门密码",
            "frequent": ["没电了", "离线", "改安装时间", "开发票"],
            "menu": MENU,
            "top": TOP,
            "notices": [NOTICE],
        },
    ),
    "results": (
        "site/results.html",
        {
            "q": "门锁没店怎么办",
            "total": 12,
            "corrected": Thing(original="没店", used="门锁没电怎么办", exact_url="#"),
            "related": [("门锁没电人在门外", "#"), ("门锁换电池", "#")],
            "best": Thing(
                title="门锁没电了，人在门外怎么办？",
                url="/article",
                applies_to="L2、L5、L7 Pro",
                updated_at=at(10, 12),
                snippet=Markup(
                    "别着急，指纹和密码都还在。<mark>用充电宝接面板底部的Type-C口，约10秒后面板会亮</mark>，再照常验证开门；进门以后当天换电池。"
                ),
            ),
            "hits": HITS,
            "more_url": "#",
            "more_count": 7,
            "facets": [
                Thing(name="全部", url="#", count=12, current=True),
                *links(("电池与供电", 7), ("报警与故障", 4), ("选购与安装", 1)),
            ],
            "popular": TOP[:4],
            "degraded": False,
            "noindex": True,
        },
    ),
    "results-unsure": (
        "site/results.html",
        {
            "q": "无人机怎么起飞",
            "total": 1,
            "weak": True,
            "hits": HITS[:1],
            "facets": [*links(("电池与供电", 1), ("报警与故障", 1))],
        },
    ),
    "results-none": (
        "site/results.html",
        {
            "q": "扫地机器人卡住",
            "total": 0,
            "corrected": None,
            "related": [],
            "best": None,
            "hits": [],
            "facets": [],
            "more_url": None,
            "popular": TOP[:4],
            "degraded": True,
            "noindex": True,
        },
    ),
    "article": (
        "site/article.html",
        {
            "article": ARTICLE,
            "article_id": 1042,
            "crumbs": CRUMBS,
            "q": "忘带钥匙",
            "toc": [
                Thing(id="try", text="按这个顺序试"),
                Thing(id="power", text="面板没电时"),
                Thing(id="else", text="以上都不行"),
            ],
            "related": TOP[:4],
            "vote": "no",
            "voted": False,
            "reasons": REASONS,
            "json_ld": None,
        },
    ),
    "article-voted": (
        "site/article.html",
        {
            "article": ARTICLE,
            "article_id": 1042,
            "crumbs": CRUMBS,
            "toc": [],
            "related": TOP[:2],
            "vote": "no",
            "voted": True,
            "reasons": REASONS,
            "json_ld": None,
        },
    ),
    "category": (
        "site/category.html",
        {
            "category": Thing(
                name="开门方式", description="指纹、人脸、密码、卡片、钥匙和临时密码。", icon="lock"
            ),
            "crumbs": CRUMBS[:1],
            "children": [],
            "articles": [
                Thing(
                    title=h.title.striptags(),
                    url=h.url,
                    snippet=h.snippet.striptags(),
                    updated_at=h.updated_at,
                )
                for h in HITS
            ],
            "pager": PAGER,
            "siblings": [
                Thing(name="开门方式", url="#", count=12, current=True),
                *links(("选购与安装", 9), ("电池与供电", 7)),
            ],
        },
    ),
    "category-empty": (
        "site/category.html",
        {
            "category": Thing(
                name="安庐空间", description="批量授权、操作日志、接口和子账号。", icon="building"
            ),
            "crumbs": [],
            "children": [],
            "articles": [],
            "pager": None,
            "siblings": [],
        },
    ),
    "categories": ("site/categories.html", {"tree": TREE, "here": "categories"}),
    "ask": (
        "site/ask.html",
        {
            "values": VALUES,
            "errors": {"mail": "邮箱好像没写完，例如 name@example.com"},
            "article": Thing(id=11, title="门锁没电了，人在门外怎么办？", url="/article"),
            "q": "门锁没电",
            "suggestions": SUGGESTIONS,
            "hold": False,
            "max_files": 5,
            "accept": "image/*,video/mp4",
        },
    ),
    "ask-hold": (
        "site/ask.html",
        {
            "values": {**VALUES, "mail": "lin.zhou@example.com"},
            "errors": {},
            "article": None,
            "q": "",
            "suggestions": SUGGESTIONS,
            "hold": True,
            "max_files": 5,
            "accept": "image/*",
        },
    ),
    "ask-empty": (
        "site/ask.html",
        {
            "values": {},
            "errors": {},
            "article": None,
            "q": "",
            "suggestions": [],
            "hold": False,
            "max_files": 5,
            "accept": "image/*",
        },
    ),
    "asked": (
        "site/asked.html",
        {
            "ticket": TICKET,
            "expected": "今天15:00前",
            "mail": "lin.zhou@example.com",
            "noindex": True,
        },
    ),
    "asked-solved": (
        "site/asked.html",
        {"ticket": None, "expected": "", "mail": "", "article": ARTICLE},
    ),
    "ticket": (
        "site/ticket.html",
        {
            "ticket": TICKET,
            "messages": MESSAGES,
            "token": "8fJ2",
            "values": {},
            "errors": {},
            "can_reply": True,
            "noindex": True,
        },
    ),
    "ticket-closed": (
        "site/ticket.html",
        {
            "ticket": Thing(**{**vars(TICKET), "state": "closed"}),
            "messages": MESSAGES,
            "token": "8fJ2",
            "values": {},
            "errors": {},
            "can_reply": False,
        },
    ),
    "solved": (
        "site/solved.html",
        {
            "stage": "ask",
            "choice": "no",
            "token": "8fJ2",
            "article": ARTICLE,
            "ticket_url": None,
            "expected": "",
        },
    ),
    "solved-no": (
        "site/solved.html",
        {
            "stage": "done",
            "choice": "no",
            "token": "8fJ2",
            "article": ARTICLE,
            "ticket_url": "#",
            "expected": "今天15:00前",
        },
    ),
    "solved-yes": (
        "site/solved.html",
        {
            "stage": "done",
            "choice": "yes",
            "token": "8fJ2",
            "article": ARTICLE,
            "ticket_url": None,
            "expected": "",
        },
    ),
    "solved-used": (
        "site/solved.html",
        {
            "stage": "used",
            "choice": "yes",
            "token": "8fJ2",
            "article": None,
            "ticket_url": None,
            "expected": "",
        },
    ),
    "solved-expired": (
        "site/solved.html",
        {
            "stage": "expired",
            "choice": "yes",
            "token": "8fJ2",
            "article": None,
            "ticket_url": None,
            "expected": "",
        },
    ),
    "human": (
        "site/human.html",
        {
            "ask_url": "/ask",
            "q": "门锁没电",
            "article": ARTICLE,
            "open_now": True,
            "opens_at": "",
            "mailbox": "help@anlu.example",
        },
    ),
    "notice": ("site/notice.html", {"notice": NOTICE}),
    "privacy": (
        "site/privacy.html",
        {
            "retention": Thing(questions_days=180, raw_mail_days=365, closed_tickets_days=730),
            "mailbox": "help@anlu.example",
            "text": None,
        },
    ),
    "login": (
        "login.html",
        {
            "values": {"name": "xuzhiwei"},
            "errors": {"": "用户名或密码不对，请再试一次。"},
            "next": "/desk/",
            "demo_users": [
                Thing(name="xuzhiwei", role="客服", password="问渠那得清如许"),
                Thing(name="luheng", role="编辑", password="为有源头活水来"),
            ],
        },
    ),
    "first-run": (
        "first_run.html",
        {"values": {"company": "安庐"}, "errors": {"password": "密码至少要12个字。"}},
    ),
    **{
        f"error-{code}": (
            f"errors/{code}.html",
            {
                "request_id": "7f3a-19c2" if code in (500, 503) else "",
                "wait": 30,
            },
        )
        for code in (400, 403, 404, 405, 409, 413, 429, 500, 503)
    },
    "error-503-kept": (
        "errors/503.html",
        {
            "again": Thing(
                path="/ask",
                values=[("csrf_token", "x"), ("text", "门锁打不开了，按什么都没反应")],
                texts=["门锁打不开了，按什么都没反应"],
                files=True,
            )
        },
    ),
    "opensearch": (
        "opensearch.xml",
        {
            "search_url": "https://help.anlu.example/search",
            "suggest_url": "https://help.anlu.example/suggest",
            "icon_url": "https://help.anlu.example/static/img/favicon.svg",
        },
    ),
    "feed": (
        "feed.atom",
        {
            "feed_url": "https://help.anlu.example/feed.atom",
            "site_url": "https://help.anlu.example/",
            "updated": "2026-11-18T09:00:00+08:00",
            "entries": [
                Thing(
                    title="门锁没电了 & 人在门外",
                    url="https://help.anlu.example/a/11",
                    published="2026-01-02T09:00:00+08:00",
                    updated="2026-11-18T09:00:00+08:00",
                    summary="用<充电宝>。",
                    category="电池与供电",
                )
            ],
        },
    ),
    "sitemap": (
        "sitemap.xml",
        {
            "pages": [
                Thing(
                    url="https://help.anlu.example/a/11?x=1&y=2",
                    updated="2026-11-18",
                    alternates=[("en", "https://help.anlu.example/en/a/11")],
                )
            ]
        },
    ),
}
