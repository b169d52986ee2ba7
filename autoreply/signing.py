"""Sign mail as it leaves (DKIM). The only door to dkimpy.

Whoever has a relay that signs (163, QQ, Outlook, a company's own gateway) needs none of this.

Source: RFC 6376; RFC 8301 (RSA of 2048 bits, SHA-256); RFC 8463 is left out, few verify it.
"""

from __future__ import annotations

import base64
import logging
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from autoreply.transport import Parcel, Transport
from kb import sealing
from kb.errors import Conflict, Invalid, Unavailable

log = logging.getLogger(__name__)

BITS = 2048
TXT_PIECE = 255
"""Longest string of a TXT record (RFC 1035, 3.3.14); a longer value is several strings."""

SIGNED = (b"from", b"to", b"subject", b"date", b"message-id", b"in-reply-to", b"references",
          b"mime-version", b"content-type", b"auto-submitted", b"reply-to")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for one domain.

    Attributes:
        domain: `d=`; its own addresses and those of its subdomains are signed.
        selector: `s=`; the record stands at `selector._domainkey.domain`.
        key: RSA, PEM.
    """

    domain: str
    selector: str
    key: bytes = field(repr=False)

    def covers(self, address: str) -> bool:
        """Say whether mail of an address is ours to sign, so that DMARC is aligned."""
        right = address.rpartition("@")[2].strip().lower()
        return right == self.domain or right.endswith(f".{self.domain}")

    def sign(self, raw: bytes) -> bytes:
        """Return a mail with its signature in front.

        Args:
            raw: the whole mail, CRLF line ends.

        Raises:
            Unavailable: `unsigned`; the library refuses the mail.
        """
        # Read with the first mail that is signed; pages never need it.
        import dkim

        present = [name for name in SIGNED if b"\n" + name + b":" in b"\n" + raw.lower()]
        try:
            line = dkim.sign(
                raw,
                self.selector.encode(),
                self.domain.encode(),
                self.key,
                canonicalize=(b"relaxed", b"relaxed"),
                include_headers=present,
            )
        except dkim.DKIMException as error:
            raise Unavailable("unsigned", reason=str(error)) from error
        return bytes(line) + raw


@dataclass(frozen=True, slots=True)
class Signed:
    """A transport that signs what another one sends."""

    signer: Signer
    transport: Transport

    def send(self, parcel: Parcel) -> str:
        """Sign when the mail is of the signer's domain, and send."""
        if self.signer.covers(parcel.mailbox):
            try:
                parcel = replace(parcel, raw=self.signer.sign(parcel.raw))
            except Unavailable as error:
                # A mail without a signature is better than none.
                log.warning("mail %s is not signed: %s", parcel.number, error)
        return self.transport.send(parcel)


def make_key(path: Path) -> bytes:
    """Make a key that only its owner can read; one that exists stays.

    Raises:
        Conflict: `dkim_exists`.
    """
    pem = sealing.new_rsa(BITS)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Conflict("dkim_exists", path=str(path)) from error
    with os.fdopen(number, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    return pem


def read_key(path: Path) -> bytes:
    """Return a key. Raises Invalid (`dkim_key`)."""
    try:
        pem = path.read_bytes()
        sealing.public_rsa(pem)
    except (OSError, ValueError) as error:
        raise Invalid("dkim_key", field="dkim_key", path=str(path)) from error
    return pem


def record(pem: bytes) -> str:
    """Return the value of the TXT record that publishes the public half (RFC 6376, 3.6.1)."""
    raw = sealing.public_rsa(pem)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(raw).decode()}"


def record_name(domain: str, selector: str) -> str:
    """Return where the record stands."""
    return f"{selector}._domainkey.{domain}"


def pieces(value: str) -> list[str]:
    """Return a value as the strings of one TXT record."""
    return [value[at : at + TXT_PIECE] for at in range(0, len(value), TXT_PIECE)]
