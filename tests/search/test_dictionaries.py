"""The lists of words that people edit."""

from __future__ import annotations

from search.dictionaries import parse


def test_what_is_too_long_for_a_word_is_left_out() -> None:
    found = parse(user_words="虚位密码\n" + "长" * 200_000, synonyms="甲," + "乙" * 65)
    assert found.user_words == ("虚位密码",)
    assert found.synonyms == ()
