"""Try words before customers get them: a mail about an example, shown or sent to oneself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from autoreply import addresses, language, phrases, render, wording
from autoreply.compose import Automatic, Letter, compose
from autoreply.outgoing import DELIVER
from autoreply.tables import TRIAL, OutgoingMail
from autoreply.wording import Wording
from kb import jobs, policies, tokens
from kb.errors import Invalid

_LANGUAGES = {
    wording.ZH: language.ZH_HANS,
    wording.HANT: language.ZH_HANT,
    wording.EN: language.EN,
}


def example(kind: str, company: policies.Company, base_url: str, lang: str) -> render.View:
    """Return an example of a kind of mail, in the language of the wording.

    Args:
        kind: of `wording.KINDS`.
        company: as the settings have it.
        base_url: of the site.
        lang: of `wording.LANGUAGES`.
    """
    chinese = lang != wording.EN
    who = phrases.company(company, _LANGUAGES[lang])
    number = f"{company.ticket_prefix}-1042"
    asked = "滤芯多久换一次" if chinese else "How often do I change the filter"
    customer = "周琳" if chinese else "Zhou Lin"
    url = f"{base_url}/t/example"
    passage = _passage(base_url, chinese=chinese)
    other = "怎么买滤芯？" if chinese else "Where do I buy filters?"
    links = (render.Link(passage.title, passage.url), render.Link(other, f"{base_url}/a/2"))
    expected = "今天15:00" if chinese else "15:00 today"
    if kind == wording.ANSWER:
        yes, no = f"{base_url}/s/example?choice=yes", f"{base_url}/s/example?choice=no"
        return render.Answer(asked, passage, yes, no, who, customer=customer, number=number)
    if kind in (wording.SUGGEST, wording.RECEIPT):
        found = links if kind == wording.SUGGEST else ()
        return render.Receipt(number, url, expected, who, asked, found, customer)
    if kind == wording.TOLD:
        on = "11月3日" if chinese else "3 November"
        return render.Told(asked, on, passage, who, customer, number)
    words = _corrected(chinese=chinese)
    return render.Correction(words, f"<p>{words}</p>", who, asked, customer, number, url)


def _passage(base_url: str, *, chinese: bool) -> render.Passage:
    title = "滤芯多久换一次？" if chinese else "How often do I change the filter?"
    lines = (
        ("每6个月换一次；水压变小了，就早一点换。", "关掉进水阀", "拧下旧滤芯", "换上新的，拧紧")
        if chinese
        else ("Every 6 months; earlier when the pressure drops.", "Close the valve",
              "Turn the old filter to the left", "Put in the new one until it clicks")
    )  # fmt: skip
    text = "\n".join([lines[0], *(f"{n}. {line}" for n, line in enumerate(lines[1:], 1))])
    steps = "".join(f"<li>{line}</li>" for line in lines[1:])
    return render.Passage(title, f"{base_url}/a/1", text, f"<p>{lines[0]}</p><ol>{steps}</ol>")


def _corrected(*, chinese: bool) -> str:
    if chinese:
        return "11月3日我们回复说滤芯12个月换一次，写错了。应该是每6个月换一次。"
    return "On 3 November we said that the filter lasts 12 months. That was wrong: it is 6 months."


def write(
    kind: str, lang: str, own: Wording, company: policies.Company, base_url: str
) -> render.Rendered:
    """Put the example into words that are being tried.

    Raises:
        Invalid: they could not be sent, see `wording.check`.
    """
    wording.check(kind, own, language=lang)
    view = example(kind, company, base_url, lang)
    return render.render(view, lang=_LANGUAGES[lang], own=own)


def queue(
    session: Session,
    said: render.Rendered,
    company: policies.Company,
    *,
    to: str,
    lang: str,
    now: datetime,
) -> OutgoingMail:
    """Queue the example to somebody of ours.

    Args:
        session: the unit of work.
        said: from `write`.
        company: whose mailbox it leaves from.
        to: where it goes.
        lang: of the wording.
        now: the moment.

    Raises:
        Invalid: no address to send to (`address_invalid`), or none to send from
            (`mailbox_missing`).
    """
    if not addresses.is_valid(to):
        raise Invalid("address_invalid", field="to")
    if not company.mailbox:
        raise Invalid("mailbox_missing", field="to")
    letter = _letter(said, company, to, now, chinese=lang != wording.EN)
    mail = _row(letter, _LANGUAGES[lang], now)
    session.add(mail)
    session.flush()
    jobs.enqueue(session, DELIVER, {"mail": mail.id}, now=now, dedupe=f"{DELIVER}:trial:{mail.id}")
    return mail


def _row(letter: Letter, lang: str, now: datetime) -> OutgoingMail:
    """Return a written mail as it stands in the outbox."""
    key = addresses.canonical(letter.to)
    return OutgoingMail(
        kind=TRIAL,
        to_address=letter.to,
        to_key=key,
        to_domain=key.rpartition("@")[2],
        mailbox=letter.from_,
        subject=letter.subject,
        language=lang,
        articles=[],
        references=[],
        mail_id=letter.message_id,
        raw=compose(letter),
        created_at=now,
    )


def _letter(
    said: render.Rendered, company: policies.Company, to: str, now: datetime, *, chinese: bool
) -> Letter:
    subject = said.subject or ("回复：滤芯" if chinese else "Re: filter")
    letter = Letter(
        to=to,
        from_=company.mailbox,
        from_name=company.name,
        subject=f"[试发] {subject}" if chinese else f"[Trial] {subject}",
        text=said.text,
        html=said.html,
        message_id=f"<trial.{tokens.fresh(96)}@{company.mailbox.rpartition('@')[2]}>",
        date=now,
    )
    # Nobody's mail is answered, so it says that a machine made it, and no more.
    return replace(letter, automatic=Automatic.NOTICE)
