"""Words that somebody tries: an example of every kind, and a mail to oneself."""

from __future__ import annotations

import pytest

from autoreply import render, trials, wording
from kb import settings
from kb.errors import Invalid
from tests.autoreply.world import MAILBOX, World, text_of

COMPANY = settings.Company(name="安庐", name_en="Anlu", mailbox=MAILBOX, phone="400-000-0000")


@pytest.mark.parametrize("kind", wording.KINDS)
@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_there_is_an_example_of_every_kind(kind: str, lang: str) -> None:
    own = render.shipped(kind, lang)
    said = trials.write(kind, lang, own, COMPANY, "https://help.anlu.example")
    assert "{" not in said.text
    assert {wording.ZH: "周琳", wording.HANT: "周琳", wording.EN: "Zhou Lin"}[lang] in said.text
    assert "400-000-0000" in said.html


def test_a_trial_leaves_like_any_mail(world: World) -> None:
    said = trials.write(
        "answer", "zh", render.shipped("answer", "zh"), COMPANY, "https://h.example"
    )
    with world.db.transaction() as session:
        trials.queue(session, said, COMPANY, to="me@anlu.example", lang="zh", now=world.now)
    world.work()
    [parcel] = world.transport.sent
    assert (parcel.recipient, parcel.sender) == ("me@anlu.example", MAILBOX)
    assert "已解决，请点：" in text_of(world.sent[0])
    assert world.outbox[0].state == "sent"


def test_a_trial_needs_an_address_at_both_ends(world: World) -> None:
    said = render.Rendered("", "a", "<p>a</p>")
    with world.db.transaction() as session:
        with pytest.raises(Invalid, match="address_invalid"):
            trials.queue(session, said, COMPANY, to="me", lang="zh", now=world.now)
        with pytest.raises(Invalid, match="mailbox_missing"):
            trials.queue(
                session, said, settings.Company(), to="a@b.example", lang="zh", now=world.now
            )
