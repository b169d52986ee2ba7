"""Settings that people change at the desk: the company, its hours, how mail is answered.

Each is a frozen dataclass with defaults, stored as one JSON row. What belongs to the machine
(addresses, secrets, paths) is configuration (`wenqu.config`), not a setting.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any, TypeVar, cast

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kb.models.base import table_of
from kb.models.system import Setting
from kb.policies import Authoring as Authoring
from kb.policies import Automation as Automation
from kb.policies import Company as Company
from kb.policies import Retention as Retention

Kind = TypeVar("Kind", Company, Automation, Authoring, Retention)
KINDS = (Company, Automation, Authoring, Retention)

_SETTING = table_of(Setting).c
_STORED = select(_SETTING.name, _SETTING.value).where(
    or_(*(_SETTING.name == kind.__name__.lower() for kind in KINDS))
)


def read(session: Session, kind: type[Kind]) -> Kind:
    """Return a setting, with its defaults where nothing was chosen.

    All are read at once, once in a unit of work; one mail asks for them a dozen times.
    """
    known = _read_here(session)
    if kind not in known:
        _read_stored(session, known)
    # The key is the type of the value.
    return cast(Kind, known[kind])


def _read_here(session: Session) -> dict[type, object]:
    found: dict[type, object] = session.info.setdefault("settings", {})
    return found


def _read_stored(session: Session, known: dict[type, object]) -> None:
    wanted = {kind.__name__.lower(): kind for kind in KINDS if kind not in known}
    stored = {row.name: row.value for row in session.execute(_STORED)}
    for name, kind in wanted.items():
        known[kind] = _made(kind, stored.get(name) or {})


def _made(kind: type, stored: dict[str, Any]) -> object:  # JSON that `write` made
    known = {field.name for field in fields(kind)}
    return kind(**{name: _frozen(value) for name, value in stored.items() if name in known})


def write(session: Session, value: Company | Automation | Authoring | Retention) -> None:
    """Store a setting."""
    name = type(value).__name__.lower()
    row = session.get(Setting, name)
    stored = {key: _thawed(item) for key, item in asdict(value).items()}
    if row is None:
        session.add(Setting(name=name, value=stored))
    else:
        row.value = stored
    _read_here(session).pop(type(value), None)
    session.flush()


def flag(session: Session, name: str) -> bool:
    """Say whether a mark stands, as `demo` for a demo database."""
    return session.get(Setting, f"flag:{name}") is not None


def raise_flag(session: Session, name: str) -> None:
    """Set a mark."""
    if not flag(session, name):
        session.add(Setting(name=f"flag:{name}", value={}))
        session.flush()


def lower_flag(session: Session, name: str) -> None:
    """Remove a mark."""
    row = session.get(Setting, f"flag:{name}")
    if row is not None:
        session.delete(row)
        session.flush()


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _thawed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
