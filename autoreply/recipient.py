"""The one address that a machine's reply to a mail may go to. Pure.

Source: RFC 3834, 4 (a reply goes to the return path); help desks answer Reply-To or From, which is
safe only where they belong to the same organisation as the return path.
"""

from __future__ import annotations

from autoreply import addresses
from autoreply.inbound import Inbound

# Registries under which organisations of Chinese customers take a third label.
_SECOND_LEVEL = frozenset({"com", "net", "org", "gov", "edu", "ac", "co", "idv", "or", "ne"})


def reply_address(mail: Inbound) -> str | None:
    """Return where a reply goes; None when no address can be trusted with one.

    Args:
        mail: the mail; without a known return path its From stands for it.
    """
    if mail.author is None or not addresses.is_valid(mail.author.address):
        return None
    author = mail.author.address
    if len(mail.reply_to) > 1:
        return None
    wanted = mail.reply_to[0].address if mail.reply_to else author
    trusted = author if mail.return_path is None else mail.return_path
    if not trusted or not addresses.is_valid(wanted):
        return None
    return wanted if aligned(wanted, trusted) and aligned(author, trusted) else None


def aligned(one: str, other: str) -> bool:
    """Say whether two addresses belong to one organisation (relaxed, as DMARC aligns)."""
    return organisation(one) == organisation(other)


def organisation(address: str) -> str:
    """Return the registered domain of an address, by the usual registries."""
    labels = address.lower().rpartition("@")[2].rstrip(".").split(".")
    deep = len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2
    return ".".join(labels[-3:] if deep else labels[-2:])
