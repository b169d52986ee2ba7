"""Every template renders from the context that its comment promises, in both languages."""

from __future__ import annotations

import gzip
import re
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from babel.messages.pofile import read_po
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from tests.web import gallery
from web.filters import language_of

PAGES = [
    name
    for name, (template, _) in gallery.PAGES.items()
    if template.endswith(".html") and template not in gallery.FRAGMENTS
]
FEEDS = [name for name, (template, _) in gallery.PAGES.items() if not template.endswith(".html")]
HAN = re.compile(r"[\u4e00-\u9fff]")
SITE_BUDGET = 30 * 1024


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_needs_no_inline_code(name: str, language: str) -> None:
    tree = HTMLParser(gallery.render(name, language=language))
    assert len(tree.css("main#main")) == 1
    assert len(tree.css("h1")) == 1
    assert tree.css_first("title").text(strip=True)
    assert not tree.css("[style], style, script:not([src])")
    handlers = [a for node in tree.css("*") for a in node.attributes if a.startswith("on")]
    assert not handlers
    for form in tree.css("form"):
        posts = (form.attributes.get("method") or "get").lower() == "post"
        assert bool(form.css("input[name=csrf_token]")) == posts


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_single_and_labels_lead_somewhere(name: str) -> None:
    tree = HTMLParser(gallery.render(name))
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(ids) == len(set(ids)), sorted({i for i in ids if ids.count(i) > 1})
    for attribute in ("for", "aria-describedby", "aria-labelledby", "form"):
        for node in tree.css(f"[{attribute}]"):
            assert set((node.attributes[attribute] or "").split()) <= set(ids)


@pytest.mark.parametrize("name", FEEDS)
def test_feeds_are_well_formed(name: str) -> None:
    ElementTree.fromstring(gallery.render(name))


def test_an_english_page_says_nothing_of_its_own_in_chinese() -> None:
    tree = HTMLParser(gallery.render("ask-empty", language="en"))
    words = tree.css_first("form#ask").text(separator="\n")
    # The company's hours come from its settings.
    assert not [line for line in words.split("\n") if HAN.search(line) and "每天" not in line]


ANSWERS = [
    ("results", "main h2 a, main blockquote, .hits p:not(.small), .links a"),
    ("category", ".hits a, .hits p:not(.small), main h1, .chip"),
    ("home", ".shelf a, .rank a"),
    ("desk-inbox", ".inbox .txt > *"),
    ("desk-search", ".desk-body li a"),
    ("desk-why", "main li a"),
]


@pytest.mark.parametrize(("name", "parts"), ANSWERS)
def test_words_in_another_language_say_so(name: str, parts: str) -> None:
    for page in ("en", "zh"):
        found = HTMLParser(gallery.render(name, language=page)).css(parts)
        assert found
        for node in found:
            said = node.text(deep=True, separator=" ", strip=True)
            spoken = language_of(said) or None
            here = "en" if page == "en" else "zh-CN"
            assert node.attributes.get("lang") == (spoken if spoken != here else None), said


def test_results_that_answer_nothing_lead_to_a_person_first() -> None:
    main = HTMLParser(gallery.render("results-unsure")).css_first("main")
    links = [node.attributes["href"] or "" for node in main.css("a")]
    assert links[0].startswith("/site.human?q=")
    assert main.css(".facet") == []
    assert main.text().count("这一条也许有用") == 1


def test_a_very_long_question_is_shown_shortened() -> None:
    page = gallery.render("results-unsure", q="问" * 4000)
    main = HTMLParser(page).css_first("main")
    assert len(main.css_first("h1").text()) < 100
    assert "问" * 401 not in unquote(main.html or "")
    assert "问" * 400 in unquote(main.css_first("a").attributes["href"] or "")


def test_every_sentence_has_its_english() -> None:
    with (gallery.WEB / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file)
    assert [entry.id for entry in catalogue if entry.id and not entry.string] == []
    gaps = re.compile(r"%\((\w+)\)s|\{(\w+)\}")
    for entry in catalogue:
        if entry.id:
            kept = set(gaps.findall(str(entry.string)))
            assert kept == set(gaps.findall(str(entry.id))), entry.id


def test_a_customer_page_is_light() -> None:
    static = gallery.WEB / "static"
    seen, queue = set(), ["js/site.js", "css/base.css", "css/site.css"]
    while queue:
        name = queue.pop()
        if name not in seen:
            seen.add(name)
            text = (static / name).read_text()
            queue += [f"js/{other}" for other in re.findall(r'from "\./([\w-]+\.js)"', text)]
    sizes = [len(gzip.compress((static / name).read_bytes())) for name in seen]
    assert sum(sizes) <= SITE_BUDGET


@pytest.mark.parametrize("sheet", ["base", "site", "desk"])
def test_a_sheet_says_nothing_that_webkit_drops(sheet: str) -> None:
    text = (gallery.WEB / f"static/css/{sheet}.css").read_text()
    # It reads no thickness in the short form: links would stand without their line.
    assert not re.search(r"text-decoration:\s*underline\s+[\d.]", text)
    # It draws glyphs over one another there: 2.5米 reads 25 米.
    outside = re.sub(r"@supports[^{]*\{[^}]*\} \}", "", text)
    assert "text-autospace" not in outside
