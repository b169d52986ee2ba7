"""Leave to use a mailbox by OAuth2: asked for at the desk, kept fresh by whoever needs a token."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from autoreply import accounts, oauth
from autoreply.oauth import App, Tokens
from autoreply.providers import find
from autoreply.tables import MailAccount
from kb import tokens
from kb.db import Database
from kb.errors import Invalid, Unavailable

EARLY = timedelta(minutes=5)
"""An access token that ends within this is renewed before it is used."""

AGREE_WITHIN = timedelta(minutes=15)


def app_of(row: MailAccount, secret: bytes) -> App:
    """Return what is registered at the provider of a mailbox."""
    provider = find(row.provider)
    grant = provider.grant if provider else None
    return App(
        client_id=row.client_id,
        client_secret=accounts.secrets_of(row, secret).get("client_secret", ""),
        authorize_url=row.authorize_url,
        token_url=row.token_url,
        scope=row.scope,
        more=grant.more if grant else (),
    )


def ask_consent(
    session: Session, number: int, *, user: int, redirect_uri: str, secret: bytes, now: datetime
) -> str:
    """Return the provider's page where the owner agrees; the answer is bound to who asked.

    Args:
        session: the unit of work.
        number: of the mailbox.
        user: who asks; only their browser may bring the answer.
        redirect_uri: where it is brought to.
        secret: the installation's key.
        now: the moment.
    """
    row = accounts.get(session, number)
    verifier, state = oauth.verifier(), f"{row.id}.{tokens.fresh()}"
    asked = {"state": state, "verifier": verifier, "asked": f"{user} {now.timestamp()}"}
    accounts.keep_secrets(row, secret, **asked)
    session.flush()
    return oauth.authorize_address(
        app_of(row, secret),
        redirect_uri=redirect_uri,
        state=state,
        code_verifier=verifier,
        hint=row.address,
    )


def take_consent(
    session: Session, state: str, *, user: int, secret: bytes, now: datetime
) -> tuple[MailAccount, str]:
    """Return the mailbox and verifier that an answer belongs to; each counts once.

    Raises:
        Invalid: `oauth_state`: not asked for here, by this user, in the last minutes.
    """
    number = state.partition(".")[0]
    known = number.isascii() and number.isdigit() and len(number) < 10
    row = session.get(MailAccount, int(number)) if known else None
    kept = accounts.secrets_of(row, secret) if row else {}
    asker, _, at = kept.get("asked", "").partition(" ")
    fresh = bool(at) and now.timestamp() - float(at) <= AGREE_WITHIN.total_seconds()
    if row is None or not fresh or asker != str(user) or kept.get("state") != state:
        raise Invalid("oauth_state", field="state")
    accounts.keep_secrets(row, secret, state="", verifier="", asked="")
    return row, kept["verifier"]


def keep_tokens(row: MailAccount, found: Tokens, *, secret: bytes, now: datetime) -> None:
    """Store tokens; a refresh token that did not come again stays."""
    accounts.keep_secrets(
        row, secret, access_token=found.access, refresh_token=found.refresh or None
    )
    row.token_ends_at = now + timedelta(seconds=found.seconds)


def access_token(db: Database, number: int, *, secret: bytes, clock: Callable[[], datetime]) -> str:
    """Return an access token that is still good, renewed when it is not.

    The provider is asked between two transactions; when two workers ask at once, both tokens are
    good, and the one that was stored last is used from then on.

    Raises:
        Unavailable: `oauth_ended`, `oauth_down` or `oauth_refused`.
        NotFound: the mailbox is gone.
    """
    with db.reading() as session:
        row = accounts.get(session, number)
        kept, app = accounts.secrets_of(row, secret), app_of(row, secret)
        good = row.token_ends_at is not None and row.token_ends_at - EARLY > clock()
    if good and kept.get("access_token"):
        return kept["access_token"]
    if not kept.get("refresh_token"):
        raise Unavailable("oauth_ended", reason="no refresh token")
    found = oauth.refresh(app, kept["refresh_token"])
    with db.transaction() as session:
        row = accounts.get(session, number)
        # When the owner agreed anew meanwhile, that answer counts.
        if accounts.secrets_of(row, secret).get("refresh_token") == kept["refresh_token"]:
            keep_tokens(row, found, secret=secret, now=clock())
    return found.access


def redirect_address(base_url: str) -> str:
    """Return the address that has to be registered at the provider."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/desk/mailboxes/agreed"
