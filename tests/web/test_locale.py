"""English counts and dates; Chinese needs neither plural nor names of months."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from babel.messages.pofile import read_po

from tests.web import gallery
from web import locale

MACROS = '{% from "macros.html" import when, day with context %}'


@pytest.mark.parametrize(
    ("text", "n", "said"),
    [
        ("%(n)s [ticket|tickets]", 1, "1 ticket"),
        ("%(n)s [ticket|tickets]", 0, "0 tickets"),
        (
            "%(n)s [mail does|mails do] not go out; see [it|them]",
            "1",
            "1 mail does not go out; see it",
        ),
        ("%(m)s of %(n)s [answer|answers]", 1, "2 of 1 answer"),
        ("[a picture was left out]", 1, "[a picture was left out]"),
    ],
)
def test_one_and_many(text: str, n: object, said: str) -> None:
    values = {"n": n, "m": 2}
    assert locale.counted(text, values) % values == said


def test_what_fills_a_gap_chooses_nothing_and_is_escaped() -> None:
    template = gallery.environment("en").from_string("{{ _('“%(q)s”', q='[a|b]<') }}")
    assert template.render() == "“[a|b]&lt;”"


@pytest.mark.parametrize(("n", "said"), [(1, "1 ticket"), (3, "3 tickets")])
def test_templates_count_too(n: int, said: str) -> None:
    assert gallery.environment("en").from_string("{{ _('%(n)s张工单', n=n) }}").render(n=n) == said


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "11月3日9:05 11月3日"), ("en", "3 Nov, 9:05 3 Nov")]
)
def test_dates(language: str, said: str) -> None:
    moment = datetime(2026, 11, 3, 9, 5, tzinfo=UTC)
    context = {"now": datetime(2026, 11, 29, tzinfo=UTC), "tz": UTC, "lang": language}
    source = MACROS + "{{ when(value) }} {{ day(value) }}"
    page = gallery.environment(language).from_string(source).render(value=moment, **context)
    assert re.sub("<[^>]+>", "", page) == said


def test_every_choice_in_the_catalogue_follows_a_number() -> None:
    with (gallery.WEB / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        texts = [str(entry.string) for entry in read_po(file) if entry.id]
    choices = [text for text in texts if re.search(r"\[[^\]]*\|", text)]
    assert choices
    for text in choices:
        assert re.search(r"%\(\w+\)s[^\[]*\[", text), text
        assert text.count("[") == text.count("|") == text.count("]"), text
