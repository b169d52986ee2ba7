"""Realistic contexts for the pages of mailboxes, as their first comments describe them."""

from __future__ import annotations

# Rows of sample text: one a line reads better than one word a line.
# fmt: off
# ruff: noqa: E501
from types import SimpleNamespace as Thing
from typing import Any

from tests.web.gallery_site import at
from web.desk.mailbox_guides import GUIDES

_BOX = {"address": "help@anlu.example", "imap_host": "imap.163.com", "imap_port": 993, "imap_tls": "tls", "smtp_host": "smtp.163.com", "smtp_port": 465, "smtp_tls": "tls", "login": "help@anlu.example", "folder": "INBOX", "envelope": "authorised"}
_KINDS = [("qq", "QQ邮箱"), ("exmail", "腾讯企业邮"), ("163", "163邮箱"), ("126", "126邮箱"), ("aliyun", "阿里企业邮"), ("outlook", "Outlook、Microsoft 365"), ("gmail", "Gmail"), ("own", "自己的邮件服务器")]


def mailbox(kind: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "desk/mailbox.html", {
        "here": "settings", "box": None, "provider": kind, "choices": [Thing(words=words, url="#", current=key == kind) for key, words in _KINDS],
        "guide": GUIDES[kind], "values": _BOX, "errors": {}, "known": False, "oauth": kind in ("outlook", "gmail"),
        "redirect_uri": "https://help.anlu.example/desk/mailboxes/agreed", "agree_url": "", "looks": [], "works": False, "place": None,
        "trouble": lambda error: "登录不了，请看看授权码。", "mode": "shadow", "captured": False, "encryptions": [("tls", "TLS"), ("starttls", "STARTTLS"), ("none", "不加密（只在本机）")],
        "envelopes": [("null", "空发件人"), ("authorised", "邮箱自己的地址"), ("verp", "每封信一个退信地址")], **more,
    }


def _tried(*more: Thing) -> list[Thing]:
    return [
        Thing(state="ok", words="连上了收信服务器 imap.163.com:993。"), Thing(state="ok", words="用 help@anlu.example 登录成功。"),
        Thing(state="ok", words="文件夹 INBOX 打得开，里面有128封信。"), Thing(state="ok", words="连上了发信服务器 smtp.163.com:465，登录成功。"),
        Thing(state="care", words="不接受空发件人（163和QQ都这样）。对方说：553 Mail from must equal authorized user"),
        Thing(state="ok", words="可以用邮箱自己的地址发信。"), Thing(state="care", words="自动回信用邮箱自己的地址，同一位客户一天最多回3封。"), *more,
    ]


_SAVED = Thing(id=3, address="help@anlu.example", mode="off", checked_at=at(11, 18, 10, 12))
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "desk-mailboxes": ("desk/mailboxes.html", {"here": "settings", "boxes": [
        Thing(address="help@anlu.example", provider="163邮箱", mode="shadow", read_at=at(11, 18, 11, 2), error="", url="#"),
        Thing(address="sales@anlu.example", provider="Outlook、Microsoft 365", mode="on", read_at=at(11, 17, 9), error="授权失效了，请再点一次“去授权”。", url="#"),
        Thing(address="old@anlu.example", provider="QQ邮箱", mode="off", read_at=None, error="", url="#"),
        Thing(address="server@anlu.example", provider="", mode="config", read_at=at(11, 18, 11, 3), error="", url=None)]}),
    "desk-mailboxes-none": ("desk/mailboxes.html", {"here": "settings", "boxes": []}),
    "desk-mailbox-new": mailbox("163"),
    "desk-mailbox-own": mailbox("own", errors={"imap_host": "服务器名好像没写完，例如 imap.example.com"}, values={**_BOX, "imap_host": "", "smtp_host": ""}),
    "desk-mailbox-oauth": mailbox("outlook", box=_SAVED, choices=[], agree_url="https://login.microsoftonline.com/common/oauth2/v2.0/authorize?x=1"),
    "desk-mailbox-tried": mailbox("163", box=_SAVED, choices=[], known=True, works=True, looks=_tried()),
    "desk-mailbox-broken": mailbox("163", box=_SAVED, choices=[], known=True, looks=_tried(Thing(state="bad", words="还没有DKIM记录。请给 wenqu._domainkey.anlu.example 加一条TXT记录：v=DKIM1; k=rsa; p=" + "MIIBIjANBgkqhkiG9w0" * 18))),
    "desk-mailbox-shadow": mailbox("163", box=Thing(id=3, address="help@anlu.example", mode="shadow", checked_at=at(11, 18, 10, 12)), choices=[], known=True, works=True, looks=_tried(), place=Thing(read_at=at(11, 18, 11, 2), error="")),
}
