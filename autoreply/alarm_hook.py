"""Tell a group's robot what is wrong: the way out when no mail leaves at all.

WeCom, DingTalk and Feishu robots are understood, and whatever takes `{"text": …}` (Slack,
Mattermost, a script of one's own). The address holds the robot's key, so it is a secret.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from kb.errors import Invalid, Unavailable

KIND = "alarm_hook"
"""Kind of the job; its payload is `{"text": …}`."""

SECONDS = 10
MOST_BYTES = 64 * 1024
_LONGEST = 2000
_NAMED = ("qyapi.weixin.qq.com", "oapi.dingtalk.com")
_FEISHU = ("open.feishu.cn", "open.larksuite.com")


def body(url: str, text: str) -> dict[str, Any]:  # Any: JSON
    """Return what a robot is sent, by whose robot it is."""
    host, said = urlsplit(url).hostname or "", text[:_LONGEST]
    if host in _NAMED:
        return {"msgtype": "text", "text": {"content": said}}
    if host in _FEISHU:
        return {"msg_type": "text", "content": {"text": said}}
    return {"text": said}


def post(url: str, text: str) -> None:
    """Send a text to a robot.

    Raises:
        Invalid: the address is none of the web (`hook_address`).
        Unavailable: it could not be reached or refused (`hook_failed`); the address, which holds a
            key, is not told.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise Invalid("hook_address", field="alarm_webhook")
    sent = json.dumps(body(url, text), ensure_ascii=False).encode("utf-8", "replace")
    headers = {"Content-Type": "application/json; charset=utf-8"}
    request = urllib.request.Request(url, data=sent, headers=headers)  # noqa: S310 - checked above
    try:
        with _opener().open(request, timeout=SECONDS) as reply:
            fault = _fault(reply.read(MOST_BYTES))
    except urllib.error.HTTPError as error:
        with error:
            raise Unavailable("hook_failed", reason=str(error.code)) from None
    except (OSError, ValueError) as error:
        raise Unavailable("hook_failed", reason=type(error).__name__) from None
    if fault:
        raise Unavailable("hook_failed", reason=fault)


def _fault(reply: bytes) -> str:
    """Return what a robot says that refuses with status 200, or ""."""
    try:
        said = json.loads(reply)
    except ValueError:
        return ""
    if not isinstance(said, dict):
        return ""
    code = said.get("errcode", said.get("code", 0))
    return "" if code in (0, None) else f"{code} {said.get('errmsg', said.get('msg', ''))}"[:200]


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the address holds a key."""

    def redirect_request(self, *_: Any, **__: Any) -> None:  # Any: as urllib calls it
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_Stay)
