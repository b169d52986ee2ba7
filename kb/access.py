"""Who may do what: the one place that says so, as a table."""

from __future__ import annotations

from dataclasses import dataclass

from kb.errors import Forbidden, NotFound
from kb.models.knowledge import INTERNAL, PUBLIC
from kb.models.people import ADMIN, AGENT, EDITOR
from kb.models.service import Ticket


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: a user of the desk, a customer or a program.

    Attributes:
        label: what the audit log calls them.
        role: `agent`, `editor`, `admin`; None for customers.
        segments: slugs that a contact was verified for.
        scopes: what an API token allows; empty for people.
        trusted: an agent of a team that publishes without review (`kb.settings.Authoring`).
    """

    label: str
    user_id: int | None = None
    role: str | None = None
    segments: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    trusted: bool = False


NOBODY = Actor("nobody")
SYSTEM = Actor("system", role=ADMIN)

_STAFF = frozenset({AGENT, EDITOR, ADMIN})
_EDITORS = frozenset({EDITOR, ADMIN})
_ADMINS = frozenset({ADMIN})

# verb -> roles. What a customer may do needs no verb: it is what the site offers.
VERBS: dict[str, frozenset[str]] = {
    "desk.use": _STAFF,
    "article.see": _STAFF,
    "article.write": _STAFF,
    "article.submit": _STAFF,
    "article.review": _EDITORS,
    "article.publish": _EDITORS,
    "article.archive": _EDITORS,
    "article.pin": _EDITORS,
    "candidate.make": _STAFF,
    "candidate.decide": _EDITORS,
    "asking.decide": _STAFF,
    "ticket.see": _STAFF,
    "ticket.reply": _STAFF,
    "ticket.resolve": _STAFF,
    "ticket.assign": _STAFF,
    "contact.see": _STAFF,
    "contact.export": _ADMINS,
    "contact.erase": _ADMINS,
    "mail.see": _STAFF,
    "mail.manage": _ADMINS,
    "mail.correct": _EDITORS,
    "automation.write": _EDITORS,
    "backtest.run": _EDITORS,
    "wording.write": _EDITORS,
    "notice.write": _EDITORS,
    "menu.write": _EDITORS,
    "category.write": _EDITORS,
    "dictionary.write": _EDITORS,
    "insight.see": _STAFF,
    "user.manage": _ADMINS,
    "token.manage": _ADMINS,
    "setting.manage": _ADMINS,
    "job.manage": _ADMINS,
    "audit.see": _ADMINS,
}


# What review is for; where a team does without it, its agents may do these too.
REVIEWED = frozenset({"article.review", "article.publish", "candidate.decide"})


def can(actor: Actor, verb: str, thing: object = None) -> bool:
    """Say whether an actor may do something to an object.

    Args:
        actor: who.
        verb: a key of `VERBS`; an unknown one is a programming error.
        thing: the object; its own state may narrow the answer.
    """
    if verb == "ticket.reply" and isinstance(thing, Ticket) and thing.spam:
        return False
    if actor.trusted and verb in REVIEWED:
        return actor.role in _STAFF
    return actor.role in VERBS[verb]


def require(actor: Actor, verb: str, thing: object = None) -> None:
    """Refuse what `can` denies.

    Raises:
        NotFound: the actor may not know that the object exists.
        Forbidden: they may see it but not do this.
    """
    if can(actor, verb, thing):
        return
    if actor.role is None:
        raise NotFound
    raise Forbidden(verb=verb)


def audiences(actor: Actor) -> tuple[str, ...]:
    """Return which audiences an actor belongs to, `public` first."""
    if actor.role is not None:
        return (PUBLIC, INTERNAL, *(f"segment:{slug}" for slug in actor.segments))
    return (PUBLIC, *(f"segment:{slug}" for slug in actor.segments))
