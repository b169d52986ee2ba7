"""Try a mailbox as it will be used: read it, sign in to send, ask DNS. Nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autoreply.check_dns import Published, dns_looks
from autoreply.check_imap import imap_looks
from autoreply.check_smtp import Trial, smtp_looks
from autoreply.dns_records import Records
from autoreply.imap import Account
from autoreply.look import BAD, Look, bad, care
from autoreply.providers import Provider, of_host


@dataclass(frozen=True, slots=True)
class Report:
    """What was found.

    Attributes:
        address: the mailbox.
        looks: in the order in which they were taken.
        envelope: envelope sender that works best, None when sending does not work.
    """

    address: str
    looks: tuple[Look, ...]
    envelope: str | None

    @property
    def works(self) -> bool:
        """Whether nothing is bad."""
        return all(look.state != BAD for look in self.looks)


def check(
    address: str,
    *,
    account: Account | None,
    trial: Trial | None,
    records: Records,
    dkim: Published | None = None,
) -> Report:
    """Look at everything that one mailbox needs.

    Args:
        address: ours.
        account: how it is read; None when mail comes another way.
        trial: how mail leaves; None when nothing is set.
        records: answers questions about names.
        dkim: our own key, when we sign by ourselves.
    """
    looks: list[Look] = list(imap_looks(account)) if account else [care("imap_none")]
    envelope = None
    relay: Provider | None = None
    if trial is None:
        looks.append(bad("smtp_none"))
    else:
        relay = of_host(trial.relay.host)
        sending, envelope = smtp_looks(trial)
        looks += sending
    looks += dns_looks(
        address,
        records,
        relay=relay,
        dkim=dkim,
        host=trial.relay.host if trial else "",
        envelope=envelope or "",
    )
    return Report(address, tuple(looks), envelope)


# Any would be JSON's: what `MailAccount.looks` holds.
def stored(looks: Sequence[Look]) -> list[dict[str, object]]:
    """Return looks as the database keeps them."""
    return [{"code": one.code, "state": one.state, "params": dict(one.params)} for one in looks]
