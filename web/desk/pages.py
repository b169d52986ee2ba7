"""All pages of the desk, gathered for `web.app`."""

# Imported for what they register.
# ruff: noqa: F401

from __future__ import annotations

from web.desk import (
    accounts,
    arrivals,
    articles,
    asked,
    backtests,
    candidates,
    deciding,
    decisions,
    dictionary,
    editing,
    explained,
    gate,
    heeding,
    inbox,
    insight,
    learning,
    mailbox_list,
    mailboxes,
    mailroom,
    notices,
    people,
    pinned,
    quotas,
    recalling,
    remedying,
    replying,
    reviewing,
    rolling,
    rolling_topic,
    saving,
    searching,
    structure,
    suppressed,
    system,
    tickets,
    uploading,
    wordings,
    workroom,
)
from web.desk.blueprint import desk

blueprint = desk
