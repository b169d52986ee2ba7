"""Words for hints on writing, as the editor shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from authoring import hints
from kb.articles import Content
from web.locale import gettext


@dataclass(frozen=True, slots=True)
class Advice:
    """One hint in words.

    Attributes:
        ok: that nothing needs doing.
        text: the sentence.
        icon: a picture of the sprite, None for the usual one.
        found: the passage that one click can replace, "" when only the writer knows how.
        better: what would stand there.
        field: where it stands, `question` or `body_md`.
    """

    ok: bool
    text: str
    icon: str | None = None
    found: str = ""
    better: str = ""
    field: str = ""


def on(values: Mapping[str, str]) -> list[Advice]:
    """Return what could be better about a draft, and what is good already."""
    content = Content(
        question=values.get("question", ""),
        body_md=values.get("body", ""),
        phrasings=tuple(line for line in values.get("phrasings", "").splitlines() if line.strip()),
    )
    if not content.question and not content.body_md:
        return []
    found = hints.hints(content)
    advice = [_advice(hint) for hint in found]
    return advice + [Advice(True, text) for text in _good(content, {hint.code for hint in found})]


def _advice(hint: hints.Hint) -> Advice:
    icons = {"no_picture": "img", "steps_not_numbered": "num"}
    said = Advice(False, words(hint), icons.get(hint.code))
    if hint.code not in hints.REPLACED:
        return said
    return replace(said, found=hint.text, better=hint.better, field=hint.field)


def words(hint: hints.Hint) -> str:
    """Return a hint as a sentence with a next step."""
    gaps: dict[str, object] = {"text": hint.text, "better": hint.better, **hint.params}
    template = _sentences().get(hint.code, "")
    return template.format(**gaps) if template else hint.text


def _sentences() -> dict[str, str]:
    return {
        "title_not_question": gettext("标题不像客户的问法。试试“……怎么办？”“……怎么……？”"),
        "title_without_mark": gettext("标题差一个问号：“{better}”"),
        "title_long": gettext("标题有{length}个字，短到{limit}个字以内更好找。"),
        "phrasings_few": gettext("只有{count}个相似问。多写几种问法，客户换个说法也能找到。"),
        "answer_not_first": gettext("第一段先写答案，一两句话，步骤和图放在后面。"),
        "lead_in": gettext("开头绕了：“{text}”。直接写答案。"),
        "opening_long": gettext("第一段有{length}个字，留下最要紧的一两句。"),
        "sentence_long": gettext("这一句有{length}个字，断成两句：“{text}”"),
        "wordy": gettext("“{text}”绕了。试试“{better}”。"),
        "exclamation": gettext("有{count}处感叹号，换成句号。"),
        "short": gettext("只有{length}个字，看看客户还会接着问什么。"),
        "long": gettext("有{length}个字，长了。能拆成两条吗？"),
        "steps_not_numbered": gettext("有好几步，用编号一步一行。"),
        "no_picture": gettext("说了好几处屏幕上的位置，配一张图。"),
    }


def _good(content: Content, codes: set[str]) -> list[str]:
    """Return what needs no more work."""
    good = []
    if content.question and not codes & {"title_not_question", "title_long"}:
        good.append(gettext("标题是客户的问法"))
    if content.body_md and not codes & {"answer_not_first", "lead_in", "opening_long"}:
        good.append(gettext("第一段就给了答案"))
    return good
