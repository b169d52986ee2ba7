"""Pages of a long list."""

from __future__ import annotations

from typing import Any

from flask import url_for


def pager(page: int, total: int, size: int, endpoint: str, **values: Any) -> object:
    """Return what macros.pagination shows; None when one page holds everything."""
    last = max(1, -(-total // size))
    if last == 1:
        return None
    return {
        "number": page,
        "pages": last,
        "total": total,
        "prev_url": url_for(endpoint, page=page - 1, **values) if page > 1 else None,
        "next_url": url_for(endpoint, page=page + 1, **values) if page < last else None,
    }
