"""All customers' pages, gathered for `web.app`."""

# Imported for what they register.
# ruff: noqa: F401

from __future__ import annotations

from web.site import (
    asking,
    browsing,
    feeds,
    files,
    finding,
    home,
    shelves,
    solved,
    suggesting,
    tickets,
    voting,
)
from web.site.blueprint import site

blueprint = site
