"""The look of an answer in a mail."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from autoreply.dressing import dressed
from kb.markup import render, to_text


def test_every_element_carries_its_style() -> None:
    html = render(
        "见[换电池](/a/2)。\n\n> **注意：** 不要热插拔。\n\n| 灯 | 意思 |\n|---|---|\n| 红 | 没电 |"
    ).html
    said = dressed(html)
    assert '<a class="mark" href="/a/2" style="color:#1a6d69">' in said
    assert '<blockquote class="note" style=' in said
    assert "callout" not in said
    assert "<strong>注意：</strong>不要" in said
    assert len(re.findall("<(?:p|td|th|table)[ >]", said)) == said.count("style=") - 2


def test_a_heading_does_not_outgrow_the_question() -> None:
    assert dressed('<h2 id="s1">步骤</h2>').endswith("<strong>步骤</strong></p>")


@given(st.text('# *1.-|>`\n字a[](/)<"=', max_size=120))
def test_nothing_is_said_more_or_less(text: str) -> None:
    html = render(text).html
    said = dressed(html)
    assert to_text(said).split() == to_text(html).split()
    assert said.count("<") <= html.count("<") + 2 * html.count("<h")
