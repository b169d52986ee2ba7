"""Remember which articles a mail of the machine tells, so that they can be called back."""

from __future__ import annotations

from sqlalchemy.orm import Session

from autoreply.policy_tables import Said
from autoreply.tables import OutgoingMail


def remember(session: Session, mail: OutgoingMail) -> None:
    """Remember what a queued answer says; each article once.

    Args:
        session: the unit of work.
        mail: flushed, with its `articles`.
    """
    known = {int(item["id"]): item for item in mail.articles}
    for article, item in known.items():
        session.add(
            Said(
                mail_id=mail.id,
                article_id=article,
                version=int(item.get("version") or 0),
                probability=float(item.get("probability") or 0.0),
            )
        )
    session.flush()
