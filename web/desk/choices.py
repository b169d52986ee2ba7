"""What filters and forms offer to choose from: pairs of (value, words)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import categories
from kb.models.people import ADMIN, AGENT, EDITOR, User
from web.locale import gettext
from web.site import shown

Choice = tuple[object, str]

ICONS = ("lock", "camera", "phone", "cloud", "box", "building", "key", "shield", "tag", "doc")


def users(session: Session, *roles: str) -> list[Choice]:
    """Return the active users as (id, name); only those of some roles when given."""
    query = select(User).where(User.active).order_by(User.display_name)
    if roles:
        query = query.where(User.role.in_(roles))
    return [(user.id, user.display_name) for user in session.scalars(query)]


def category_choices(session: Session, first: str) -> list[Choice]:
    """Return all categories with their way from the top: 门锁 / 开门方式.

    Args:
        session: the unit of work.
        first: words of the choice of none.
    """
    choices: list[Choice] = [("", first)]
    for row in categories.tree(session):
        way = reversed(categories.path(session, row.id))
        choices.append((row.id, " / ".join(shown.category_name(step) for step in way)))
    return choices


def category_words(session: Session, category_id: int | None) -> str:
    """Return the way to one category, "" for none."""
    way = reversed(categories.path(session, category_id))
    return " / ".join(shown.category_name(step) for step in way)


def audiences() -> list[Choice]:
    """Return who may see an article."""
    return [("public", gettext("公开，所有人能看到")), ("internal", gettext("仅内部"))]


def languages() -> list[Choice]:
    """Return the languages of articles and of the desk."""
    return [("zh", gettext("中文")), ("en", "English")]


def roles() -> list[Choice]:
    """Return the roles of users."""
    return [(AGENT, gettext("客服")), (EDITOR, gettext("编辑")), (ADMIN, gettext("管理员"))]


def channels() -> list[Choice]:
    """Return the channels that tickets come by."""
    return [("", gettext("全部渠道")), *channel_words().items()]


def channel_words() -> dict[str, str]:
    """Return channel -> words."""
    return {
        "mail": gettext("邮件"),
        "form": gettext("表单"),
        "search": gettext("搜索"),
        "phone": gettext("电话"),
        "wechat": gettext("微信"),
        "api": gettext("接口"),
    }


def outcome_words() -> dict[str, str]:
    """Return what came of a question -> words."""
    return {
        "confirmed": gettext("已解决"),
        "presumed": gettext("没再来问"),
        "failed": gettext("没解决"),
        "person": gettext("转人工"),
    }


def icons() -> list[Choice]:
    """Return the icons of categories and menus."""
    words = (
        gettext("锁"),
        gettext("摄像头"),
        gettext("手机"),
        gettext("云"),
        gettext("盒子"),
        gettext("公司"),
        gettext("钥匙"),
        gettext("盾牌"),
        gettext("标签"),
        gettext("文件"),
    )
    return [("", gettext("不用")), *zip(ICONS, words, strict=True)]


def known(choices: Sequence[Choice], value: object) -> bool:
    """Say whether a value is among the choices."""
    return str(value) in {str(choice) for choice, _ in choices}
