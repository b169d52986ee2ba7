"""The tree and the menu."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from kb import categories, changes
from kb.categories import Branch, Entry, Group
from kb.errors import Conflict, Invalid, NotFound
from tests.factories import make_article, make_category


def test_the_tree_puts_parents_first(session: Session) -> None:
    lock, app = make_category(session, "lock"), make_category(session, "app")
    power = make_category(session, "lock-power", parent=lock)
    make_category(session, "app-wifi", parent=app)
    slugs = [row.slug for row in categories.tree(session)]
    assert slugs == ["lock", "lock-power", "app", "app-wifi"]
    assert categories.path_ids(session, power.id) == [power.id, lock.id]
    assert categories.subtree_ids(session, lock.id) == [lock.id, power.id]
    assert categories.by_slug(session, "lock") is lock
    with pytest.raises(NotFound):
        categories.by_slug(session, "none")


@pytest.mark.parametrize("slug", ["", "Lock", "门锁", "-a", "a" * 65, "a b"])
def test_a_slug_is_plain(session: Session, now: datetime, slug: str) -> None:
    with pytest.raises(Invalid):
        categories.put(session, Branch(slug, "门锁"), now=now)


def test_no_circles_and_no_doubles(session: Session, now: datetime) -> None:
    top = make_category(session, "top")
    below = make_category(session, "below", parent=top)
    with pytest.raises(Conflict):
        categories.put(session, Branch("top", "x", parent_id=below.id), now=now, category_id=top.id)
    with pytest.raises(Conflict):
        make_category(session, "top")
    with pytest.raises(Invalid):
        categories.put(session, Branch("other", " "), now=now)


def test_articles_are_counted_up_the_tree(session: Session, now: datetime) -> None:
    top = make_category(session, "top")
    below = make_category(session, "below", parent=top)
    make_article(session, category_id=below.id)
    make_article(session, category_id=top.id)
    make_article(session, category_id=below.id, state="draft")
    make_article(session, category_id=below.id, audience="internal")
    counts = categories.counts(session, now=now, audiences=("public",))
    assert (counts[top.id], counts[below.id]) == (2, 1)


def test_renaming_tells_the_indexes_and_only_the_empty_go(session: Session, now: datetime) -> None:
    top = make_category(session, "top")
    below = make_category(session, "below", parent=top)
    article = make_article(session, category_id=below.id)
    mark = changes.latest(session)
    categories.put(session, Branch("top", "新名字"), now=now, category_id=top.id)
    assert [entry.object_id for entry in changes.after(session, mark)] == [article.id]
    for held in (top, below):
        with pytest.raises(Conflict):
            categories.remove(session, held.id)
    empty = make_category(session, "empty")
    categories.remove(session, empty.id)
    assert "empty" not in {row.slug for row in categories.tree(session)}


def test_the_menu_keeps_its_limits(session: Session) -> None:
    category = make_category(session, "lock")
    entry = Entry("打不开", category_id=category.id)
    categories.set_menu(session, [Group("门锁", entries=(entry,) * 4)] * 3)
    categories.set_menu(session, [Group("门锁", entries=(entry, entry))])
    kept = categories.menu(session)
    assert [len(group.entries) for group in kept] == [2]
    wrong = (
        [Group("门锁", entries=(entry,))] * 4,
        [Group("门锁", entries=(entry,) * 5)],
        [Group(" ", entries=(entry,))],
        [Group("门锁", entries=(Entry("哪里也不去"),))],
        [Group("门锁", entries=(Entry(" ", category_id=category.id),))],
    )
    for groups in wrong:
        with pytest.raises(Invalid):
            categories.set_menu(session, groups)
    assert [len(group.entries) for group in categories.menu(session)] == [2]
