"""Small mails for tests: a human mail, and what to add to make it something else."""

from datetime import UTC, datetime

from autoreply.inbound import Inbound, read

NOW = datetime(2024, 3, 5, 8, 0, tzinfo=UTC)
BASE = {
    "Return-Path": "<wf@qq.example>",
    "From": "王芳 <wf@qq.example>",
    "To": "help@anlu.example",
    "Subject": "门锁打不开怎么办",
    "Date": "Tue, 5 Mar 2024 14:22:11 +0800",
    "Message-ID": "<1@qq.example>",
    "Content-Type": "text/plain; charset=utf-8",
}
BODY = "门锁打不开，绿灯闪三下，怎么办？"


def raw(body: str = BODY, /, *, top: str = "", **changes: str | None) -> bytes:
    """Return a mail; `changes` replace fields (`_` for `-`), None leaves one out."""
    fields = BASE | {name.replace("_", "-"): value for name, value in changes.items()}
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join([*([top] if top else []), *lines, "", body]).encode()


def mail(body: str = BODY, /, *, top: str = "", **changes: str | None) -> Inbound:
    return read(raw(body, top=top, **changes))
