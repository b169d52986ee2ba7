"""What the bar of a phone has no room for can still be reached, and one knows where one is."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from tests.web.conftest import Desk

BEHIND = ("/desk/contacts", "/desk/decisions", "/desk/outbox", "/desk/outbox/suppressed")


def bar(page: str) -> list[str]:
    """Return the entries of the phone's bar that are lit."""
    entries = HTMLParser(page).css(".desk-nav ul:first-of-type a[aria-current]")
    return [entry.text(strip=True) for entry in entries]


@pytest.mark.parametrize("path", [*BEHIND, "/desk/settings"])
def test_more_is_lit_for_the_rooms_behind_it(desk: Desk, path: str) -> None:
    assert bar(desk.get("admin", path).text) == ["更多"]


def test_mailboxes_stand_in_the_settings(desk: Desk) -> None:
    page = HTMLParser(desk.get("admin", "/desk/mailboxes").text)
    assert [a.text(strip=True) for a in page.css(".desk-nav a[aria-current]")] == ["更多", "设置"]


@pytest.mark.parametrize("role", ["agent", "editor", "admin"])
def test_more_leads_to_every_room_and_out(desk: Desk, role: str) -> None:
    page = HTMLParser(desk.get(role, "/desk/settings").text)
    ways = {a.attributes["href"] for a in page.css("main .phone a")}
    assert ways >= set(BEHIND[:3])
    assert page.css_first("main form[action='/logout'] button:not([type])") is not None


@pytest.mark.parametrize("path", BEHIND[:3])
def test_an_agent_may_enter_where_it_leads(desk: Desk, path: str) -> None:
    assert desk.get("agent", path).status_code == 200
