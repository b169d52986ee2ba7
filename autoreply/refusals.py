"""Why a mail of a person is not answered automatically, one predicate each. Pure.

`guard.RULES` orders them, after the signs of machines.
"""

from __future__ import annotations

import re

from autoreply import addresses, machine_words, subjects
from autoreply.evidence import Case
from autoreply.signs import is_ours, token


def not_addressed(case: Case) -> bool:
    """We are in none of To, Cc, Delivered-To, Resent-To and their like."""
    mail = case.mail
    recipients = (*mail.to, *mail.cc, *mail.delivered_to)
    return bool(case.ours.addresses) and not any(is_ours(a.key, case.ours) for a in recipients)


def bad_sender(case: Case) -> bool:
    """No From, several, an address that is none, or an injected header."""
    mail = case.mail
    several = len({author.key for author in mail.authors}) > 1
    invalid = not mail.author or not addresses.is_valid(mail.author.address)
    injected = bool(re.search(r"[\r\n]\s*[A-Za-z-]{2,40}:", mail.raw_subject))
    return several or invalid or injected


def untrusted(case: Case) -> bool:
    """Marked as spam by our server, or not authenticated."""
    spam = case.ours.trust_spam_headers and any(
        token(value).startswith("yes")
        for name in ("X-Spam-Flag", "X-Spam-Status")
        for value in case.mail.headers.all(name)
    )
    return spam or _forged(case)


def _forged(case: Case) -> bool:
    """Believe only the topmost result, and only of our own service."""
    result = case.mail.headers.get("Authentication-Results").lower()
    if not case.ours.authserv_id or result.split(";")[0].split()[:1] != [
        case.ours.authserv_id.lower()
    ]:
        return False
    spf_fails = bool(re.search(r"\bspf=(?:hard)?fail", result))
    return "dmarc=fail" in result or (spf_fails and bool(re.search(r"\bdkim=none", result)))


def stale(case: Case) -> bool:
    """Older than anybody waits, or from before the channel began."""
    mail, ours = case.mail, case.ours
    old = mail.date is not None and case.now - mail.date > ours.max_age
    arrived = mail.received_at or mail.date
    return old or (ours.since is not None and arrived is not None and arrived < ours.since)


def asked_for_person(case: Case) -> bool:
    """人工 and nothing else."""
    return bool(machine_words.PERSON.fullmatch(case.mail.said.text.strip()))


def opted_out(case: Case) -> bool:
    """退订 and nothing else, now or earlier."""
    return case.history.opted_out or bool(
        machine_words.OPT_OUT.fullmatch(case.mail.said.text.strip())
    )


def _subject_asks(case: Case) -> bool:
    """Tell whether the subject alone can be a question: new, and more than a word or two."""
    subject = case.mail.subject
    letters = sum(char.isalnum() for char in subjects.bare(subject))
    return letters >= 4 and not subjects.is_reply(subject) and not case.mail.encrypted


def nothing_but_files(case: Case) -> bool:
    """Attachments, no text, and no question as subject."""
    mail = case.mail
    asked = _subject_asks(case) and machine_words.asks(mail.subject)
    return bool(mail.attachments) and not mail.said.text and not asked and not mail.encrypted


def nothing_said(case: Case) -> bool:
    """No text that can be read, and no subject that could be a question."""
    mail = case.mail
    return mail.encrypted or _unreadable(case) or (not mail.said.text and not _subject_asks(case))


def _unreadable(case: Case) -> bool:
    text = case.mail.said.text
    return text.count("\ufffd") * 3 > len(text) > 0
