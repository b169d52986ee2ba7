"""Say what an attached file is, from its first bytes and its name (pure).

Attachments are only ever offered as downloads; this tells people what they would download.
"""

from __future__ import annotations

from typing import NamedTuple


class Sniffed(NamedTuple):
    """What a file is.

    Attributes:
        media_type: from the content, refined by the name; never a type that a browser would run.
        dangerous: it runs when opened, or pretends to be something else.
    """

    media_type: str
    dangerous: bool


_BINARY = "application/octet-stream"

# First bytes → type. Order matters only where one start contains another.
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"{\\rtf", "application/rtf"),
    (b"BEGIN:VCALENDAR", "text/calendar"),
    (b"BEGIN:VCARD", "text/vcard"),
)

_RUNS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"#!",
    b"L\x00\x00\x00\x01\x14",
)

_OFFICE = "application/vnd.openxmlformats-officedocument"
_BY_NAME = {
    ("application/zip", "docx"): f"{_OFFICE}.wordprocessingml.document",
    ("application/zip", "xlsx"): f"{_OFFICE}.spreadsheetml.sheet",
    ("application/zip", "pptx"): f"{_OFFICE}.presentationml.presentation",
    ("application/zip", "ofd"): "application/ofd",
    ("application/x-ole-storage", "doc"): "application/msword",
    ("application/x-ole-storage", "wps"): "application/msword",
    ("application/x-ole-storage", "xls"): "application/vnd.ms-excel",
    ("application/x-ole-storage", "et"): "application/vnd.ms-excel",
    ("application/x-ole-storage", "ppt"): "application/vnd.ms-powerpoint",
    ("application/x-ole-storage", "msg"): "application/vnd.ms-outlook",
    ("text/plain", "csv"): "text/csv",
    ("text/plain", "json"): "application/json",
    ("text/plain", "eml"): "message/rfc822",
    ("text/plain", "ics"): "text/calendar",
    ("text/plain", "vcf"): "text/vcard",
}

_DANGEROUS_NAMES = frozenset({
    "ade", "adp", "apk", "app", "appimage", "appx", "bat", "chm", "cmd", "com", "cpl", "deb",
    "dll", "dmg", "docm", "dotm", "exe", "gadget", "hta", "htm", "html", "img", "ins", "iso",
    "jar", "job", "js", "jse", "jsp", "lnk", "mht", "mhtml", "msc", "msi", "msp", "mst",
    "php", "pif", "pl", "potm", "ppam", "pptm", "ps1", "psd1", "psm1", "py", "reg", "rpm",
    "scf", "scr", "sct", "sh", "shtml", "sldm", "slk", "svg", "svgz", "swf", "url", "vb",
    "vbe", "vbs", "vhd", "vhdx", "wsc", "wsf", "wsh", "xht", "xhtml", "xlam", "xll", "xlsm",
    "xltm", "xml", "xsl",
})  # fmt: skip

_ACTIVE_TEXT = (
    "<!doctype html", "<html", "<head", "<body", "<script", "<svg", "<?xml", "<?php", "<iframe",
    "<!doctype svg", "<img", "<meta", "<a href",
)  # fmt: skip


def sniff(data: bytes, name: str) -> Sniffed:
    """Tell what a file is.

    Args:
        data: the file, or at least its first 4 KB.
        name: as the sender called it; any characters.

    Returns:
        Its type and whether to warn. HTML, SVG and scripts count as `text/plain`, so that serving
        the type by mistake shows them as text.
    """
    ending = _ending(name)
    kind, active = _by_content(data)
    kind = _BY_NAME.get((kind, ending), kind)
    disguised = _is_picture_name(ending) and not kind.startswith("image/") and bool(data)
    return Sniffed(kind, active or ending in _DANGEROUS_NAMES or disguised)


def _ending(name: str) -> str:
    """Return the last ending, lower case; dots and blanks at the end are what Windows ignores."""
    # A right-to-left override makes “gpj.exe” look like “exe.jpg”.
    visible = name.replace("\u202e", "").strip(" .\u3000\t\r\n\x00")
    return visible.rpartition(".")[2].lower() if "." in visible else ""


def _by_content(data: bytes) -> tuple[str, bool]:
    if data.startswith(_RUNS):
        return _BINARY, True
    if data[:4] == b"RIFF":
        kinds = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
        return kinds.get(data[8:12], _BINARY), False
    if data[4:8] == b"ftyp":
        return _box_kind(data[8:12]), False
    for start, kind in _MAGIC:
        if data.startswith(start):
            return kind, False
    return _text_kind(data)


def _box_kind(brand: bytes) -> str:
    if brand in (b"heic", b"heix", b"mif1", b"msf1"):
        return "image/heic"
    return "image/avif" if brand == b"avif" else "video/mp4"


def _text_kind(data: bytes) -> tuple[str, bool]:
    head = data[:4096]
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _BINARY, False
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    active = any(sign in text.lower() for sign in _ACTIVE_TEXT)
    return "text/plain", active


def _is_picture_name(ending: str) -> bool:
    return ending in ("png", "jpg", "jpeg", "gif", "webp", "bmp", "heic")
