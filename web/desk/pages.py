"""All pages of the desk, gathered for `web.app`."""

# Imported for what they register.
# ruff: noqa: F401

from __future__ import annotations

from web.desk import (
    accounts,
    arrivals,
    articles,
    asked,
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
    mailroom,
    notices,
    people,
    pinned,
    remedying,
    replying,
    rolling,
    reviewing,
    searching,
    structure,
    system,
    tickets,
    uploading,
    workroom,
)
from web.desk.blueprint import desk

blueprint = desk
