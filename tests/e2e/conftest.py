from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import launched
from tests.web import gallery


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as opened:
        yield opened


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the gallery's pages are served, under the content policy of the product."""
    server = gallery.serve(0)
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
