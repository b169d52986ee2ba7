"""What the guard looks at: one mail, what happened before, and who we are. Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from autoreply.inbound import Inbound

INSTANCE_HEADER = "X-Wenqu-Instance"


@dataclass(frozen=True, slots=True)
class Ours:
    """What this installation is.

    Attributes:
        addresses: our mailboxes and aliases, lower case; empty: rules on them are not judged.
        domains: right sides of our own Message-IDs, lower case.
        instance: name in our own loop header; "" when not judged.
        authserv_id: the authentication service whose results we believe; "" for none.
        trust_spam_headers: X-Spam-Flag is set by our own server.
        max_age: older mail is a backlog that nobody waits for.
        since: when the channel began; mail received before is history.
    """

    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    instance: str = ""
    authserv_id: str = ""
    trust_spam_headers: bool = False
    max_age: timedelta = timedelta(days=7)
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What happened before, as far as it forbids an answer.

    Attributes:
        duplicate: this Message-ID or content was handled already.
        quota: name of the quota that is used up, or "".
        person_has_it: a person answered in the thread or was asked for.
        opted_out: the sender wants no automatic mail.
        echo: near-identical to the first mail of the thread, within 60 s of our answer.
    """

    duplicate: bool = False
    quota: str = ""
    person_has_it: bool = False
    opted_out: bool = False
    echo: bool = False


NO_HISTORY = History()


@dataclass(frozen=True, slots=True)
class Case:
    """One mail before the rules."""

    mail: Inbound
    history: History
    ours: Ours
    now: datetime
