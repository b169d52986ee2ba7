"""How a written mail leaves: what a transport is given, and how it may fail."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kb.errors import DomainError


@dataclass(frozen=True, slots=True)
class Parcel:
    """A mail ready to leave.

    Attributes:
        number: id of the outbox row.
        kind: `automatic`, `receipt`, `reply` or `told`.
        sender: envelope sender; "" is the null sender.
        fallback: envelope sender to try when the relay refuses the first, or None.
        recipient: the only one.
        raw: the mail, CRLF line ends.
        quiet: ask for no delivery reports (RFC 5230, 5.1).
        mailbox: ours, that it leaves from; "" for the company's.
    """

    number: int
    kind: str
    sender: str
    fallback: str | None
    recipient: str
    raw: bytes
    quiet: bool
    mailbox: str = ""


class Undelivered(DomainError):
    """The mail did not leave, certainly. `permanent` says that trying again cannot help.

    `params`: `reply` is the server's answer; `bad_address` says that nobody lives there.
    """

    code = "undelivered"

    def __init__(
        self, code: str, *, permanent: bool, reply: str = "", bad_address: bool = False
    ) -> None:
        """Keep what the server said."""
        super().__init__(code, reply=reply[:300], bad_address=bad_address)
        self.permanent = permanent
        self.bad_address = bad_address


class OutcomeUnknown(DomainError):
    """The whole mail was handed over, and no answer came: it may have left, or not."""

    code = "outcome_unknown"


class Transport(Protocol):
    """Hands one mail to the next server."""

    def send(self, parcel: Parcel) -> str:
        """Send and return the envelope sender that was used.

        Raises:
            Undelivered: it certainly did not leave.
            OutcomeUnknown: nobody can tell.
        """


class Folder:
    """Captures mail as .eml files; the demo's outbox."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder, made on first use."""
        self.folder = folder

    def send(self, parcel: Parcel) -> str:
        """Write one file, whole or not at all."""
        name = f"{parcel.number:08d}-{parcel.kind}.eml"
        unfinished = self.folder / f".{name}.{os.getpid()}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                file.write(parcel.raw)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self.folder / name)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise Undelivered("folder", permanent=False, reply=reason) from error
        return parcel.sender
