"""Realistic contexts for every template of the desk."""

from __future__ import annotations

from typing import Any

DESK: dict[str, Any] = {}
PAGES: dict[str, tuple[str, dict[str, Any]]] = {}
