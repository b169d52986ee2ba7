"""What signs outgoing mail, as the configuration has it; pages need it without the mail itself."""

from __future__ import annotations

from pathlib import Path

from autoreply.signing import Signer, read_key
from kb import settings
from kb.db import Database
from wenqu.config import Config


def signer_of(config: Config, database: Database | None) -> Signer | None:
    """Return what signs mail; None when nothing shall. Raises Invalid (`dkim_key`)."""
    if not config.dkim_key:
        return None
    key = read_key(Path(config.dkim_key))
    domain = config.dkim_domain
    if not domain and database is not None:
        with database.reading() as session:
            mailbox = settings.read(session, settings.Company).mailbox
        domain = mailbox.rpartition("@")[2]
    return Signer(domain.strip().lower(), config.dkim_selector, key)
