"""People whose words sound like those of machines are never taken for one."""

from pathlib import Path

import pytest

from autoreply.guard import HUMAN, NO_HISTORY, Ours, judge
from tests.autoreply.mails import NOW, mail

MAILS = [
    line.split("\t")
    for line in Path(__file__).with_name("people.tsv").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize(("subject", "text"), MAILS)
def test_a_person_is_a_person(subject: str, text: str) -> None:
    found = mail(text.replace("\\n", "\n"), Subject=subject)
    assert judge(found, NO_HISTORY, Ours(), now=NOW).kind == HUMAN
