"""Keep what people write of mails: versions, going back to ours, and what turned out broken."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from autoreply import language, render, wording
from autoreply.render import Rendered, View
from autoreply.wording import Wording
from autoreply.wording_tables import MailWording
from kb.errors import NotFound

log = logging.getLogger(__name__)

_NEWEST = (
    select(MailWording)
    .where(MailWording.kind == bindparam("kind"), MailWording.language == bindparam("language"))
    .order_by(MailWording.number.desc())
    .limit(1)
)


def written(session: Session, view: View, lang: str, *, now: datetime) -> Rendered:
    """Put a view into the company's words, or into ours where there are none.

    A wording that breaks never stops a mail: it goes out in ours, and the fault is kept for the
    people who look after the words.

    Args:
        session: the unit of work.
        view: what is to be said.
        lang: of the mail, as `autoreply.language` names it.
        now: the moment.
    """
    kind = render.kind_of(view)
    row = current(session, kind, language_of(lang)) if kind else None
    if row is None or kind is None:
        return render.render(view, lang=lang)
    try:
        own = _wording(row)
        wording.check(kind, own)
        return render.render(view, lang=lang, own=own)
    # Whatever people, an import or a later release did to it, the customer gets the mail.
    except Exception as error:
        log.exception("wording %s/%s is broken", row.kind, row.language)
        row.fault, row.fault_at = f"{type(error).__name__}: {error}"[:500], now
        return render.render(view, lang=lang)


def language_of(lang: str) -> str:
    """Return which wording a mail's language takes."""
    return {language.ZH_HANS: wording.ZH, language.ZH_HANT: wording.HANT}.get(lang, wording.EN)


def current(session: Session, kind: str, lang: str) -> MailWording | None:
    """Return the company's own version that counts; None where ours does.

    A traditional reader gets the simplified one, converted, where there is no other.
    """
    row = newest(session, kind, lang)
    if (row is None or row.texts is None) and lang == wording.HANT:
        row = newest(session, kind, wording.ZH)
    return row if row is not None and row.texts is not None else None


def newest(session: Session, kind: str, lang: str) -> MailWording | None:
    """Return the last version of a kind and language, also one that went back to ours."""
    return session.scalar(_NEWEST, {"kind": kind, "language": lang})


def shown(session: Session, kind: str, lang: str) -> Wording:
    """Return the wording that mails have now.

    Raises:
        NotFound: no such kind or language.
    """
    _known(kind, lang)
    row = newest(session, kind, lang)
    if row is not None and row.texts is not None:
        return _wording(row)
    return render.shipped(kind, lang)


def save(
    session: Session,
    kind: str,
    lang: str,
    own: Wording,
    *,
    user_id: int | None,
    now: datetime,
) -> MailWording:
    """Keep a new version, which counts from the next mail on.

    Raises:
        Invalid: it could not be sent, see `wording.check`.
        NotFound: no such kind or language.
    """
    _known(kind, lang)
    wording.check(kind, own, language=lang)
    return _add(session, kind, lang, asdict(own), user_id, now)


def reset(
    session: Session, kind: str, lang: str, *, user_id: int | None, now: datetime
) -> MailWording:
    """Go back to ours; earlier versions stay. Raises NotFound."""
    _known(kind, lang)
    return _add(session, kind, lang, None, user_id, now)


def version(session: Session, kind: str, lang: str, number: int) -> Wording:
    """Return the wording of an earlier version. Raises NotFound."""
    _known(kind, lang)
    row = session.scalar(
        select(MailWording).where(
            MailWording.kind == kind, MailWording.language == lang, MailWording.number == number
        )
    )
    if row is None:
        raise NotFound(wording=number)
    return _wording(row) if row.texts is not None else render.shipped(kind, lang)


def history(session: Session, kind: str, lang: str, *, limit: int = 20) -> Sequence[MailWording]:
    """Return the versions, the newest first."""
    query = select(MailWording).where(MailWording.kind == kind, MailWording.language == lang)
    return session.scalars(query.order_by(MailWording.number.desc()).limit(limit)).all()


def every(session: Session) -> dict[tuple[str, str], MailWording]:
    """Return (kind, language) -> newest version, of all that anybody ever changed."""
    last = (
        select(MailWording.kind, MailWording.language, func.max(MailWording.number).label("number"))
        .group_by(MailWording.kind, MailWording.language)
        .subquery()
    )
    query = select(MailWording).join(
        last,
        and_(
            MailWording.kind == last.c.kind,
            MailWording.language == last.c.language,
            MailWording.number == last.c.number,
        ),
    )
    return {(row.kind, row.language): row for row in session.scalars(query)}


def broken(session: Session) -> list[MailWording]:
    """Return the versions that count and could not be used."""
    return [row for row in every(session).values() if row.texts is not None and row.fault]


def _known(kind: str, lang: str) -> None:
    if kind not in wording.KINDS or lang not in wording.LANGUAGES:
        raise NotFound(wording=f"{kind}/{lang}"[:60])


def _add(
    session: Session,
    kind: str,
    lang: str,
    texts: dict[str, str] | None,
    user_id: int | None,
    now: datetime,
) -> MailWording:
    before = newest(session, kind, lang)
    row = MailWording(
        kind=kind,
        language=lang,
        number=(before.number if before else 0) + 1,
        texts=texts,
        user_id=user_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _wording(row: MailWording) -> Wording:
    texts = row.texts or {}
    return Wording(**{name: str(texts.get(name, "")) for name in asdict(Wording())})
