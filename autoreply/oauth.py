"""Access tokens for mailboxes: authorisation code with PKCE, and refresh.

Source: RFC 6749, 4.1 and 6; RFC 7636 (S256); RFC 8252 for loopback addresses.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from kb.errors import Invalid, Unavailable

log = logging.getLogger(__name__)

SECONDS = 15.0
MOST_BYTES = 64 * 1024
EARLY_SECONDS = 300.0
MOST_SECONDS = 30 * 24 * 3600
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class App:
    """What is registered at the provider.

    Attributes:
        client_secret: "" for a public client.
        scope: separated by spaces.
        more: further fields of the authorisation address.
    """

    client_id: str
    client_secret: str = field(repr=False)
    authorize_url: str
    token_url: str
    scope: str
    more: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a token endpoint gave.

    Attributes:
        refresh: "" when the old one stays good.
        seconds: how long `access` is good.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    seconds: int


def check_address(url: str, *, name: str) -> None:
    """Refuse an address over which secrets would travel in the open. Raises Invalid."""
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or local):
        raise Invalid("oauth_address", field=name)


def verifier() -> str:
    """Return a fresh code verifier of 256 bits (RFC 7636, 4.1)."""
    return secrets.token_urlsafe(32)


def challenge(code_verifier: str) -> str:
    """Return what the authorisation address tells of a verifier: S256 (RFC 7636, 4.2)."""
    digest = hashlib.sha256(code_verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def authorize_address(
    app: App, *, redirect_uri: str, state: str, code_verifier: str, hint: str = ""
) -> str:
    """Return the page where the owner of a mailbox agrees.

    Args:
        app: ours.
        redirect_uri: where the provider sends the browser back to.
        state: binds the answer to who asked.
        code_verifier: kept here until the answer comes.
        hint: the mailbox, so that the right account is offered.
    """
    query = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "scope": app.scope,
        "state": state,
        "code_challenge": challenge(code_verifier),
        "code_challenge_method": "S256",
        **dict(app.more),
    }
    if hint:
        query["login_hint"] = hint
    joint = "&" if urlsplit(app.authorize_url).query else "?"
    return f"{app.authorize_url}{joint}{urlencode(query)}"


def exchange(app: App, *, code: str, code_verifier: str, redirect_uri: str) -> Tokens:
    """Turn the code that came back into tokens. Raises Unavailable (`oauth_…`)."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": code_verifier,
    }
    return _ask(app, fields)


def refresh(app: App, refresh_token: str) -> Tokens:
    """Return a fresh access token.

    Raises:
        Unavailable: `oauth_ended` when the owner has to agree again, `oauth_down` when the
            endpoint does not answer, `oauth_refused` for anything else it says.
    """
    fields = {"grant_type": "refresh_token", "refresh_token": refresh_token, "scope": app.scope}
    return _ask(app, fields)


def _ask(app: App, fields: dict[str, str]) -> Tokens:
    fields = {**fields, "client_id": app.client_id}
    if app.client_secret:
        fields["client_secret"] = app.client_secret
    answer = _post(app.token_url, urlencode(fields).encode())
    try:
        return Tokens(
            access=str(answer["access_token"]),
            refresh=str(answer.get("refresh_token", "")),
            seconds=min(max(int(answer.get("expires_in", 3600)), 0), MOST_SECONDS),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unavailable("oauth_refused", reason="no access_token") from error


class Keep(Protocol):
    """Where a refresh token stands, for all processes and past a restart."""

    def read(self) -> str:
        """Return the newest one."""

    def write(self, token: str) -> None:
        """Keep another one. Raises Unavailable."""


@dataclass(slots=True)
class InMemory:
    """A refresh token that ends with the process."""

    token: str = field(repr=False)

    def read(self) -> str:
        """Return the newest one."""
        return self.token

    def write(self, token: str) -> None:
        """Keep another one."""
        self.token = token


@dataclass(slots=True)
class Cached:
    """Access tokens of a mailbox that stands in the configuration.

    Attributes:
        refreshing: the refresh token, replaced when the endpoint gives another.
        clock: seconds that never go back.
    """

    app: App
    refreshing: Keep
    clock: Callable[[], float] = time.monotonic
    _access: str = field(default="", repr=False)
    _ends: float = 0.0
    # Given, and not kept yet because the database was locked.
    _loose: str = field(default="", repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def token(self) -> str:
        """Return a token that is still good. Raises Unavailable."""
        with self._lock:
            if not self._access or self.clock() > self._ends - EARLY_SECONDS:
                found = self._renewed()
                self._access, self._ends = found.access, self.clock() + found.seconds
            return self._access

    def _renewed(self) -> Tokens:
        known = self._loose or self.refreshing.read()
        try:
            found = refresh(self.app, known)
        except Unavailable as error:
            newer = self.refreshing.read()
            if error.code != "oauth_ended" or newer == known:
                raise
            # Another process was given a new one meanwhile, and with it ours ended.
            known, found = newer, refresh(self.app, newer)
        if found.refresh and found.refresh != known:
            self._loose = found.refresh
        self._keep()
        return found

    def _keep(self) -> None:
        """Keep what was given; the old one may be worth nothing already, so it is held on to."""
        if not self._loose:
            return
        try:
            self.refreshing.write(self._loose)
            self._loose = ""
        except Unavailable as error:
            log.warning("a refresh token could not be kept yet: %s", error)


# Any: JSON.
def _post(url: str, body: bytes) -> dict[str, Any]:
    check_address(url, name="token_url")
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 - checked above
    try:
        with _opener().open(request, timeout=SECONDS) as reply:
            return _object(reply.read(MOST_BYTES))
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(error.code, error.read(MOST_BYTES)) from error
    except (OSError, ValueError) as error:
        raise Unavailable("oauth_down", reason=type(error).__name__) from error


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the body holds secrets."""

    def redirect_request(self, *_: Any, **__: Any) -> None:  # Any: as urllib calls it
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_Stay)


def _refusal(status: int, body: bytes) -> Unavailable:
    """Return what a refusal means; its description is the provider's own words."""
    if status >= 500:
        return Unavailable("oauth_down", reason=str(status))
    try:
        said = _object(body)
    except ValueError:
        said = {}
    kind = str(said.get("error", status))
    reason = str(said.get("error_description", kind)).splitlines()[0][:200] if said else kind
    code = "oauth_ended" if kind in ("invalid_grant", "interaction_required") else "oauth_refused"
    return Unavailable(code, reason=reason)


def _object(body: bytes) -> dict[str, Any]:  # Any: JSON
    said = json.loads(body)
    if not isinstance(said, dict):
        raise ValueError("no object")
    return said
