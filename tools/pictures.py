"""Take docs/pictures/overview.png from a running demo: an answer on the site, the desk's inbox."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.e2e.demo import Demo, browser, running, wait_for

PICTURE = Path(__file__).parent.parent / "docs" / "pictures" / "overview.png"
SIZE = {"width": 1180, "height": 800}
GAP = 24
QUESTION = "门锁没电了，人在门外怎么开门？"


def shot(page: Page, address: str) -> Image.Image:
    """Return a page as a picture."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def site(chromium: Browser, demo: Demo) -> Image.Image:
    """Return a search's results."""
    page = chromium.new_page(viewport=SIZE, locale="zh-CN")
    return shot(page, f"{demo.site}/search?q={QUESTION}")


def desk(chromium: Browser, demo: Demo) -> Image.Image:
    """Return the inbox as the demo's agent sees it."""
    name, password = demo.account("agent")
    page = chromium.new_page(viewport=SIZE, locale="zh-CN")
    page.goto(f"{demo.site}/login")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", password)
    page.click("main form button")
    return shot(page, f"{demo.site}/desk/")


def main() -> None:
    """Start a demo, ask it something, and put the two pages side by side."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as demo:
        demo.mail(
            "想退掉云存储",
            "上个月误开了云存储年费，能退吗？找人工。",
            sender="lin@customer.example",
        )
        demo.mail("门锁没电了", QUESTION, sender="zhou@customer.example")
        wait_for("the answer", lambda: demo.sent("zhou@customer.example"))
        with browser() as chromium:
            left, right = site(chromium, demo), desk(chromium, demo)
    both = Image.new("RGB", (left.width + GAP + right.width, left.height), "white")
    both.paste(left, (0, 0))
    both.paste(right, (left.width + GAP, 0))
    PICTURE.parent.mkdir(exist_ok=True)
    both.quantize(128).save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
