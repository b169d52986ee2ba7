"""Users of the desk: adding, signing in, sessions and API tokens."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kb import passwords, tokens
from kb.access import Actor
from kb.errors import Conflict, Invalid, NotFound
from kb.models.people import ADMIN, ROLES, ApiToken, User, WebSession

SESSION_LENGTH = timedelta(hours=12)
VISITOR_LENGTH = timedelta(days=30)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
SCOPES = ("read", "tickets")


def add_user(
    session: Session,
    name: str,
    *,
    display_name: str,
    role: str,
    password: str,
    now: datetime,
    team: str = "",
    email: str = "",
) -> User:
    """Add somebody to the desk. Raises Invalid, Conflict (name taken)."""
    name = name.strip().lower()
    if not is_name(name):
        raise Invalid("name_invalid", field="name")
    if role not in ROLES:
        raise Invalid("role_unknown", field="role")
    if session.scalar(select(User.id).where(User.name == name)):
        raise Conflict("name_taken", field="name", name=name)
    user = User(
        name=name,
        display_name=display_name.strip() or name,
        role=role,
        team=team,
        email=email,
        password_hash=passwords.hash_password(password),
        created_at=now,
    )
    session.add(user)
    session.flush()
    return user


def is_name(name: str) -> bool:
    """Say whether a sign-in name is lower-case letters, digits, `.`, `_` and `-`."""
    return _NAME.fullmatch(name) is not None


def any_user(session: Session) -> bool:
    """Say whether anybody can sign in yet (else the first-run page is shown)."""
    return session.scalar(select(func.count()).select_from(User)) != 0


def check_password(session: Session, name: str, password: str) -> User | None:
    """Return the user whose name and password these are, else None."""
    query = select(User).where(User.name == name.strip().lower(), User.active)
    user = session.scalar(query)
    right = passwords.verify(user.password_hash if user else None, password)
    return user if right else None


def set_password(session: Session, user: User, password: str) -> None:
    """Change a password and end all of the user's sessions. Raises Invalid."""
    user.password_hash = passwords.hash_password(password)
    session.execute(delete(WebSession).where(WebSession.user_id == user.id))
    session.flush()


def deactivate(session: Session, user: User) -> None:
    """Keep somebody out from now on. Raises Conflict for the last administrator."""
    if user.role == ADMIN:
        check_other_admin(session, user)
    user.active = False
    session.execute(delete(WebSession).where(WebSession.user_id == user.id))
    session.flush()


def check_other_admin(session: Session, user: User) -> None:
    """Refuse to lose the last administrator. Raises Conflict (`last_admin`)."""
    others = select(func.count()).select_from(User)
    others = others.where(User.role == ADMIN, User.active, User.id != user.id)
    if not session.scalar(others):
        raise Conflict("last_admin", field="role", user=user.id)


def actor(user: User, *, trusted: bool = False) -> Actor:
    """Return who a user is to `kb.access`; `trusted` when their team does without review."""
    return Actor(label=user.display_name, user_id=user.id, role=user.role, trusted=trusted)


def open_session(session: Session, user: User | None, *, now: datetime) -> str:
    """Start a browser session; a new token each time, so that none can be fixed beforehand."""
    token = tokens.fresh(256)
    length = SESSION_LENGTH if user else VISITOR_LENGTH
    session.add(
        WebSession(
            token_hash=tokens.digest(token),
            user_id=user.id if user else None,
            data={},
            created_at=now,
            seen_at=now,
            expires_at=now + length,
        )
    )
    if user:
        user.last_login_at = now
    session.flush()
    return token


def find_session(session: Session, token: str, *, now: datetime) -> WebSession | None:
    """Return a live session of a token; ended ones and those of inactive users are None."""
    row = session.get(WebSession, tokens.digest(token))
    if row is None or row.expires_at <= now:
        return None
    if row.user_id is not None:
        user = session.get(User, row.user_id)
        if user is None or not user.active:
            return None
    return row


def close_session(session: Session, token: str) -> None:
    """Sign out on the server: the token is worthless from now on."""
    session.execute(delete(WebSession).where(WebSession.token_hash == tokens.digest(token)))


def add_token(
    session: Session,
    name: str,
    *,
    scopes: tuple[str, ...],
    user_id: int | None,
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Add an API token; the text returned is shown once and never again. Raises Invalid."""
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not name.strip():
        raise Invalid("token_invalid", field="scopes" if unknown else "name")
    secret = tokens.fresh(256)
    row = ApiToken(
        name=name.strip()[:80],
        secret_hash=tokens.digest(secret),
        scopes=list(scopes),
        user_id=user_id,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return row, f"wq_{row.id}_{secret}"


def check_token(session: Session, text: str, *, now: datetime) -> Actor | None:
    """Return who a token stands for, else None."""
    match = re.fullmatch(r"wq_(\d{1,18})_([A-Za-z0-9_-]{20,100})", text)
    row = session.get(ApiToken, int(match[1])) if match else None
    if row is None or match is None or row.revoked_at or row.secret_hash != tokens.digest(match[2]):
        return None
    if row.expires_at is not None and row.expires_at <= now:
        return None
    row.used_at = now
    return Actor(label=f"token:{row.name}", scopes=tuple(row.scopes))


def revoke_token(session: Session, token_id: int, *, now: datetime) -> None:
    """End a token. Raises NotFound."""
    row = session.get(ApiToken, token_id)
    if row is None:
        raise NotFound(token=token_id)
    row.revoked_at = row.revoked_at or now
