"""The mark of a demo database, and its accounts, which the sign-in page shows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kb import settings

FLAG = "demo"


@dataclass(frozen=True, slots=True)
class Account:
    """An account that everybody may try."""

    name: str
    display_name: str
    role: str
    password: str


# Demo accounts are public by design: they open a throw-away database on loopback only.
ACCOUNTS = (
    Account("xuzhiwei", "许知微", "agent", "anlu-demo-agent"),
    Account("luheng", "陆衡", "editor", "anlu-demo-editor"),
    Account("chengshu", "程述", "admin", "anlu-demo-admin"),
)

# Signs replies in the demo's resolved tickets; not shown on the sign-in page.
SECOND_AGENT = Account("hechuan", "何川", "agent", "anlu-demo-second")


def accounts(session: Session) -> tuple[Account, ...]:
    """Return the accounts to show; none outside a demo."""
    return ACCOUNTS if settings.flag(session, FLAG) else ()
