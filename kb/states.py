"""States and audiences of articles (pure)."""

from __future__ import annotations

DRAFT, IN_REVIEW, SCHEDULED, PUBLISHED, ARCHIVED = (
    "draft",
    "in_review",
    "scheduled",
    "published",
    "archived",
)
STATES = (DRAFT, IN_REVIEW, SCHEDULED, PUBLISHED, ARCHIVED)

PUBLIC, INTERNAL = "public", "internal"
