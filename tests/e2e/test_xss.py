"""Nothing that was written, pasted or mailed runs in a browser.

The pages have no content policy here: the sanitiser must hold alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from authoring import html_to_markdown, markdown_import
from kb import markup
from kb.errors import Invalid
from tests.e2e.browser import Site, chromium, serve
from tests.e2e.vectors import HTML, MARKDOWN

pytestmark = pytest.mark.e2e

HOOK = """
window.fired = [];
for (const name of ['alert', 'confirm', 'prompt', 'print'])
  window[name] = () => window.fired.push(name);
"""
SCAN = """() => {
  const tags = new RegExp('^(script|style|iframe|object|embed|svg|math|form|input|button|link|meta'
    + '|base|template)$', 'i');
  const names = /^on|^style$|^srcdoc$|^formaction$|^xlink/i;
  const schemes = /^\\s*(javascript|data|vbscript):/i;
  const isBad = (element) => tags.test(element.tagName) || [...element.attributes].some(
    ({name, value}) => names.test(name) || schemes.test(value));
  return [...document.querySelectorAll('article *')].filter(isBad).map((bad) => bad.outerHTML);
}"""


def through_the_editor(html: str) -> str:
    try:
        return markup.render(html_to_markdown.convert(html)).html
    except Invalid:
        return ""


def linked(markdown: str) -> str:
    return markup.relink(markup.render(markdown).html, lambda target: f"/a/{target}")


PIPELINES: tuple[tuple[str, Callable[[str], str], tuple[str, ...]], ...] = (
    ("rendered", lambda text: markup.render(text).html, MARKDOWN + HTML),
    ("rendered and linked", linked, MARKDOWN + HTML),
    ("imported", markdown_import.to_html, MARKDOWN + HTML),
    ("cleaned", markup.clean_html, HTML),
    ("edited", through_the_editor, HTML),
    ("mailed", lambda text: markup.clean_mail_html(text).html, HTML),
)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serve() as served:
        served.policy = ""
        yield served


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as opened:
        opened.add_init_script(HOOK)
        yield opened


def shown(site: Site, page: Page, pieces: list[str]) -> list[str]:
    articles = "".join(f"<article>{piece}</article>" for piece in pieces)
    site.add("/", f"<!doctype html><meta charset=utf-8><title>x</title>{articles}")
    page.goto(site.address)
    page.evaluate(
        """() => document.querySelectorAll('article *').forEach((element) => {
          element.removeAttribute('target');
          const link = element.closest('a');
          if (link && !/^javascript:/i.test(link.href))
            element.addEventListener('click', (event) => event.preventDefault());
          element.click?.();
          element.dispatchEvent(new MouseEvent('mouseover', {bubbles: true}));
          element.focus?.();
        })"""
    )
    page.wait_for_timeout(150)
    return [*page.evaluate("window.fired"), *page.evaluate(SCAN)]


def test_the_control_fires(site: Site, page: Page) -> None:
    assert "alert" in shown(site, page, [HTML[2]])


@pytest.mark.parametrize(("name", "pipeline", "vectors"), PIPELINES, ids=[p[0] for p in PIPELINES])
def test_nothing_runs(
    site: Site, page: Page, name: str, pipeline: Callable[[str], str], vectors: tuple[str, ...]
) -> None:
    assert shown(site, page, [pipeline(vector) for vector in vectors]) == []


@pytest.mark.parametrize("vector", HTML[::4])
def test_nothing_runs_alone(site: Site, page: Page, vector: str) -> None:
    assert shown(site, page, [markup.clean_html(vector)]) == []


def test_headings_and_first_paragraph_are_plain_text() -> None:
    rendered = markup.render("# <b onclick=alert(1)>&lt;i&gt;\n\n<script>x</script>")
    assert rendered.headings[0].text == "<b onclick=alert(1)><i>"
    assert rendered.first_paragraph == "<script>x</script>"
    assert rendered.headings[0].id.isidentifier() or "<" not in rendered.headings[0].id
