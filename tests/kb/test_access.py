"""Roles × verbs: the whole table, written down a second time."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy.orm import Session

from kb.access import NOBODY, SYSTEM, VERBS, Actor, audiences, can, require
from kb.errors import Forbidden, NotFound
from tests.factories import make_ticket

ROLES = (None, "agent", "editor", "admin")
EDITORS = {
    "article.review", "article.publish", "article.archive", "article.pin", "candidate.decide",
    "notice.write", "menu.write", "category.write", "dictionary.write",
    "automation.write", "backtest.run", "mail.correct", "wording.write",
}  # fmt: skip
ADMINS = {
    "contact.export", "contact.erase", "mail.manage", "user.manage", "token.manage",
    "setting.manage", "job.manage", "audit.see",
}  # fmt: skip


def expected(role: str | None, verb: str) -> bool:
    if role is None:
        return False
    if verb in ADMINS:
        return role == "admin"
    return role != "agent" or verb not in EDITORS


@pytest.mark.parametrize(("role", "verb"), list(itertools.product(ROLES, sorted(VERBS))))
def test_who_may_do_what(role: str | None, verb: str) -> None:
    actor = Actor("x", role=role)
    assert can(actor, verb) is expected(role, verb)
    if can(actor, verb):
        require(actor, verb)
    else:
        # Customers are not told that there is anything to be forbidden.
        with pytest.raises(NotFound if role is None else Forbidden):
            require(actor, verb)


def test_an_unknown_verb_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        can(SYSTEM, "article.invent")


def test_nobody_replies_to_spam(session: Session) -> None:
    ticket = make_ticket(session)
    assert can(SYSTEM, "ticket.reply", ticket)
    ticket.spam = True
    assert not can(SYSTEM, "ticket.reply", ticket)


@pytest.mark.parametrize(
    ("actor", "seen"),
    [
        (NOBODY, ("public",)),
        (Actor("x", segments=("vip",)), ("public", "segment:vip")),
        (Actor("x", role="agent"), ("public", "internal")),
        (Actor("x", scopes=("read",)), ("public",)),
    ],
)
def test_who_belongs_to_which_audience(actor: Actor, seen: tuple[str, ...]) -> None:
    assert audiences(actor) == seen
