"""A real Chromium and a small loopback server for pages that tests write themselves."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""


@dataclass
class Site:
    """Files by path, answers to posts by path, and what was posted."""

    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    posts: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)
    policy: str = STRICT
    address: str = ""

    def add(self, path: str, content: str | bytes, media_type: str = "text/html") -> None:
        data = content.encode() if isinstance(content, str) else content
        self.files[path] = (media_type, data)

    def add_folder(self, prefix: str, folder: Path) -> None:
        kinds = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}
        for path in folder.iterdir():
            if path.suffix in kinds:
                self.add(prefix + path.name, path.read_bytes(), kinds[path.suffix])


@contextmanager
def serve() -> Iterator[Site]:
    """Serve a site on a free loopback port."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, data = site.files.get(self.path.split("?")[0], ("text/plain", b""))
            self._answer(200 if data else 404, kind, data)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            site.posts.append((self.path, dict(self.headers), body))
            answer = site.answers.get(self.path, {})
            answer = answer(body) if callable(answer) else answer
            self._answer(200, "application/json", json.dumps(answer).encode())

        def _answer(self, status: int, kind: str, data: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Security-Policy", site.policy)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def launched() -> Iterator[Browser]:
    """Start a real Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def chromium() -> Iterator[Page]:
    """Start a browser with one page that records violations of the content policy."""
    with launched() as browser:
        page = browser.new_page()
        page.add_init_script(WATCH)
        yield page
