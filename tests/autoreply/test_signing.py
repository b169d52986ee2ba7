"""What leaves is signed so that anybody can check it."""

from __future__ import annotations

import stat
from pathlib import Path

import dkim
import pytest

from autoreply import signing
from autoreply.relay import Relay
from autoreply.signing import Signed, Signer
from autoreply.transport import Folder, Parcel
from kb.errors import Conflict, Invalid
from tests import mailservers
from tests.autoreply.world import LOCKED_OUT, MAILBOX, World

DOMAIN = MAILBOX.rpartition("@")[2]


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return signing.make_key(tmp_path_factory.mktemp("keys") / "dkim.pem")


def verified(raw: bytes, pem: bytes) -> bool:
    name = signing.record_name(DOMAIN, "wenqu").encode() + b"."
    published = signing.record(pem).encode()

    def lookup(asked: bytes, timeout: int = 5) -> bytes | None:
        return published if asked == name else None

    return bool(dkim.verify(raw, dnsfunc=lookup))


def test_an_answer_is_signed_and_verifies(world: World, pem: bytes) -> None:
    signer = Signer(DOMAIN, "wenqu", pem)
    with mailservers.relay() as (port, relay):
        world.transport = Signed(signer, Relay("127.0.0.1", port, "none"))  # type: ignore[assignment]
        world.know(LOCKED_OUT)
        world.receive()
    raw = relay.handed[0].raw
    assert raw.startswith(b"DKIM-Signature:")
    assert verified(raw, pem)
    changed = raw.replace(b"Subject: ", b"Subject: x", 1)
    assert not verified(changed, pem)


def test_what_is_of_another_domain_is_not_signed(tmp_path: Path, pem: bytes) -> None:
    signed = Signed(Signer(DOMAIN, "wenqu", pem), Folder(tmp_path))
    raw = b"From: a@other.example\r\nSubject: x\r\n\r\nx\r\n"
    for number, mailbox in enumerate((MAILBOX, f"a@sub.{DOMAIN}", "a@other.example", "")):
        signed.send(Parcel(number, "reply", "a@b.c", None, "d@e.f", raw, quiet=False,
                           mailbox=mailbox))  # fmt: skip
    found = [b"DKIM-Signature" in path.read_bytes() for path in sorted(tmp_path.iterdir())]
    assert found == [True, True, False, False]


def test_a_key_is_private_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "dkim.pem"
    signing.make_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(Conflict, match="dkim_exists"):
        signing.make_key(path)
    assert signing.read_key(path) == path.read_bytes()


def test_what_is_no_key_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("hello")
    for name in ("x.pem", "none.pem"):
        with pytest.raises(Invalid, match="dkim_key"):
            signing.read_key(tmp_path / name)


def test_a_record_comes_in_pieces_that_dns_takes(pem: bytes) -> None:
    parts = signing.pieces(signing.record(pem))
    assert len(parts) > 1
    assert all(len(part) <= 255 for part in parts)
    assert "".join(parts) == signing.record(pem)
