"""What people may write of a mail, and the places in it that are filled in. Pure.

A wording is plain text. `{客户}` and the like are filled in when the mail is written; some of them
are whole blocks (the answer, a link) and stand in paragraphs of their own. What is required cannot
be left out, so no mail goes without its answer or its way to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache

from kb.errors import Invalid

ZH, HANT, EN = "zh", "zh-Hant", "en"
LANGUAGES = (ZH, HANT, EN)

ANSWER, SUGGEST, RECEIPT, TOLD, CORRECTION = "answer", "suggest", "receipt", "told", "correction"
KINDS = (ANSWER, SUGGEST, RECEIPT, TOLD, CORRECTION)

LONGEST: Mapping[str, int] = {"subject": 120, "greeting": 120, "body": 4000, "closing": 600}

_MARK = re.compile(r"[{｛]([^{}｛｝\n]{0,40})[}｝]")
_STRAY = re.compile(r"[{}｛｝]")


@dataclass(frozen=True, slots=True)
class Wording:
    """What one kind of mail says in one language; `subject` only where the mail has its own."""

    subject: str = ""
    greeting: str = ""
    body: str = ""
    closing: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Something that is filled in.

    Attributes:
        id: what code calls it.
        zh: its name between the braces.
        hant: the same in traditional characters.
        en: the same in English.
        block: it stands in a paragraph of its own.
    """

    id: str
    zh: str
    hant: str
    en: str
    block: bool = False


PLACES: Mapping[str, Place] = {
    place.id: place
    for place in (
        Place("customer", "客户", "客戶", "customer"),
        Place("question", "提问", "提問", "question"),
        Place("company", "公司", "公司", "company"),
        Place("hours", "上班时间", "上班時間", "hours"),
        Place("phone", "电话", "電話", "phone"),
        Place("number", "工单号", "工單號", "ticket number"),
        Place("expected", "回复时间", "回覆時間", "reply time"),
        Place("asked_on", "提问日期", "提問日期", "asked on"),
        Place("answer", "答案", "答案", "answer", block=True),
        Place("solved", "已解决链接", "已解決連結", "solved link", block=True),
        Place("person", "转人工链接", "轉人工連結", "person link", block=True),
        Place("ticket", "工单链接", "工單連結", "ticket link", block=True),
        Place("suggestions", "建议条目", "建議條目", "suggestions", block=True),
        Place("correction", "更正内容", "更正內容", "correction", block=True),
    )
}

_ALWAYS = ("customer", "question", "company", "hours", "phone", "number")
_ALLOWED: Mapping[str, tuple[str, ...]] = {
    ANSWER: (*_ALWAYS, "answer", "solved", "person", "suggestions"),
    SUGGEST: (*_ALWAYS, "expected", "ticket", "suggestions"),
    RECEIPT: (*_ALWAYS, "expected", "ticket"),
    TOLD: (*_ALWAYS, "asked_on", "answer"),
    CORRECTION: (*_ALWAYS, "correction"),
}
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    ANSWER: ("answer", "solved", "person"),
    SUGGEST: ("number", "ticket", "suggestions"),
    RECEIPT: ("number", "ticket"),
    TOLD: ("answer",),
    CORRECTION: ("correction",),
}


def fields_of(kind: str) -> tuple[str, ...]:
    """Return the fields that people write of a kind; most mails keep the customer's subject."""
    names = tuple(field.name for field in fields(Wording))
    return names if kind == TOLD else names[1:]


def allowed(kind: str) -> tuple[Place, ...]:
    """Return what may stand in a kind of mail, in the order that chips are shown."""
    return tuple(PLACES[one] for one in _ALLOWED[kind])


def required(kind: str) -> tuple[Place, ...]:
    """Return what must stand in the body of a kind of mail."""
    return tuple(PLACES[one] for one in _REQUIRED[kind])


def name_of(place: Place, language: str) -> str:
    """Return a place as it is written in a language, without braces."""
    if language == EN:
        return place.en
    return place.hant if language == HANT else place.zh


def check(kind: str, wording: Wording, *, language: str = ZH) -> None:
    """Refuse a wording that could not be sent.

    Raises:
        Invalid: with `field` and what is wrong: `place_unknown`, `place_elsewhere`,
            `place_missing`, `place_open`, `wording_missing`, `too_long`.
    """
    for field in fields_of(kind):
        text = getattr(wording, field)
        if len(text) > LONGEST[field]:
            raise Invalid("too_long", field=field, limit=LONGEST[field])
        if not text.strip() and field != "closing":
            raise Invalid("wording_missing", field=field)
        _check_places(kind, field, text)
    there = {place.id for place in _found(wording.body)}
    for place in required(kind):
        if place.id not in there:
            name = name_of(place, language)
            raise Invalid("place_missing", field="body", name=name)


def _check_places(kind: str, field: str, text: str) -> None:
    for mark in _MARK.finditer(text):
        place = _named(mark[1])
        if place is None or place.id not in _ALLOWED[kind]:
            raise Invalid("place_unknown", field=field, name=mark[1].strip())
        if place.block and field != "body":
            raise Invalid("place_elsewhere", field=field, name=mark[1].strip())
    if _STRAY.search(_MARK.sub("", text)):
        raise Invalid("place_open", field=field)


def _found(text: str) -> Iterator[Place]:
    for mark in _MARK.finditer(text):
        place = _named(mark[1])
        if place is not None:
            yield place


def pieces(text: str) -> Iterator[str | Place]:
    """Yield a text's paragraphs and blocks in order; a paragraph keeps its inline places."""
    begin = 0
    for mark in _MARK.finditer(text):
        place = _named(mark[1])
        if place is None or not place.block:
            continue
        yield from _paragraphs(text[begin : mark.start()])
        yield place
        begin = mark.end()
    yield from _paragraphs(text[begin:])


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text):
        if paragraph.strip():
            yield paragraph.strip()


def fill(text: str, values: Mapping[str, str]) -> str:
    """Fill in the inline places of a text.

    What has no value goes with the blank before it; at the beginning of a line, with the comma
    behind it too, so that a nameless customer is greeted well.

    Raises:
        KeyError: a place that has no meaning here.
    """

    def put(mark: re.Match[str]) -> str:
        place = _named(mark["name"])
        value = values[place.id if place else mark["name"]]
        if value:
            return f"{mark['before']}{value}{mark['after']}"
        starts = mark.start() == 0 or mark.string[mark.start() - 1] == "\n"
        return "" if starts else mark["after"]

    found = r"(?P<before>[ \t]*)[{｛](?P<name>[^{}｛｝\n]{0,40})[}｝](?P<after>[，,、]?[ \t]*)"
    return re.sub(found, put, text)


def _named(name: str) -> Place | None:
    return _names().get(" ".join(name.split()).lower())


@cache
def _names() -> dict[str, Place]:
    """Return every name of every place; agents may write them in any language of ours."""
    found: dict[str, Place] = {}
    for place in PLACES.values():
        for name in (place.id, place.zh, place.hant, place.en):
            found[name.lower()] = place
    return found
