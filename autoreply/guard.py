"""The one place that decides whether a mail may be answered at all. Pure.

`RULES` is the whole policy: each row has the id of the rule, what kind of mail it tells, why, and
a predicate. The first row that hits gives the reason; rows that know the kind of machine best come
first. Ids are stored with every decision and shown to agents; docs/mail.md lists them.

Source: RFC 3834; RFC 5230, 4.5 and 4.6; MS-OXCMAIL 2.1.3.2.20; real mails of QQ and Aliyun.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from autoreply import addresses, machine_words, subjects, threading
from autoreply.inbound import Inbound

HUMAN = "human"
AUTO_REPLY = "auto_reply"
BOUNCE = "bounce"
LIST = "list"
REPORT = "report"
RECALL = "recall"
OWN_LOOP = "own_loop"
SYSTEM = "system"
KINDS = (HUMAN, AUTO_REPLY, BOUNCE, LIST, REPORT, RECALL, OWN_LOOP, SYSTEM)

INSTANCE_HEADER = "X-Wenqu-Instance"


@dataclass(frozen=True, slots=True)
class Ours:
    """What this installation is.

    Attributes:
        addresses: our mailboxes and aliases, lower case; empty: rules on them are not judged.
        domains: right sides of our own Message-IDs, lower case.
        instance: name in our own loop header; "" when not judged.
        authserv_id: the authentication service whose results we believe; "" for none.
        trust_spam_headers: X-Spam-Flag is set by our own server.
        max_age: older mail is a backlog that nobody waits for.
        since: when the channel began; mail received before is history.
    """

    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    instance: str = ""
    authserv_id: str = ""
    trust_spam_headers: bool = False
    max_age: timedelta = timedelta(days=7)
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What happened before, as far as it forbids an answer.

    Attributes:
        duplicate: this Message-ID or content was handled already.
        quota: name of the quota that is used up, or "".
        person_has_it: a person answered in the thread or was asked for.
        opted_out: the sender wants no automatic mail.
        echo: near-identical to the first mail of the thread, within 60 s of our answer.
    """

    duplicate: bool = False
    quota: str = ""
    person_has_it: bool = False
    opted_out: bool = False
    echo: bool = False


NO_HISTORY = History()


@dataclass(frozen=True, slots=True)
class Case:
    """One mail before the rules."""

    mail: Inbound
    history: History
    ours: Ours
    now: datetime


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the policy.

    Attributes:
        id: stable reason code; several rows may share it.
        kind: what a mail is that this row hits.
        why: for the documents and the desk, English; the desk translates by id.
        hit: the predicate.
        receipt: a fixed receipt may still go out (under quota): the sender is a person.
    """

    id: str
    kind: str
    why: str
    hit: Callable[[Case], bool]
    receipt: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one mail.

    Attributes:
        kind: one of `KINDS`.
        reason: id of the first rule that hit, or None when a reply is allowed.
        why: the rule's reason, or "".
        receipt: a fixed receipt may go out; always true when a reply is allowed.
    """

    kind: str = HUMAN
    reason: str | None = None
    why: str = ""
    receipt: bool = True


def judge(mail: Inbound, history: History, ours: Ours, *, now: datetime) -> Verdict:
    """Judge one mail by the table.

    Args:
        mail: the parsed mail.
        history: what happened before in its thread and with its sender.
        ours: this installation.
        now: aware.

    Returns:
        Its kind and, when a reply is forbidden, the first rule that says so.
    """
    case = Case(mail, history, ours, now)
    rule = next((rule for rule in RULES if rule.hit(case)), None)
    return Verdict(rule.kind, rule.id, rule.why, rule.receipt) if rule else Verdict()


def suppression(mail: Inbound, history: History, ours: Ours, *, now: datetime) -> str | None:
    """Return the id of the first rule that forbids a reply, or None. Arguments as for `judge`."""
    return judge(mail, history, ours, now=now).reason


def classify(mail: Inbound, ours: Ours, *, now: datetime) -> str:
    """Return the kind of a mail with no regard to history."""
    return judge(mail, NO_HISTORY, ours, now=now).kind


# --- our own mail ---------------------------------------------------------------------------


def _own_marker(case: Case) -> bool:
    marks = (*case.mail.headers.all(INSTANCE_HEADER), *case.mail.headers.all("X-Loop"))
    named = bool(case.ours.instance) and case.ours.instance in {mark.strip() for mark in marks}
    return named or threading.is_automatic_id(case.mail.message_id, domains=case.ours.domains)


def _empty_answer_to_own(case: Case) -> bool:
    latest = next(iter(threading.newest_first(case.mail)), "")
    return not case.mail.said.text and threading.is_automatic_id(latest, domains=case.ours.domains)


def _from_ourselves(case: Case) -> bool:
    senders = (*case.mail.authors, *case.mail.reply_to)
    return any(_is_ours(address.key, case.ours) for address in senders)


def _is_ours(address: str, ours: Ours) -> bool:
    return address in ours.addresses or addresses.canonical(address) in ours.addresses


# --- calendars, recalls, reports, bounces ------------------------------------------------------


def _recall(case: Case) -> bool:
    subject = machine_words.begins(machine_words.RECALL, case.mail.subject)
    return subject and not machine_words.asks(case.mail.said.text)


def _read_receipt(case: Case) -> bool:
    mail = case.mail
    by_subject = machine_words.begins(machine_words.READ_RECEIPT, mail.subject)
    return by_subject and not machine_words.asks(mail.said.text + mail.subject)


def _meeting(case: Case) -> bool:
    return any(
        kind in {"request", "reply", "cancel", "counter", "refresh", "declinecounter"}
        for kind in case.mail.report_kinds
    )


def _feedback(case: Case) -> bool:
    mail = case.mail
    typed = {"message/feedback-report", "message/disposition-notification"} & set(mail.kinds)
    named = {"feedback-report", "disposition-notification"} & set(mail.report_kinds)
    return bool(typed or named)


def _complaint(case: Case) -> bool:
    marked = bool(case.mail.headers.all("X-HmXmrOriginalRecipient"))
    return marked or bool(machine_words.COMPLAINT.match(case.mail.subject))


def _delivery_report(case: Case) -> bool:
    kinds = set(case.mail.kinds)
    statuses = {"message/delivery-status", "message/global-delivery-status"}
    return "multipart/report" in kinds or bool(statuses & kinds)


def _failed_recipients(case: Case) -> bool:
    return _has(case, "X-Failed-Recipients", "X-Aliyun-Bounce")


def _bounce_subject(case: Case) -> bool:
    return machine_words.begins(machine_words.BOUNCE, case.mail.subject)


def _weak_bounce_subject(case: Case) -> bool:
    begins = machine_words.begins(machine_words.WEAK_BOUNCE, case.mail.subject)
    return begins and machine_words.speaks_of_delivery(case.mail.text or case.mail.said.text)


def _bounce_body(case: Case) -> bool:
    return machine_words.opens_like_bounce(case.mail.text or case.mail.said.text)


# --- automatic answers -------------------------------------------------------------------------


def _auto_submitted(case: Case, word: str) -> bool:
    return any(_token(value).startswith(word) for value in case.mail.headers.all("Auto-Submitted"))


def _auto_submitted_at_all(case: Case) -> bool:
    return any(_token(v) not in {"no", ""} for v in case.mail.headers.all("Auto-Submitted"))


def _token(value: str) -> str:
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
)


def _auto_header(case: Case) -> bool:
    values = [value for name in _AUTO_HEADERS for value in case.mail.headers.all(name)]
    return any(_token(value) not in {"no", "false", "0"} for value in values)


def _autoresponder_delivery(case: Case) -> bool:
    return any(_token(v) == "autoresponder" for v in case.mail.headers.all("Delivered-To"))


def _qq_auto_reply(case: Case) -> bool:
    values = [
        value
        for name in ("X-QQ-HolidayReply", "X-QQ-AUTO-REPLY", "X-QQ-AutoReply")
        for value in case.mail.headers.all(name)
    ]
    return any(_token(value) not in {"false", "no", "0"} for value in values)


def _auto_subject(case: Case) -> bool:
    return machine_words.begins(machine_words.AUTO_REPLY, case.mail.subject)


def _weak_auto_subject(case: Case) -> bool:
    begins = machine_words.begins(machine_words.WEAK_AUTO_REPLY, case.mail.subject)
    return begins and not machine_words.asks(case.mail.subject + case.mail.said.text)


def _response_suppressed(case: Case) -> bool:
    values = ",".join(case.mail.headers.all("X-Auto-Response-Suppress")).lower()
    return bool({"all", "oof", "autoreply"} & set(re.findall(r"[a-z]+", values)))


# --- lists and machines --------------------------------------------------------------------------


def _precedence(case: Case, *words: str) -> bool:
    values = (*case.mail.headers.all("Precedence"), *case.mail.headers.all("X-Precedence"))
    return any(_token(value).replace("-", "_") in words for value in values)


def _list_headers(case: Case) -> bool:
    return any(name.startswith("list-") for name in case.mail.headers.names())


def _loop_header(case: Case) -> bool:
    return _has(case, "X-Loop")


def _relay_notification(case: Case) -> bool:
    kinds = case.mail.headers.all("X-AMAZON-MAIL-RELAY-TYPE")
    return any(_token(kind) == "notification" for kind in kinds)


def _has(case: Case, *names: str) -> bool:
    return any(case.mail.headers.all(name) for name in names)


def _local(pattern: str) -> Callable[[Case], bool]:
    """Return a predicate on the local part of From."""
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda case: any(compiled.search(author.local) for author in case.mail.authors)


def _daemon_envelope(case: Case) -> bool:
    local = (case.mail.return_path or "").rpartition("@")[0] or (case.mail.return_path or "")
    return bool(re.fullmatch(r"mailer-daemon|postmaster|bounces?", local, re.IGNORECASE))


def _robot_envelope(case: Case, pattern: str) -> bool:
    sender = case.mail.sender.address if case.mail.sender else ""
    return any(
        re.search(pattern, one or "", re.IGNORECASE) for one in (case.mail.return_path, sender)
    )


def _null_sender(case: Case) -> bool:
    return case.mail.return_path == ""


# --- persons whom a machine should not answer -----------------------------------------------------


def _not_addressed(case: Case) -> bool:
    mail = case.mail
    recipients = (*mail.to, *mail.cc, *mail.delivered_to)
    return bool(case.ours.addresses) and not any(_is_ours(a.key, case.ours) for a in recipients)


def _bad_sender(case: Case) -> bool:
    mail = case.mail
    several = len({author.key for author in mail.authors}) > 1
    invalid = not mail.author or not addresses.is_valid(mail.author.address)
    injected = bool(re.search(r"[\r\n]\s*[A-Za-z-]{2,40}:", mail.raw_subject))
    return several or invalid or injected


def _untrusted(case: Case) -> bool:
    spam = case.ours.trust_spam_headers and any(
        _token(value).startswith("yes")
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


def _stale(case: Case) -> bool:
    mail, ours = case.mail, case.ours
    old = mail.date is not None and case.now - mail.date > ours.max_age
    arrived = mail.received_at or mail.date
    return old or (ours.since is not None and arrived is not None and arrived < ours.since)


def _asked_for_person(case: Case) -> bool:
    return bool(machine_words.PERSON.fullmatch(case.mail.said.text.strip()))


def _opted_out(case: Case) -> bool:
    return case.history.opted_out or bool(
        machine_words.OPT_OUT.fullmatch(case.mail.said.text.strip())
    )


def _subject_asks(case: Case) -> bool:
    """Tell whether the subject alone can be a question: new, and more than a word or two."""
    subject = case.mail.subject
    letters = sum(char.isalnum() for char in subjects.bare(subject))
    return letters >= 4 and not subjects.is_reply(subject) and not case.mail.encrypted


def _nothing_but_files(case: Case) -> bool:
    mail = case.mail
    asked = _subject_asks(case) and machine_words.asks(mail.subject)
    return bool(mail.attachments) and not mail.said.text and not asked and not mail.encrypted


def _nothing_said(case: Case) -> bool:
    mail = case.mail
    return mail.encrypted or _unreadable(case) or (not mail.said.text and not _subject_asks(case))


def _unreadable(case: Case) -> bool:
    text = case.mail.said.text
    return text.count("\ufffd") * 3 > len(text) > 0


RULES: tuple[Rule, ...] = (
    Rule("N16", OWN_LOOP, "our own automatic mail came back", _own_marker),
    Rule("N16", AUTO_REPLY, "an empty answer to an automatic mail of ours", _empty_answer_to_own),
    Rule("N17", OWN_LOOP, "From or Reply-To is one of our own mailboxes", _from_ourselves),
    Rule("N19", RECALL, "Exchange asks to take a message back", _recall),
    Rule("N02", REPORT, "feedback or disposition report", _feedback),
    Rule("N19", REPORT, "read receipt", _read_receipt),
    Rule("N02", REPORT, "complaint of a mail provider", _complaint),
    Rule("N02", BOUNCE, "delivery report (RFC 3464)", _delivery_report),
    Rule("N03", BOUNCE, "marked as a bounce by its server", _failed_recipients),
    Rule("N15", AUTO_REPLY, "QQ marks its automatic replies so, and only so", _qq_auto_reply),
    Rule("N20", AUTO_REPLY, "subject of an automatic reply", _auto_subject),
    Rule("N04", BOUNCE, "mail system", _local(r"^(mailer[-_.]?daemon|bounces?([-+=].*)?$)")),
    Rule("N20", BOUNCE, "subject of a bounce", _bounce_subject),
    Rule("N20", BOUNCE, "subject and text of a bounce", _weak_bounce_subject),
    Rule("N02", BOUNCE, "text of a delivery report without its type", _bounce_body),
    Rule("N20", AUTO_REPLY, "subject of an absence, and no question", _weak_auto_subject),
    Rule(
        "N10", AUTO_REPLY, "Auto-Submitted: auto-replied", lambda c: _auto_submitted(c, "auto-rep")
    ),
    Rule("N14", AUTO_REPLY, "header of an autoresponder", _auto_header),
    Rule("N14", AUTO_REPLY, "delivered by an autoresponder", _autoresponder_delivery),
    Rule("N11", AUTO_REPLY, "Precedence of a reply", lambda c: _precedence(c, "auto_reply")),
    Rule("N05", AUTO_REPLY, "QQ's automatic sender", lambda c: _robot_envelope(c, r"\+auto_=")),
    Rule("N19", SYSTEM, "meeting request or answer", _meeting),
    Rule("N12", LIST, "List-* header", _list_headers),
    Rule("N11", LIST, "Precedence of a list", lambda c: _precedence(c, "bulk", "junk", "list")),
    Rule("N05", LIST, "bounce address of a list", lambda c: _robot_envelope(c, r"bounces?\+")),
    Rule(
        "N05",
        BOUNCE,
        "rewritten sender of a mail system",
        lambda c: _robot_envelope(c, r"^(srs[01][=+-].*|(btv1|prvs)=.*)(mailer-daemon|postmaster)"),
    ),
    Rule(
        "N04",
        LIST,
        "list software",
        _local(r"^(listserv|majordomo|mailman|owner-.+|.+-request)$"),
    ),
    Rule("N10", SYSTEM, "Auto-Submitted is not `no`", _auto_submitted_at_all),
    Rule(
        "N04",
        SYSTEM,
        "mailbox that nobody reads",
        _local(r"(^|[-_.+])(no|do[-_.]?not)[-_.]?repl(y|ies)"),
    ),
    Rule("N04", SYSTEM, "account of a machine", _local(r"^(root|daemon|nobody|abuse)$")),
    Rule("N04", SYSTEM, "postmaster may be a person, for a person", _local(r"^postmaster")),
    Rule("N04", BOUNCE, "envelope of a mail system", _daemon_envelope),
    Rule("N14", SYSTEM, "X-Loop", _loop_header),
    Rule("N14", SYSTEM, "notification of a relay", _relay_notification),
    Rule("N01", AUTO_REPLY, "null envelope sender (RFC 3834, 2)", _null_sender),
    Rule("N13", SYSTEM, "sender wants no automatic replies", _response_suppressed),
    Rule("N37", HUMAN, "no single valid sender to answer", _bad_sender),
    Rule("N31", HUMAN, "spam, or sender not authenticated", _untrusted),
    Rule("N18", HUMAN, "not addressed to us (RFC 5230, 4.5)", _not_addressed),
    Rule("N32", HUMAN, "too old", _stale),
    Rule("N33", HUMAN, "handled already", lambda case: case.history.duplicate),
    Rule("N16", AUTO_REPLY, "echo within a minute of our answer", lambda case: case.history.echo),
    Rule("N35", HUMAN, "wants no automatic mail", _opted_out),
    Rule("N35", HUMAN, "a person has this thread", lambda case: case.history.person_has_it),
    Rule("N34", HUMAN, "quota used up", lambda case: bool(case.history.quota)),
    Rule("N35", HUMAN, "asks for a person", _asked_for_person, receipt=True),
    Rule(
        "N36", HUMAN, "beyond the limits of reading", lambda c: bool(c.mail.exceeded), receipt=True
    ),
    Rule("N36", HUMAN, "attachments without a word", _nothing_but_files, receipt=True),
    Rule("N30", HUMAN, "no text that can be read", _nothing_said, receipt=True),
)
