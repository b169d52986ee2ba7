"""Signs of a person where a subject or an address reads like that of a machine. Pure."""

from __future__ import annotations

import re

from autoreply import person_words, providers
from autoreply.evidence import Case

_SYSTEMS = re.compile(r"mailer|postmaster|daemon|system|bounce|no-?reply|admin", re.IGNORECASE)
_NOBODY = re.compile(r"(no|do[-_.]?not)[-_.]?repl(y|ies)", re.IGNORECASE)
_PROVIDERS = frozenset(domain for one in providers.PROVIDERS for domain in one.domains)


def asks_about_it(case: Case) -> bool:
    """A first mail of somebody who takes mail, with a question or a wish in a person's words."""
    mail = case.mail
    first = not mail.in_reply_to and not mail.references and mail.return_path != ""
    system = any(_SYSTEMS.match(author.local) for author in mail.authors)
    return first and not system and wants_something(case)


def wants_something(case: Case) -> bool:
    """A question or a wish, in a person's words."""
    return person_words.wants_something(case.mail.said.text)


def goes_by_such_a_name(case: Case) -> bool:
    """`noreply.lin` at a provider of mailboxes, who asks something."""
    author = case.mail.author
    if author is None or author.domain not in _PROVIDERS or _NOBODY.fullmatch(author.local):
        return False
    return wants_something(case)
