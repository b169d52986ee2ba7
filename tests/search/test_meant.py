"""Of a letter is looked for what it asks, if that says anything."""

from __future__ import annotations

import numpy as np
import pytest

from search import meant
from search.analysis import Analyzer
from search.features import Comparer
from search.matches import NOTHING, Scored
from search.profiles import Profiler, build_lexicon

WHOLE = (
    "上周你们的师傅来装好了，昨天晚上开始就一直不对，我们换了一次，还是和之前一样，家里老人很着急。"
    "打了几次电话都没有人接，只好写信来问你们。"
)


@pytest.mark.parametrize(
    ("asked", "by_itself"),
    [("请问这种情况该怎么处理？", False), ("请问门锁电池舱发烫、指纹识别不了怎么处理？", True)],
)
def test_a_question_that_names_nothing_is_not_looked_for_by_itself(
    asked: str, by_itself: bool
) -> None:
    profiler = Profiler(Analyzer())
    comparer = Comparer(
        profiler,
        build_lexicon(profiler, [["门锁电池发烫"], ["指纹识别不了"], ["师傅什么时候上门"]]),
    )
    looked: list[str] = []

    def look(one: str, known: np.ndarray | None = None) -> Scored:
        looked.append(one)
        return NOTHING

    meant.better(look, WHOLE + asked, corrector=None, vector=None, said=comparer.said)
    assert looked[0] == WHOLE + asked
    assert (asked in looked) == by_itself
