"""Signs of machines in what a mail says, one predicate each; `guard.RULES` orders them. Pure."""

from __future__ import annotations

from autoreply import (
    absence_words,
    bulk_words,
    challenges,
    machine_words,
    receipt_words,
    subjects,
)
from autoreply.evidence import Case
from autoreply.signs import has_any


def auto_text(case: Case) -> bool:
    """A text that calls itself an automatic reply, or an answer that reads like one."""
    text = case.mail.said.text
    return machine_words.opens_like_auto_reply(text) or (
        _answers(case) and absence_words.reads_like_auto_reply(text)
    )


def challenge(case: Case) -> bool:
    """A filter asks whether a person wrote what it holds back."""
    text = case.mail.said.text
    return has_any(case, *challenges.HEADERS) or challenges.is_challenge(case.mail.subject, text)


def unattended(case: Case) -> bool:
    """The text says that a system wrote it and that nobody reads answers."""
    return _speaks_first(case) and bulk_words.is_unattended(case.mail.said.text)


def newsletter(case: Case) -> bool:
    """A long letter with links that ends with how to unsubscribe."""
    mail = case.mail
    return _speaks_first(case) and bulk_words.is_newsletter(mail.said.text, mail.html or mail.text)


def receipt(case: Case) -> bool:
    """Another help desk says that a mail became a ticket there."""
    passes_on = case.mail.said.forwarded or subjects.is_forward(case.mail.subject)
    return not passes_on and receipt_words.is_receipt(case.mail.subject, case.mail.said.text)


def _speaks_first(case: Case) -> bool:
    """Tell whether a mail answers nothing and passes nothing on."""
    mail = case.mail
    passes_on = mail.said.forwarded or mail.said.quoted_removed or subjects.is_forward(mail.subject)
    return not _answers(case) and not passes_on


def _answers(case: Case) -> bool:
    mail = case.mail
    return bool(mail.in_reply_to or mail.references) or subjects.is_reply(mail.subject)
