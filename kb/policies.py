"""What people decide at the desk, as values with defaults (pure). `kb.settings` keeps them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Company:
    """Who runs this help site.

    Attributes:
        name: as customers know it.
        mailbox: the address that customers write to.
        phone: shown in the footer; may be empty.
        hours_from: first hour of a working day, local time, 0–23.
        hours_to: hour at which people stop answering, 1–24.
        weekdays: working days, 0 is Monday.
        reply_minutes: within how many working minutes a person answers.
        ticket_prefix: letters before a ticket's number.
        languages: languages of the site, the first is the default.
    """

    name: str = "我们"
    name_en: str = ""
    mailbox: str = ""
    phone: str = ""
    hours_from: int = 9
    hours_to: int = 18
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    reply_minutes: int = 240
    ticket_prefix: str = "WQ"
    languages: tuple[str, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Automation:
    """Whether and how surely mail is answered without a person.

    Attributes:
        mode: `off`, `shadow` (decide, show the agent, send nothing), `draft` (prepare the reply,
            an agent sends it), `share` (answer a part of the customers) or `on`. Categories may
            differ.
        share: in mode `share`, percent of the customers that are answered.
        holdout: percent of the mails that would be answered and go to a person instead, so that
            it can be measured what answering saves.
        mail_precision: target precision of automatic answers, 0–1.
        margin: how much surer the best answer must be than the second, 0–1.
        coverage: share of the question's words that the best answer must know, 0–1.
        fewest_known: so many answers must be known to be right or wrong before what was seen,
            rather than what was shipped, says how sure an answer must be.
        form_precision: target precision of the best answer in the contact form, 0–1.
        least_articles: fewer published articles than this: never answer.
        never_topics: category slugs that are never answered automatically.
        per_sender_day: automatic answers to one sender in 24 h.
        per_thread: automatic answers in one thread, ever.
        per_domain_hour: automatic answers to one domain in an hour.
        per_minute: circuit breaker for all mail.
        bounce_share: circuit breaker: percent of the last hour's mails that may come back.
        pause_minutes: how long the circuit breaker stays open.
        oldest_days: mail older than this is not answered.
        alarms: administrators get a mail when mail stops coming in, going out or being answered.
    """

    mode: str = "shadow"
    share: int = 20
    holdout: int = 5
    mail_precision: float = 0.95
    form_precision: float = 0.90
    margin: float = 0.2
    coverage: float = 0.0
    fewest_known: int = 30
    least_articles: int = 25
    never_topics: tuple[str, ...] = ()
    per_sender_day: int = 5
    per_thread: int = 1
    per_domain_hour: int = 60
    per_minute: int = 60
    bounce_share: int = 20
    pause_minutes: int = 15
    oldest_days: int = 3
    alarms: bool = True


@dataclass(frozen=True, slots=True)
class Authoring:
    """How answers come to be published.

    Attributes:
        review: `required`: only editors publish; `optional`: agents may publish by themselves.
    """

    review: str = "required"


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days each kind of record is kept; 0 keeps it for good."""

    questions_days: int = 180
    raw_mail_days: int = 365
    sessions_days: int = 30
    jobs_days: int = 30
    audit_days: int = 730
    closed_tickets_days: int = 0
