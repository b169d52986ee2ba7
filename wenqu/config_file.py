"""Read the configuration: a TOML file, `WENQU_*` variables over it, `WENQU_*_FILE` for secrets.

An unknown key or a wrong value stops the start with a clear sentence (`kb.errors.Invalid`, code
`config_…`).
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from kb.errors import Invalid
from wenqu.config import CHOICES, MAILBOX_SECRETS, MAX_PORT, RANGES, Config, Mailbox

PREFIX = "WENQU_"
FILE_NAME = "wenqu.toml"
# Variables of ours that are no settings: the command line reads them.
OTHERS = ("WENQU_CONFIG", "WENQU_ADMIN_PASSWORD")


def load(path: Path | None, environ: Mapping[str, str] = os.environ) -> Config:
    """Read the configuration.

    Args:
        path: the TOML file; None looks for `wenqu.toml` here, which may be missing.
        environ: the environment.

    Raises:
        Invalid: `config_missing`, `config_syntax`, `config_unknown`, `config_value`;
            `params["key"]` names the culprit.
    """
    values = {**_from_file(path), **_from_environ(environ)}
    config = replace(Config(), **values)
    _check(config)
    return config


# Values are typed by `_typed`; Any is what TOML gives.
def _from_file(path: Path | None) -> dict[str, Any]:
    file = path or Path(FILE_NAME)
    if not file.exists():
        if path is not None:
            raise Invalid("config_missing", key=str(path))
        return {}
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid("config_syntax", key=str(file), reason=str(error)) from error
    boxes = raw.pop("mailbox", [])
    if not isinstance(boxes, list) or not all(isinstance(box, dict) for box in boxes):
        raise Invalid("config_value", key="mailbox", value=str(boxes))
    values = {name: _typed(Config, name, value) for name, value in raw.items()}
    if boxes:
        values["mailboxes"] = tuple(_mailbox(box) for box in boxes)
    return values


def _mailbox(raw: Mapping[str, Any]) -> Mailbox:  # Any: TOML
    raw = dict(raw)
    for name in MAILBOX_SECRETS:
        if f"{name}_file" in raw:
            raw[name] = _secret(str(raw.pop(f"{name}_file")), f"mailbox.{name}_file")
    values = {name: _typed(Mailbox, name, value) for name, value in raw.items()}
    needed = ("address",) if values.get("maildir") else ("address", "host")
    missing = next((name for name in needed if not values.get(name)), None)
    if missing:
        raise Invalid("config_value", key=f"mailbox.{missing}", value="")
    return Mailbox(**values)


def _from_environ(environ: Mapping[str, str]) -> dict[str, Any]:  # Any: typed by `_typed`
    values: dict[str, Any] = {}
    for key, text in environ.items():
        name = key.removeprefix(PREFIX).lower()
        if not key.startswith(PREFIX) or key in OTHERS:
            continue
        if name.endswith("_file"):
            name, text = name.removesuffix("_file"), _secret(text, key)
        values[name] = _typed(Config, name, text)
    return values


def _secret(path: str, key: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Invalid("config_secret", key=key, value=path) from error


def _typed(kind: type, name: str, value: Any) -> Any:  # Any: TOML or text in, the field's type out
    """Return `value` as the field's type. Raises Invalid."""
    known = {item.name for item in fields(kind)} - {"mailboxes"}
    if name not in known:
        raise Invalid("config_unknown", key=name)
    wanted = get_type_hints(kind)[name]
    try:
        return _convert(wanted, value)
    except (TypeError, ValueError, KeyError) as error:
        raise Invalid("config_value", key=name, value=str(value)) from error


def _convert(wanted: Any, value: Any) -> Any:  # Any: as above
    if wanted is bool:
        if isinstance(value, bool):
            return value
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
            str(value).lower()
        ]
    if wanted is int:
        if isinstance(value, bool | float):
            raise TypeError
        return int(value)
    if wanted is Path:
        return Path(value)
    if wanted is str:
        if not isinstance(value, str):
            raise TypeError
        return value
    items = value if isinstance(value, list) else str(value).split(",")
    return tuple(str(item).strip() for item in items if str(item).strip())


def _check(config: Config) -> None:
    """Refuse values that would only fail later."""
    for name, allowed in CHOICES.items():
        if name not in ("tls", "auth") and getattr(config, name) not in allowed:
            raise Invalid("config_choice", key=name, allowed=", ".join(allowed))
    for box in config.mailboxes:
        for name in ("tls", "auth"):
            if getattr(box, name) not in CHOICES[name]:
                words = ", ".join(CHOICES[name])
                raise Invalid("config_choice", key=f"mailbox.{name}", allowed=words)
    try:
        ZoneInfo(config.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid("config_value", key="timezone", value=config.timezone) from error
    if not re.fullmatch(r"https?://[^/?#\s]+[^?#\s]*", config.base_url):
        raise Invalid("config_value", key="base_url", value=config.base_url)
    if config.alarm_webhook and not re.fullmatch(r"https?://\S+", config.alarm_webhook):
        # Its address holds a key, so it is not repeated.
        raise Invalid("config_value", key="alarm_webhook", value="…")
    for name in ("lmtp_listen", "smtp_listen"):
        value = getattr(config, name)
        if value and not _is_port(value.rpartition(":")[2]):
            raise Invalid("config_value", key=name, value=value)
    for name, (least, most) in RANGES.items():
        if not least <= getattr(config, name) <= most:
            raise Invalid("config_value", key=name, value=str(getattr(config, name)))
    _check_url(config.database_url)


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) <= MAX_PORT


def _check_url(url: str) -> None:
    """Refuse an address of no database that we know; the value may hold a password."""
    try:
        backend = make_url(url).get_backend_name() if url else "sqlite"
    except ArgumentError as error:
        raise Invalid("config_value", key="database_url", value="…") from error
    if backend not in ("sqlite", "postgresql"):
        raise Invalid("config_value", key="database_url", value=f"{backend}://…")
