"""Take docs/pictures/overview.png from a running demo: the site's home, a ticket at the desk."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.e2e.browser import launched
from tests.e2e.demo import Demo, running, wait_for

PICTURE = Path(__file__).parent.parent / "docs" / "pictures" / "overview.png"
SIZE = ViewportSize(width=1180, height=1060)
GAP = 24
MAIL = "门锁没电打不开，我人在门外，怎么办？"


def shot(page: Page, address: str) -> Image.Image:
    """Return a page as a picture."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def site(chromium: Browser, demo: Demo) -> Image.Image:
    """Return the home page."""
    return shot(chromium.new_page(viewport=SIZE, locale="zh-CN"), f"{demo.site}/")


def desk(chromium: Browser, demo: Demo) -> Image.Image:
    """Return the newest ticket as the demo's agent sees it, with an answer put in."""
    name, password = demo.account("agent")
    page = chromium.new_page(viewport=SIZE, locale="zh-CN")
    page.goto(f"{demo.site}/login")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", password)
    page.click("main form button")
    page.locator(".inbox a", has_text="周敏").click()
    page.locator("[data-insert]").first.click()
    page.evaluate("scrollTo(0, 0); document.activeElement.blur()")
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def main() -> None:
    """Start a demo, ask it something, and put the two pages side by side."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as demo:
        demo.mail("门锁没电", f"{MAIL}找人工。", sender="周敏 <zhou@customer.example>")
        wait_for("the receipt", lambda: demo.sent("zhou@customer.example"))
        with launched() as chromium:
            left, right = site(chromium, demo), desk(chromium, demo)
    both = Image.new("RGB", (left.width + GAP + right.width, left.height), "white")
    both.paste(left, (0, 0))
    both.paste(right, (left.width + GAP, 0))
    PICTURE.parent.mkdir(exist_ok=True)
    both.quantize(128).save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
