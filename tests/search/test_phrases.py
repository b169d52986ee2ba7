from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import Analyzer

ANALYZER = Analyzer()


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("C3户外摄像头装多高、朝哪个角度合适？", "C3户外/摄像头/装多高、朝哪个/角度/合适？"),
        ("登录时收不到短信验证码怎么办？", "登录时/收不到/短信/验证码/怎么办？"),
        ("L7 Pro的两块电池怎么轮换充电？", "L7 Pro的/两块/电池/怎么/轮换/充电？"),
        ("Wi-Fi", "Wi-Fi"),
        ("", ""),
    ],
)
def test_a_line_ends_between_phrases(text: str, pieces: str) -> None:
    assert ANALYZER.phrases(text) == pieces.split("/")[: len(pieces) or 0]


@given(st.text())
def test_nothing_is_lost(text: str) -> None:
    assert "".join(ANALYZER.phrases(text)) == text
