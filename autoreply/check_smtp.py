"""Try to send through a relay as far as RCPT, and learn which envelope senders it takes.

Source: RFC 5321, 3.3; 163 answers a foreign sender with `553 Mail from must equal authorized user`,
QQ with `501 mail from address must be same as authorization user`.
"""

from __future__ import annotations

from dataclasses import dataclass

from autoreply import verp
from autoreply.check_imap import meaning, unreachable
from autoreply.look import Look, bad, care, well
from autoreply.providers import of_host
from autoreply.relay import Answer, Relay
from autoreply.sender import AUTHORISED, NULL, VERP
from autoreply.transport import Undelivered

# What a provider says when somebody signs in to send -> what it means; case does not count.
_REFUSALS = (
    ("smtpclientauthentication is disabled", "smtp_auth_disabled"),
    ("5.7.139", "smtp_auth_disabled"),
    ("application-specific password", "smtp_app_password"),
    ("has no permission", "smtp_switched_off"),
    ("service is not open", "smtp_switched_off"),
    ("account is abnormal", "smtp_switched_off"),
    ("authorization code", "smtp_code_wrong"),
    ("authorized code", "smtp_code_wrong"),
    ("授权码", "smtp_code_wrong"),
    ("frequency", "smtp_too_often"),
    ("too many", "smtp_too_often"),
)

TRIAL = 0
"""Number of no mail: what comes back to its address is nobody's bounce."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a relay was tried with.

    Attributes:
        relay: how to reach it.
        address: ours, sender and recipient of the trial.
        wanted: envelope sender that is set: `null`, `authorised` or `verp`.
        secret: signs the address of `verp`.
    """

    relay: Relay
    address: str
    wanted: str
    secret: bytes


def smtp_looks(trial: Trial) -> tuple[list[Look], str | None]:
    """Sign in, and ask for each kind of envelope sender.

    Returns:
        the looks, and the envelope sender that works best: what is wanted when it is taken, else
        the null sender, else the account's; None when none is.
    """
    relay = trial.relay
    senders = {
        NULL: "",
        AUTHORISED: relay.user if "@" in relay.user else trial.address,
        VERP: verp.address(trial.address, TRIAL, trial.secret),
    }
    try:
        answers = relay.probe(senders.values(), trial.address)
    except Undelivered as error:
        return [refusal(relay, error)], None
    found = dict(zip(senders, answers, strict=False))
    best = next(
        (k for k in (trial.wanted, NULL, AUTHORISED) if k in found and found[k].taken), None
    )
    looks = [well("smtp_signed_in", host=relay.host, port=relay.port, user=relay.user or "-")]
    looks += [_envelope(kind, answer, trial.wanted) for kind, answer in found.items()]
    return [*looks, _conclusion(best, trial.wanted)], best


def _envelope(kind: str, answer: Answer, wanted: str) -> Look:
    if answer.taken:
        return well(f"smtp_{kind}_taken")
    hurts = kind == AUTHORISED or kind == wanted == VERP
    return (bad if hurts else care)(f"smtp_{kind}_refused", reply=answer.reply)


def _conclusion(best: str | None, wanted: str) -> Look:
    if best is None:
        return bad("smtp_no_sender")
    return well(f"smtp_uses_{best}") if best == wanted else care(f"smtp_uses_{best}", wanted=wanted)


def refusal(relay: Relay, error: Undelivered) -> Look:
    """Name what keeps us from sending, by where it happened and what the server said."""
    said = str(error.params.get("reply", ""))
    if error.code == "sign_in":
        otherwise = "smtp_refused" if of_host(relay.host) else "smtp_password_wrong"
        return bad(meaning(said, _REFUSALS) or otherwise, user=relay.user, reply=said)
    if error.code == "token":
        return bad("smtp_token", reply=said)
    if "SMTPNotSupportedError" in said:
        return bad("smtp_no_sign_in", host=relay.host, port=relay.port, reply=said)
    return unreachable("smtp", relay.host, relay.port, error)
