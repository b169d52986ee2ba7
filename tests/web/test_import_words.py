"""Every fault of an imported record has a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb import transfer
from kb.transfer import Problem
from web import import_words, words

SOURCES = sorted(Path(transfer.__file__).parent.glob("transfer*.py"))
CODE = re.compile(r"""(?:wrong\([^()]*?,|Problem\([^()]*?,)\s*"([a-z0-9]+_[a-z_0-9]+)\"""")


def test_every_code_has_words() -> None:
    codes = {code for path in SOURCES for code in CODE.findall(path.read_text(encoding="utf-8"))}
    assert {"state_unknown", "picture_missing"} <= codes
    assert codes <= import_words.CODES.keys() | words.SENTENCES.keys()


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (Problem("faq.csv:3", "question", "question_missing"),
         "faq.csv第3行，问题：还空着，写上客户会怎么问。"),
        (Problem("a.md", "owner", "owner_unknown", "lin"),
         "a.md，负责人：没有这位用户，先空着（lin）。"),
        (Problem("a.png", "", "image_too_large"), "a.png：图片太大了，请缩小后再传。"),
    ],
)  # fmt: skip
def test_a_fault_names_its_place_and_the_next_step(problem: Problem, said: str) -> None:
    assert import_words.sentence(problem) == said
