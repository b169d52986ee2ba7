"""Who may use the desk, and which programs may use the interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import audit, people
from kb.errors import Conflict, DomainError, Invalid, NotFound
from kb.models.people import ADMIN, ROLES, ApiToken, User
from web import current, errors
from web.desk import choices, frame
from web.desk.blueprint import desk
from web.locale import gettext

USER_FIELDS = ("id", "name", "display_name", "role", "team", "email", "signature")
MOST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class TokenLine:
    """One token in the list; see templates/desk/tokens.html."""

    id: int
    name: str
    scopes: list[str]
    user: str
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None
    revoked: bool


@desk.get("/users", endpoint="users")
def all_users() -> ResponseReturnValue:
    """Show who may use the desk; `?id=` puts one into the form."""
    current.require("user.manage")
    with current.reading() as session:
        number = current.whole("id")
        user = _user(session, number) if number else None
        values = {name: getattr(user, name) for name in USER_FIELDS} if user else {"role": "agent"}
        return _users_page(session, values)


def _users_page(
    session: Session,
    values: Mapping[str, object],
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    rows = session.scalars(select(User).order_by(User.active.desc(), User.display_name)).all()
    html = render_template(
        "desk/users.html", users=rows, values=values, errors=faults or {}, roles=choices.roles()
    )
    return html, status


def _user(session: Session, number: int | None) -> User:
    user = session.get(User, number) if number else None
    if user is None:
        raise NotFound(user=number)
    return user


@desk.post("/users", endpoint="users_post")
def change_user() -> ResponseReturnValue:
    """Add or change somebody, keep them out, or let them in again."""
    current.require("user.manage")
    deeds = {"save": _save_user, "stop": _stop, "start": _start}
    deed = deeds.get(request.form.get("do", ""))
    if deed is None:
        raise Invalid("refused", field="do")
    try:
        with current.writing() as session:
            user, said = deed(session)
            thing = ("user", user.id)
            audit.note(session, current.actor(), f"user.{said}", thing, now=current.now())
    except NotFound:
        raise
    except DomainError as error:
        typed = {name: request.form.get(name, "") for name in USER_FIELDS}
        faults = {str(error.params.get("field", "")): errors.sentence(error)}
        with current.reading() as session:
            return _users_page(session, typed, faults, errors.status_of(error))
    return frame.back("users", said)


def _save_user(session: Session) -> tuple[User, str]:
    form, number = request.form, current.whole("id")
    if number is None:
        user = people.add_user(
            session,
            form.get("name", ""),
            display_name=form.get("display_name", ""),
            role=form.get("role", ""),
            password=form.get("password", ""),
            team=form.get("team", "").strip()[:64],
            email=form.get("email", "").strip()[:254],
            now=current.now(),
        )
    else:
        user = _user(session, number)
        _rename(session, user)
        _change_role(session, user, form.get("role", ""))
        if form.get("password"):
            people.set_password(session, user, form["password"])
    user.signature = form.get("signature", "").strip()[:1000]
    return user, "saved"


def _rename(session: Session, user: User) -> None:
    form = request.form
    name = form.get("name", "").strip().lower()
    taken = session.scalar(select(User.id).where(User.name == name, User.id != user.id))
    if taken is not None:
        raise Conflict("name_taken", field="name", name=name)
    if not people.is_name(name):
        raise Invalid("name_invalid", field="name")
    user.name = name
    user.display_name = form.get("display_name", "").strip()[:64] or name
    user.team = form.get("team", "").strip()[:64]
    user.email = form.get("email", "").strip()[:254]


def _change_role(session: Session, user: User, role: str) -> None:
    if role not in ROLES:
        raise Invalid("role_unknown", field="role")
    if user.role == ADMIN and role != ADMIN and user.active:
        people.check_other_admin(session, user)
    user.role = role


def _stop(session: Session) -> tuple[User, str]:
    user = _user(session, current.whole("id"))
    people.deactivate(session, user)
    return user, "stopped"


def _start(session: Session) -> tuple[User, str]:
    user = _user(session, current.whole("id"))
    user.active = True
    return user, "started"


def scopes() -> list[choices.Choice]:
    """Return what a token may be for."""
    words = (gettext("读公开条目"), gettext("提工单"))
    return list(zip(people.SCOPES, words, strict=True))


@desk.get("/tokens", endpoint="tokens")
def all_tokens() -> ResponseReturnValue:
    """Show the tokens of programs."""
    current.require("token.manage")
    with current.reading() as session:
        return _tokens_page(session, {"scopes": ["read"]})


def _tokens_page(
    session: Session,
    values: Mapping[str, object],
    *,
    fresh: str = "",
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    html = render_template(
        "desk/tokens.html",
        tokens=_token_lines(session),
        fresh=fresh,
        scopes=scopes(),
        values=values,
        errors=faults or {},
    )
    return make_response(html, status)


def _token_lines(session: Session) -> list[TokenLine]:
    words = {str(value): text for value, text in scopes()}
    names = {user.id: user.display_name for user in session.scalars(select(User))}
    return [
        TokenLine(
            id=row.id,
            name=row.name,
            scopes=[words.get(scope, scope) for scope in row.scopes],
            user=names.get(row.user_id or 0, ""),
            created_at=row.created_at,
            used_at=row.used_at,
            expires_at=row.expires_at,
            revoked=row.revoked_at is not None,
        )
        for row in session.scalars(select(ApiToken).order_by(ApiToken.id.desc()))
    ]


@desk.post("/tokens", endpoint="tokens_post")
def change_token() -> ResponseReturnValue:
    """Make a token, which is shown once, or end one."""
    current.require("token.manage")
    deeds = {"make": _make, "revoke": _revoke}
    deed = deeds.get(request.form.get("do", ""))
    if deed is None:
        raise Invalid("refused", field="do")
    return deed()


def _make() -> ResponseReturnValue:
    name, chosen = request.form.get("name", ""), request.form.getlist("scopes")
    values = {"name": name, "scopes": chosen, "days": request.form.get("days", "")}
    try:
        fresh = _made(name, tuple(chosen))
    except DomainError as error:
        faults = {str(error.params.get("field", "")): errors.sentence(error)}
        with current.reading() as session:
            return _tokens_page(session, values, faults=faults, status=errors.status_of(error))
    with current.reading() as session:
        return _tokens_page(session, {"scopes": ["read"]}, fresh=fresh)


def _made(name: str, chosen: tuple[str, ...]) -> str:
    days = current.whole("days")
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise Invalid("number_range", field="days", least=1, most=MOST_DAYS)
    if not chosen:
        raise Invalid("token_invalid", field="scopes")
    with current.writing() as session:
        row, fresh = people.add_token(
            session,
            name,
            scopes=chosen,
            user_id=current.actor().user_id,
            now=current.now(),
            expires_at=current.now() + timedelta(days=days) if days else None,
        )
        audit.note(session, current.actor(), "token.make", ("token", row.id), now=current.now())
    return fresh


def _revoke() -> ResponseReturnValue:
    number = current.whole("id") or 0
    with current.writing() as session:
        people.revoke_token(session, number, now=current.now())
        audit.note(session, current.actor(), "token.revoke", ("token", number), now=current.now())
    return frame.back("tokens", "revoked")
