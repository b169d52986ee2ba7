"""Render every template with sample contexts, to look at them and to audit them.

    python -m tests.web.gallery              serve on http://127.0.0.1:8099/
    python -m tests.web.gallery --shots DIR [NAME…]
                                             pictures at 1280 and 390 px, light and dark, and axe

No views, no database: url_for, csrf and the flashes are stand-ins; the catalogues are real.
"""

from __future__ import annotations

# A tool that talks to whoever runs it.
# ruff: noqa: T201
import argparse
import gettext
import http.server
import json
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from tests.web import (
    gallery_answering,
    gallery_desk,
    gallery_mailboxes,
    gallery_site,
    gallery_site_pages,
    gallery_steering,
)
from web.filters import FILTERS
from web.locale import in_page

WEB = Path(__file__).resolve().parents[2] / "web"
PAGES = (
    gallery_site_pages.PAGES
    | gallery_desk.PAGES
    | gallery_mailboxes.PAGES
    | gallery_answering.PAGES
    | gallery_steering.PAGES
)
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'"
)
# Parts of other pages, not pages.
FRAGMENTS = {"desk/frame.html"}
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}


def url_for(endpoint: str, **values: Any) -> str:
    if endpoint == "static":
        return f"/static/{values['filename']}"
    given = {name: value for name, value in values.items() if value is not None}
    return f"/{endpoint}" + (f"?{urlencode(given)}" if given else "")


def csrf() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="t">')


@cache
def environment(language: str = "zh") -> Environment:
    env = Environment(
        loader=FileSystemLoader(WEB / "templates"),
        autoescape=select_autoescape(("html", "htm", "xml", "xhtml", "svg")),
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    catalogue = gettext.translation(
        "messages", WEB / "translations", [language], fallback=language == "zh"
    )
    env.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined] # by the extension
    env.globals["gettext"] = in_page(catalogue.gettext)
    env.filters.update(FILTERS)
    env.globals["url_for"] = url_for
    return env


def render(name: str, *, language: str = "zh", theme: str = "", **more: Any) -> str:
    template, context = PAGES[name]
    base = gallery_desk.DESK if template.startswith("desk/") else gallery_site.SITE
    env = environment(language)
    lang = "en" if language == "en" else "zh-CN"
    given = {
        **base,
        **context,
        "lang": lang,
        "theme": theme,
        "csrf": csrf,
        "csrf_token": lambda: "t",
        "get_flashed_messages": lambda **_: context.get("_flashes", []),
        **more,
    }
    return env.get_template(template).render(given)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        name = url.path.strip("/")
        if name.startswith("static/"):
            file = WEB / name
            self._send(
                file.read_bytes(), TYPES.get(file.suffix, "text/plain")
            ) if file.is_file() else self._send(b"", "text/plain", 404)
        elif name == "site.suggest":
            self._send(
                json.dumps(suggestions(query), ensure_ascii=False).encode(),
                "application/json",
            )
        elif name in PAGES:
            text = render(name, language=query.get("lang", "zh"), theme=query.get("theme", ""))
            self._send(text.encode(), "text/html; charset=utf-8")
        else:
            links = "".join(f'<li><a href="/{page}">{page}</a></li>' for page in PAGES)
            self._send(
                f"<!doctype html><ul>{links}</ul>".encode(),
                "text/html; charset=utf-8",
                200 if not name else 404,
            )

    def _send(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", CSP)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


def suggestions(query: dict[str, str]) -> dict[str, Any]:
    rows = [
        {
            "id": item.id,
            "title": item.title,
            "url": item.url,
            "snippet": item.snippet,
            "category": "电池与供电",
            "parts": [[item.title[:2], True], [item.title[2:], False]],
        }
        for item in gallery_site.SUGGESTIONS
    ]
    return {"suggestions": rows if query.get("q") else [], "total": 14}


def serve(port: int) -> http.server.ThreadingHTTPServer:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def shots(
    folder: Path, names: list[str], widths: tuple[int, ...], themes: tuple[str, ...], axe: bool
) -> int:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    server, bad = serve(0), 0
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-background-networking"],
        )
        for width in widths:
            page = browser.new_page(
                viewport={"width": width, "height": 900}, locale="zh-CN", bypass_csp=False
            )
            page.on(
                "console",
                lambda m: print("  console:", m.text) if m.type in ("error", "warning") else None,
            )
            page.on("pageerror", lambda e: print("  error:", e))
            for theme in themes:
                for name in names:
                    page.goto(f"http://127.0.0.1:{server.server_address[1]}/{name}?theme={theme}")
                    page.wait_for_load_state("networkidle")
                    page.screenshot(path=folder / f"{name}-{width}-{theme}.png", full_page=True)
                    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    if over > 0:
                        print(f"{name} {width}: {over} px too wide")
                        bad += 1
                    for fault in Axe().run(page).response["violations"] if axe else []:
                        bad += 1
                        print(f"{name} {width} {theme}: {fault['id']}: {fault['help']}")
                        for node in fault["nodes"][:3]:
                            print(
                                "    ",
                                node["html"][:140],
                                "|",
                                (node["any"] or node["all"] or [{}])[0].get("message", "")[:140],
                            )
        browser.close()
    server.shutdown()
    return bad


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=Path)
    parser.add_argument("--widths", default="1280,390")
    parser.add_argument("--themes", default="light,dark")
    parser.add_argument("--no-axe", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    if args.shots:
        html = [
            name
            for name, (template, _) in PAGES.items()
            if template.endswith(".html") and template not in FRAGMENTS
        ]
        widths = tuple(int(width) for width in args.widths.split(","))
        return (
            shots(
                args.shots,
                args.names or html,
                widths,
                tuple(args.themes.split(",")),
                not args.no_axe,
            )
            > 0
        )
    serve(8099)
    print("http://127.0.0.1:8099/")
    threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
