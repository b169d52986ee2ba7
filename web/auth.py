"""Signing in, signing out, and the first visit of a new installation."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kb import audit, contacts, demo, passwords, people, ratelimit, settings
from kb.access import NOBODY
from kb.errors import DomainError, Invalid, Unauthorized
from kb.models.people import ADMIN, User
from web import current, errors, limits, sessions

blueprint = Blueprint("auth", __name__)


def local_path(target: str) -> str:
    """Return a path of this site, or "" for anything that leads elsewhere."""
    parts = urlsplit(target)
    # Browsers drop tabs and line ends, wherever they stand: `/\t//elsewhere` leads elsewhere.
    safe = target.startswith("/") and not target.startswith("//") and "\\" not in target
    safe = safe and target.isprintable()
    return target if safe and not parts.scheme and not parts.netloc else ""


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    """Show the sign-in form; the first visitor makes the administrator instead."""
    with current.reading() as session:
        if not people.any_user(session):
            return redirect(url_for("auth.first_run"), 303)
        accounts = demo.accounts(session)
    if current.user() is not None:
        return redirect(url_for("desk.inbox"), 303)
    return _login_page({}, {}, accounts)


def _login_page(
    values: dict[str, str], faults: dict[str, str], accounts: object, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "login.html",
        values=values,
        errors=faults,
        next=local_path(request.values.get("next", "")),
        demo_users=accounts,
        noindex=True,
    )
    return page, status


@blueprint.post("/login", endpoint="login_post")
def sign_in() -> ResponseReturnValue:
    """Check name and password; every refusal is counted and noted."""
    name = request.form.get("name", "").strip().lower()[:64]
    limits.within(ratelimit.SIGN_IN_ADDRESS)
    limits.within(ratelimit.SIGN_IN, name)
    # Checking takes a while by design; nobody who writes waits for it.
    with current.reading() as session:
        user = people.check_password(session, name, request.form.get("password", ""))
        accounts = demo.accounts(session)
    with current.writing() as session:
        if user is None:
            audit.note(session, NOBODY, "login.refused", ("user", None), now=current.now())
        else:
            _begin(session, session.get_one(User, user.id))
    if user is None:
        fault = {"": errors.sentence(Unauthorized("sign_in_refused"))}
        return _login_page({"name": name}, fault, accounts, 400)
    return redirect(local_path(request.form.get("next", "")) or url_for("desk.inbox"), 303)


def _begin(session: Session, user: User) -> None:
    """Start a session that nobody knew before; the one that the browser had ends."""
    if old := g.get("session_token"):
        people.close_session(session, old)
    sessions.sign_in(people.open_session(session, user, now=current.now()))
    audit.note(session, people.actor(user), "login", ("user", user.id), now=current.now())


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End the session on the server and forget the cookie."""
    if token := g.get("session_token"):
        with current.writing() as session:
            people.close_session(session, token)
            audit.note(session, current.actor(), "logout", ("user", None), now=current.now())
    sessions.sign_out()
    return redirect(url_for("site.home"), 303)


@blueprint.get("/first-run")
def first_run() -> ResponseReturnValue:
    """Show the form that makes the administrator; gone once somebody can sign in."""
    with current.reading() as session:
        if people.any_user(session):
            abort(404)
    return render_template("first_run.html", values={}, errors={}, noindex=True)


@blueprint.post("/first-run", endpoint="first_run_post")
def make_first() -> ResponseReturnValue:
    """Make the administrator and sign them in."""
    with current.reading() as session:
        if people.any_user(session):
            abort(404)
    form = {name: request.form.get(name, "").strip() for name in _FIRST}
    # Blanks at the ends of a password count, as they do when signing in.
    secrets = {name: request.form.get(name, "") for name in ("password", "again")}
    limits.within(ratelimit.SIGN_IN_ADDRESS)
    if faults := _faults(form, **secrets):
        return _first_page(form, faults, 400)
    try:
        with current.writing() as session:
            if people.any_user(session):
                abort(404)
            company = settings.Company(name=form["company"], mailbox=form["mailbox"])
            settings.write(session, company)
            user = people.add_user(
                session,
                form["name"],
                display_name=form["display_name"],
                role=ADMIN,
                password=secrets["password"],
                now=current.now(),
            )
            sessions.sign_in(people.open_session(session, user, now=current.now()))
            audit.note(
                session, people.actor(user), "first_run", ("user", user.id), now=current.now()
            )
    except DomainError as error:
        faults = {str(error.params.get("field", "")): errors.sentence(error)}
        return _first_page(form, faults, errors.status_of(error))
    return redirect(url_for("desk.inbox"), 303)


def _first_page(form: dict[str, str], faults: dict[str, str], status: int) -> ResponseReturnValue:
    page = render_template("first_run.html", values=form, errors=faults, noindex=True)
    return page, status


def _faults(form: dict[str, str], password: str, again: str) -> dict[str, str]:
    """Return what is wrong, all at once: field -> sentence."""
    found = {
        name: errors.sentence(Invalid("name_missing"))
        for name in ("company", "display_name")
        if not form[name]
    }
    if not people.is_name(form["name"].lower()):
        found["name"] = errors.sentence(Invalid("name_invalid"))
    if password != again:
        found["again"] = errors.sentence(Invalid("passwords_differ"))
    for field, check, value in (
        ("mailbox", _check_mailbox, form["mailbox"]),
        ("password", passwords.check, password),
    ):
        try:
            check(value)
        except Invalid as error:
            found[field] = errors.sentence(error)
    return found


def _check_mailbox(mailbox: str) -> None:
    if mailbox:
        contacts.normalise(contacts.MAIL, mailbox)


_FIRST = ("company", "mailbox", "name", "display_name")
