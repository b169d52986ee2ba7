"""Accounts that machines write from, unless a person who asks something is called so. Pure."""

from __future__ import annotations

from autoreply import signs, signs_of_people
from autoreply.evidence import Case


def unread_mailbox(case: Case) -> bool:
    """A mailbox that nobody reads by its name, unless a person at a mail provider is called so."""
    return _UNREAD(case) and not signs_of_people.goes_by_such_a_name(case)


def device_account(case: Case) -> bool:
    """An account of a device or a program that reports, with nothing a person wants."""
    return _DEVICE(case) and not signs_of_people.wants_something(case)


_UNREAD = signs.local(r"(^|[-_.+])(no|do[-_.]?not)[-_.]?repl(y|ies)")
_DEVICE = signs.local(
    r"^(ups|nas|monitor(ing)?|alarm|watchdog|backup|scan(ner)?|copier|printer|fax|sensor|grafana"
    r"|prometheus|sentry|logwatch|cronjob|iot|svn|cvs|redmine|zentao)$"
)
