import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoreply.extract import extract
from tests.autoreply.clients import NEW, OWN_WORDS, REPLIES


@pytest.mark.parametrize(("client", "body"), REPLIES, ids=[client for client, _ in REPLIES])
def test_only_the_new_text_of_a_reply_remains(client: str, body: str) -> None:
    assert extract(body).text == NEW


@pytest.mark.parametrize(("case", "body"), OWN_WORDS, ids=[case for case, _ in OWN_WORDS])
def test_own_words_are_kept(case: str, body: str) -> None:
    said = extract(body)
    assert said.text == body
    assert not said.quoted_removed
