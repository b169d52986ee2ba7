"""Signs by which a mail tells what it is, one predicate each; `guard.RULES` orders them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from autoreply import addresses, machine_words, signs_of_people, threading
from autoreply.evidence import INSTANCE_HEADER, Case, Ours

# --- our own mail ---------------------------------------------------------------------------


def own_marker(case: Case) -> bool:
    """Our loop header, or a Message-ID of an automatic mail of ours."""
    marks = (*case.mail.headers.all(INSTANCE_HEADER), *case.mail.headers.all("X-Loop"))
    named = bool(case.ours.instance) and case.ours.instance in {mark.strip() for mark in marks}
    return named or threading.is_automatic_id(case.mail.message_id, domains=case.ours.domains)


def empty_answer_to_own(case: Case) -> bool:
    """Nothing new in answer to an automatic mail of ours."""
    latest = next(iter(threading.newest_first(case.mail)), "")
    return not case.mail.said.text and threading.is_automatic_id(latest, domains=case.ours.domains)


def from_ourselves(case: Case) -> bool:
    """From or Reply-To is one of our mailboxes."""
    senders = (*case.mail.authors, *case.mail.reply_to)
    return any(is_ours(address.key, case.ours) for address in senders)


def is_ours(address: str, ours: Ours) -> bool:
    """Say whether an address is one of our mailboxes."""
    return address in ours.addresses or addresses.canonical(address) in ours.addresses


# --- calendars, recalls, reports, bounces ------------------------------------------------------


def recall(case: Case) -> bool:
    """Exchange wants a message back: 撤回: or Recall:, and its own words or none."""
    subject = machine_words.begins(machine_words.RECALL, case.mail.subject)
    return subject and machine_words.recalls(case.mail.text or case.mail.said.text)


def read_receipt(case: Case) -> bool:
    """已读: or Read:, a text that says so, and no question."""
    mail = case.mail
    by_subject = machine_words.begins(machine_words.READ_RECEIPT, mail.subject)
    read = machine_words.acknowledges_reading(mail.text or mail.said.text)
    return by_subject and read and not machine_words.asks(mail.said.text + mail.subject)


def meeting(case: Case) -> bool:
    """A calendar part asks, answers or cancels (iTIP), or a subject does and nothing is said."""
    subject = machine_words.begins(machine_words.MEETING, case.mail.subject)
    if subject and not case.mail.said.text:
        return True
    return any(
        kind in {"request", "reply", "cancel", "counter", "refresh", "declinecounter"}
        for kind in case.mail.report_kinds
    )


def feedback(case: Case) -> bool:
    """A report about abuse or about reading (RFC 5965, RFC 8098)."""
    mail = case.mail
    typed = {"message/feedback-report", "message/disposition-notification"} & set(mail.kinds)
    named = {"feedback-report", "disposition-notification"} & set(mail.report_kinds)
    return bool(typed or named)


def complaint(case: Case) -> bool:
    """A provider passes on a complaint of its user."""
    marked = bool(case.mail.headers.all("X-HmXmrOriginalRecipient"))
    return marked or bool(machine_words.COMPLAINT.match(case.mail.subject))


def delivery_report(case: Case) -> bool:
    """A report of delivery (RFC 3464), or one of its parts."""
    kinds = set(case.mail.kinds)
    statuses = {"message/delivery-status", "message/global-delivery-status"}
    return "multipart/report" in kinds or bool(statuses & kinds)


def failed_recipients(case: Case) -> bool:
    """Exim or Aliyun say that it is a bounce."""
    return has_any(case, "X-Failed-Recipients", "X-Aliyun-Bounce")


def bounce_subject(case: Case) -> bool:
    """A subject as mail systems write it, and no person who asks about it."""
    begins = machine_words.begins(machine_words.BOUNCE, case.mail.subject)
    return begins and not signs_of_people.asks_about_it(case)


def weak_bounce_subject(case: Case) -> bool:
    """A subject of failed delivery over a text with status code."""
    begins = machine_words.begins(machine_words.WEAK_BOUNCE, case.mail.subject)
    text = case.mail.text or case.mail.said.text
    person = machine_words.is_person_about_mail(text)
    return begins and machine_words.speaks_of_delivery(text) and not person


def bounce_body(case: Case) -> bool:
    """A text that begins as mail systems begin."""
    return machine_words.opens_like_bounce(case.mail.text or case.mail.said.text)


# --- automatic answers -------------------------------------------------------------------------


def auto_submitted(case: Case, word: str) -> bool:
    """Some Auto-Submitted begins with this word."""
    return any(token(value).startswith(word) for value in case.mail.headers.all("Auto-Submitted"))


def auto_submitted_at_all(case: Case) -> bool:
    """Some Auto-Submitted is not `no`; comments and parameters do not count."""
    return any(token(v) not in {"no", ""} for v in case.mail.headers.all("Auto-Submitted"))


def token(value: str) -> str:
    """Return a field's word: comments and parameters away, lower case."""
    return re.sub(r"\([^()]*\)", " ", value).split(";")[0].strip().strip("\"'").lower()


_AUTO_HEADERS = (
    "X-Autoreply",
    "X-Auto-Reply",
    "X-Autoreply-From",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Responder",
    "X-Autoresponse",
    "X-Auto-Response",
    "X-AutoReply-From",
    "X-Mail-Autoreply",
    "X-Mail-Autoresponder",
    "X-Autogenerated",
    "X-Auto-Generated",
    "X-FC-Machinegenerated",
    "X-POST-MessageClass",
    "X-Autoreply-Domain",
    "X-Vacation",
)


def auto_header(case: Case) -> bool:
    """Any of the headers of autoresponders, unless it says no."""
    values = [value for name in _AUTO_HEADERS for value in case.mail.headers.all(name)]
    identifiers = (
        *case.mail.headers.all("Content-Identifer"),
        *case.mail.headers.all("Content-Identifier"),
    )
    exchange = any(token(value) in {"exautoreply", "outofoffice"} for value in identifiers)
    return exchange or any(token(value) not in {"no", "false", "0"} for value in values)


def autoresponder_delivery(case: Case) -> bool:
    """Delivered-To: Autoresponder."""
    return any(token(v) == "autoresponder" for v in case.mail.headers.all("Delivered-To"))


def qq_auto_reply(case: Case) -> bool:
    """The only marks of an automatic reply by QQ."""
    values = [
        value
        for name in ("X-QQ-HolidayReply", "X-QQ-AUTO-REPLY", "X-QQ-AutoReply")
        for value in case.mail.headers.all(name)
    ]
    return any(token(value) not in {"false", "no", "0"} for value in values)


def auto_subject(case: Case) -> bool:
    """A subject that begins with 自动回复: or its like, and no person who asks about it."""
    subject = case.mail.subject
    begins = machine_words.begins(machine_words.AUTO_REPLY, subject)
    return (
        begins or machine_words.ends_as_auto_reply(subject)
    ) and not signs_of_people.asks_about_it(case)


def weak_auto_subject(case: Case) -> bool:
    """外出, 休假 or vacation as subject, and no question."""
    begins = machine_words.begins(machine_words.WEAK_AUTO_REPLY, case.mail.subject)
    asks = machine_words.asks(case.mail.subject) or machine_words.asks(case.mail.said.text)
    return begins and not asks


def response_suppressed(case: Case) -> bool:
    """X-Auto-Response-Suppress names replies (All, OOF, AutoReply)."""
    values = ",".join(case.mail.headers.all("X-Auto-Response-Suppress")).lower()
    return bool({"all", "oof", "autoreply"} & set(re.findall(r"[a-z]+", values)))


# --- lists and machines --------------------------------------------------------------------------


def precedence(case: Case, *words: str) -> bool:
    """Some Precedence or X-Precedence is one of the words."""
    values = (*case.mail.headers.all("Precedence"), *case.mail.headers.all("X-Precedence"))
    return any(token(value).replace("-", "_") in words for value in values)


def list_headers(case: Case) -> bool:
    """Any List-* header."""
    return any(name.startswith("list-") for name in case.mail.headers.names())


def loop_header(case: Case) -> bool:
    """Any X-Loop."""
    return has_any(case, "X-Loop")


_NOTIFICATIONS = (
    "X-Cron-Env",
    "X-Bugzilla-Reason",
    "X-GitHub-Reason",
    "X-GitLab-NotificationReason",
    "X-JIRA-FingerPrint",
    "X-Facebook-Notify",
    # Other help desks: they answer whatever we answer.
    "X-OTRS-Loop",
    "X-RT-Loop-Prevention",
)


def notification(case: Case) -> bool:
    """Headers of programs that report what happened elsewhere."""
    return has_any(case, *_NOTIFICATIONS)


def relay_notification(case: Case) -> bool:
    """X-AMAZON-MAIL-RELAY-TYPE: NOTIFICATION."""
    kinds = case.mail.headers.all("X-AMAZON-MAIL-RELAY-TYPE")
    return any(token(kind) == "notification" for kind in kinds)


def has_any(case: Case, *names: str) -> bool:
    """Tell whether any of these headers is there."""
    return any(case.mail.headers.all(name) for name in names)


def local(pattern: str) -> Callable[[Case], bool]:
    """Return a predicate on the local part of From."""
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda case: any(compiled.search(author.local) for author in case.mail.authors)


def daemon_envelope(case: Case) -> bool:
    """The envelope sender is a mail system."""
    local = (case.mail.return_path or "").rpartition("@")[0] or (case.mail.return_path or "")
    return bool(re.fullmatch(r"mailer-daemon|postmaster|bounces?", local, re.IGNORECASE))


def robot_envelope(case: Case, pattern: str) -> bool:
    """Envelope sender or Sender matches."""
    sender = case.mail.sender.address if case.mail.sender else ""
    return any(
        re.search(pattern, one or "", re.IGNORECASE) for one in (case.mail.return_path, sender)
    )


def list_envelope(case: Case) -> bool:
    """The envelope sender collects a list's bounces, or Sender does and this answers nobody.

    Software of lists writes a Sender over answers of persons too; with none of a list's headers
    and another envelope, such an answer came from a person.
    """
    mail = case.mail
    sender = (
        mail.sender.address if mail.sender and not (mail.in_reply_to or mail.references) else ""
    )
    return any(_LIST_BOUNCES.search(one) for one in (mail.return_path or "", sender))


_LIST_BOUNCES = re.compile(r"bounces?\+", re.IGNORECASE)


def null_sender(case: Case) -> bool:
    """The envelope sender is `<>`."""
    return case.mail.return_path == ""
