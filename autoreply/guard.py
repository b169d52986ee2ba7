"""The one place that decides whether a mail may be answered at all. Pure.

`RULES` is the whole policy: each row has the id of the rule, what kind of mail it tells, why, and
a predicate. The first row that hits gives the reason; rows that know the kind of machine best come
first. Ids are stored with every decision and shown to agents; docs/mail.md lists them.

Source: RFC 3834; RFC 5230, 4.5 and 4.6; MS-OXCMAIL 2.1.3.2.20; real mails of QQ and Aliyun.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from autoreply import refusals, signs, signs_in_text, signs_of_accounts
from autoreply.evidence import INSTANCE_HEADER, NO_HISTORY, Case, History, Ours
from autoreply.inbound import Inbound

__all__ = [
    "INSTANCE_HEADER",
    "KINDS",
    "NO_HISTORY",
    "RULES",
    "Case",
    "History",
    "Ours",
    "Rule",
    "Verdict",
    "classify",
    "judge",
    "suppression",
]

HUMAN = "human"
AUTO_REPLY = "auto_reply"
BOUNCE = "bounce"
LIST = "list"
REPORT = "report"
RECALL = "recall"
OWN_LOOP = "own_loop"
SYSTEM = "system"
KINDS = (HUMAN, AUTO_REPLY, BOUNCE, LIST, REPORT, RECALL, OWN_LOOP, SYSTEM)


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


RULES: tuple[Rule, ...] = (
    Rule("N16", OWN_LOOP, "our own automatic mail came back", signs.own_marker),
    Rule(
        "N16", AUTO_REPLY, "an empty answer to an automatic mail of ours", signs.empty_answer_to_own
    ),
    Rule("N17", OWN_LOOP, "From or Reply-To is one of our own mailboxes", signs.from_ourselves),
    Rule("N19", RECALL, "Exchange asks to take a message back", signs.recall),
    Rule("N02", REPORT, "feedback or disposition report", signs.feedback),
    Rule("N19", REPORT, "read receipt", signs.read_receipt),
    Rule("N02", REPORT, "complaint of a mail provider", signs.complaint),
    Rule("N02", BOUNCE, "delivery report (RFC 3464)", signs.delivery_report),
    Rule("N03", BOUNCE, "marked as a bounce by its server", signs.failed_recipients),
    Rule("N15", AUTO_REPLY, "QQ marks its automatic replies so, and only so", signs.qq_auto_reply),
    Rule("N20", AUTO_REPLY, "subject of an automatic reply", signs.auto_subject),
    Rule(
        "N04",
        BOUNCE,
        "mail system",
        signs.local(
            r"^(mailer[-_.]?daemon|mail[-_.]?delivery[-_.]?(sub)?system|bounces?([-+=].*)?$"
            r"|microsoftexchange[0-9a-f]{16,}$)"
        ),
    ),
    Rule("N20", BOUNCE, "subject of a bounce", signs.bounce_subject),
    Rule("N20", BOUNCE, "subject and text of a bounce", signs.weak_bounce_subject),
    Rule("N02", BOUNCE, "text of a delivery report without its type", signs.bounce_body),
    Rule("N20", AUTO_REPLY, "subject of an absence, and no question", signs.weak_auto_subject),
    Rule("N20", AUTO_REPLY, "text that calls itself an automatic reply", signs_in_text.auto_text),
    Rule("N14", AUTO_REPLY, "receipt of another help desk", signs_in_text.receipt),
    Rule("N14", AUTO_REPLY, "asks the sender to prove to be a person", signs_in_text.challenge),
    Rule(
        "N10",
        AUTO_REPLY,
        "Auto-Submitted: auto-replied",
        lambda c: signs.auto_submitted(c, "auto-rep"),
    ),
    Rule("N14", AUTO_REPLY, "header of an autoresponder", signs.auto_header),
    Rule("N14", AUTO_REPLY, "delivered by an autoresponder", signs.autoresponder_delivery),
    Rule("N11", AUTO_REPLY, "Precedence of a reply", lambda c: signs.precedence(c, "auto_reply")),
    Rule(
        "N05", AUTO_REPLY, "QQ's automatic sender", lambda c: signs.robot_envelope(c, r"\+auto_=")
    ),
    Rule("N19", SYSTEM, "meeting request or answer", signs.meeting),
    Rule("N12", LIST, "List-* header", signs.list_headers),
    Rule(
        "N11", LIST, "Precedence of a list", lambda c: signs.precedence(c, "bulk", "junk", "list")
    ),
    Rule("N05", LIST, "bounce address of a list", signs.list_envelope),
    Rule(
        "N05",
        BOUNCE,
        "rewritten sender of a mail system",
        lambda c: signs.robot_envelope(
            c, r"^(srs[01][=+-].*|(btv1|prvs)=.*)(mailer-daemon|postmaster)"
        ),
    ),
    Rule(
        "N04",
        LIST,
        "list software",
        signs.local(r"^(listserv|majordomo|mailman|owner-.+|.+-request)$"),
    ),
    Rule("N10", SYSTEM, "Auto-Submitted is not `no`", signs.auto_submitted_at_all),
    Rule(
        "N04",
        SYSTEM,
        "mailbox that nobody reads",
        signs_of_accounts.unread_mailbox,
    ),
    Rule(
        "N04",
        SYSTEM,
        "account of a machine",
        signs.local(
            r"^(root|daemon|nobody|abuse|notify|notifications?|alerts?|auto[-_]?(reply|respond(er)?)"
            r"|zabbix|nagios|jenkins|cron)$"
        ),
    ),
    Rule("N04", SYSTEM, "account of a device, and no question", signs_of_accounts.device_account),
    Rule("N04", SYSTEM, "postmaster may be a person, for a person", signs.local(r"^postmaster")),
    Rule("N04", BOUNCE, "envelope of a mail system", signs.daemon_envelope),
    Rule("N14", SYSTEM, "X-Loop", signs.loop_header),
    Rule("N14", SYSTEM, "notification of a relay", signs.relay_notification),
    Rule("N14", SYSTEM, "notification of a program", signs.notification),
    Rule("N14", SYSTEM, "text of a system that reads no answers", signs_in_text.unattended),
    Rule("N12", LIST, "text of a newsletter", signs_in_text.newsletter),
    Rule("N01", AUTO_REPLY, "null envelope sender (RFC 3834, 2)", signs.null_sender),
    Rule("N13", SYSTEM, "sender wants no automatic replies", signs.response_suppressed),
    Rule("N37", HUMAN, "no single valid sender to answer", refusals.bad_sender),
    Rule("N31", HUMAN, "spam, or sender not authenticated", refusals.untrusted),
    Rule("N18", HUMAN, "not addressed to us (RFC 5230, 4.5)", refusals.not_addressed),
    Rule("N32", HUMAN, "too old", refusals.stale),
    Rule("N33", HUMAN, "handled already", lambda case: case.history.duplicate),
    Rule("N16", AUTO_REPLY, "echo within a minute of our answer", lambda case: case.history.echo),
    Rule("N35", HUMAN, "wants no automatic mail", refusals.opted_out),
    Rule("N35", HUMAN, "a person has this thread", lambda case: case.history.person_has_it),
    Rule("N34", HUMAN, "quota used up", lambda case: bool(case.history.quota)),
    Rule("N35", HUMAN, "asks for a person", refusals.asked_for_person, receipt=True),
    Rule(
        "N36", HUMAN, "beyond the limits of reading", lambda c: bool(c.mail.exceeded), receipt=True
    ),
    Rule("N36", HUMAN, "attachments without a word", refusals.nothing_but_files, receipt=True),
    Rule("N30", HUMAN, "no text that can be read", refusals.nothing_said, receipt=True),
)
