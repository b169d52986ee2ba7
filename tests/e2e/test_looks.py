"""How pages behave under a thumb and while they load, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.e2e
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => list.getEntries().forEach((e) => { window.shifted += e.value; }))
  .observe({ type: 'layout-shift', buffered: true });
"""
SMALL = """() => [...document.querySelectorAll('header a, nav a, .btn, .search-bar')]
  .filter((e) => e.checkVisibility() && !e.closest('[inert]') && getComputedStyle(e).opacity > 0)
  .filter((e) => e.getBoundingClientRect().height < 43.5)
  .map((e) => `${e.className} ${e.textContent.trim()}`)"""


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=address,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
    )
    context.add_init_script(SHIFTS)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", ["home", "results", "article", "desk-ticket", "desk-editor-rich"])
def test_nothing_jumps_while_a_page_loads(phone: Page, name: str) -> None:
    phone.goto(f"/{name}")
    phone.wait_for_load_state("networkidle")
    assert phone.evaluate("window.shifted") < 0.02


def test_the_answer_stands_there_before_the_editor(phone: Page) -> None:
    phone.route(re.compile("build/editor.*js"), lambda route: None)
    phone.goto("/desk-editor-rich", wait_until="commit")
    expect(phone.locator("[data-stand-in] ol > li").first).to_be_visible()
    expect(phone.locator("textarea[name=body]")).to_be_hidden()


def test_the_editor_takes_the_place_of_the_answer(phone: Page) -> None:
    phone.goto("/desk-editor-rich")
    expect(phone.locator(".editor .page ol > li").first).to_be_visible()
    expect(phone.locator("[data-stand-in]")).to_have_count(0)


def test_without_an_editor_the_plain_field_comes_back(phone: Page) -> None:
    phone.route(re.compile("build/editor.*js"), lambda route: route.abort())
    phone.goto("/desk-editor-rich")
    expect(phone.locator("textarea[name=body]")).to_be_visible()
    expect(phone.locator("[data-stand-in]")).to_have_count(0)


def test_a_tap_anywhere_opens_a_row(phone: Page) -> None:
    phone.goto("/desk-articles")
    row = phone.locator(".table tbody tr").first
    box = row.bounding_box()
    assert box
    aim = "([x, y]) => document.elementFromPoint(x, y).closest('a')?.closest('th') !== null"
    middle = box["y"] + box["height"] / 2
    assert phone.evaluate(aim, [box["x"] + box["width"] - 8, middle])
    assert phone.evaluate(aim, [box["x"] + 4, middle])


@pytest.mark.parametrize("name", ["home", "results", "article", "desk-inbox", "desk-decisions"])
def test_what_is_tapped_is_44_pixels_high(phone: Page, name: str) -> None:
    phone.goto(f"/{name}")
    assert phone.evaluate(SMALL) == []


def test_a_conflict_leads_to_the_text_that_will_be_saved(phone: Page) -> None:
    phone.goto("/desk-merge")
    phone.get_by_role("link", name="去要存的这份").tap()
    expect(phone.get_by_role("heading", name=re.compile("^要存的这份"))).to_be_in_viewport()
