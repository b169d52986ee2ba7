"""All customers' pages, gathered for `web.app`."""

from __future__ import annotations

from web.site import asking, browsing, feeds, files, finding, solved, tickets, voting
from web.site.blueprint import site

blueprint = site
MODULES = (asking, browsing, feeds, files, finding, solved, tickets, voting)
