"""Try to read a mailbox, step by step, and name the step that fails."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Sequence

from autoreply import imap
from autoreply.imap import Account, Box
from autoreply.look import Look, bad, care, well
from autoreply.providers import of_host
from kb.errors import Unavailable

SECONDS = 10.0
MOST_FOLDERS = 12

# What a provider says -> what it means. Texts as they were seen; case does not count.
_REFUSALS = (
    ("unsafe login", "imap_unsafe"),
    ("application-specific password", "imap_app_password"),
    ("authenticated but not connected", "imap_switched_off"),
    ("imap access is disabled", "imap_switched_off"),
    ("service is not open", "imap_switched_off"),
    ("service not open", "imap_switched_off"),
    ("account is abnormal", "imap_switched_off"),
    ("authorization code", "imap_code_wrong"),
    ("authorized code", "imap_code_wrong"),
    ("授权码", "imap_code_wrong"),
    # Netease says so of a password, too.
    ("login error or password error", "imap_code_wrong"),
    ("frequency", "imap_too_often"),
)


def imap_looks(account: Account, *, seconds: float = SECONDS) -> list[Look]:
    """Connect, sign in, choose the folder, ask for IDLE.

    Args:
        account: the mailbox.
        seconds: longest wait for one step.

    Returns:
        one look for each step, up to the first that fails.
    """
    found: list[Look] = []
    try:
        with imap.connected(account, seconds=seconds) as client:
            found.append(well("imap_connected", host=account.host, port=account.port))
            imap.sign_in(client, account)
            found.append(well("imap_signed_in", user=account.user))
            found.extend(_inside(Box(client), account))
    except Unavailable as error:
        found.append(_sign_in(account, error))
    except imap.BROKEN as error:
        found.append(unreachable("imap", account.host, account.port, error))
    return found


def _inside(box: Box, account: Account) -> Iterator[Look]:
    try:
        chosen = box.choose(account.folder, look_only=True)
    except imap.REFUSED as error:
        yield _folder(box, account, str(error))
        return
    yield well("imap_folder", folder=account.folder, count=chosen.count)
    yield well("imap_idle") if box.can("IDLE") else care("imap_polls")


def _folder(box: Box, account: Account, said: str) -> Look:
    known = meaning(said, _REFUSALS)
    if known:
        return bad(known, reply=said[:300])
    names = "、".join(box.folders()[:MOST_FOLDERS])
    return bad("imap_folder_missing", folder=account.folder, folders=names, reply=said[:300])


def _sign_in(account: Account, error: Unavailable) -> Look:
    if error.code != "mailbox_sign_in":
        return bad(f"imap_{error.code}", reason=str(error.params.get("reason", "")))
    said = str(error.params.get("reply", ""))
    # Who runs a server of their own knows of no authorisation code.
    otherwise = "imap_refused" if of_host(account.host) else "imap_password_wrong"
    return bad(meaning(said, _REFUSALS) or otherwise, user=account.user, reply=said)


def meaning(said: str, known: Sequence[tuple[str, str]]) -> str:
    """Return what a refusal means, by the first of the words that stand in it; "" for none."""
    folded = said.lower()
    return next((code for words, code in known if words in folded), "")


def unreachable(protocol: str, host: str, port: int, error: BaseException) -> Look:
    """Name what keeps us from a server.

    Args:
        protocol: `imap` or `smtp`.
        host: of the server.
        port: of the server.
        error: what the attempt raised; causes are looked at too.
    """
    kinds: tuple[tuple[type[BaseException], str], ...] = (
        (socket.gaierror, "host_unknown"),
        (UnicodeError, "host_unknown"),
        (ssl.SSLCertVerificationError, "certificate"),
        (ssl.SSLError, "encryption"),
        (ConnectionRefusedError, "port_closed"),
        (TimeoutError, "silent"),
    )
    cause: BaseException | None = error
    while cause is not None:
        for kind, code in kinds:
            if isinstance(cause, kind):
                return bad(f"{protocol}_{code}", host=host, port=port)
        cause = cause.__cause__
    return bad(f"{protocol}_broken", host=host, port=port, reply=str(error)[:300])
