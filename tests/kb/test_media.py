"""Pictures are written anew; attachments are named for what they are."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kb import media
from kb.errors import Invalid


def make_picture(kind: str, size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 60, 40)).save(out, kind, **options)
    return out.getvalue()


def opened(picture: media.Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.data))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_kind_becomes_webp(kind: str) -> None:
    picture = media.reencode(make_picture(kind))
    assert (picture.media_type, picture.width, picture.height) == ("image/webp", 40, 30)
    assert opened(picture).format == "WEBP"
    assert picture.name == f"{picture.digest[:32]}-40x30.webp"


def test_exif_is_gone_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    picture = media.reencode(make_picture("JPEG", exif=exif))
    assert (picture.width, picture.height) == (30, 40)
    assert not opened(picture).getexif()
    assert b"SecretCamera" not in picture.data


def test_what_follows_the_last_pixel_is_gone() -> None:
    picture = media.reencode(make_picture("PNG") + b"<script>alert(1)</script>")
    assert b"<script" not in picture.data


def test_transparency_stays() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(media.reencode(out.getvalue())).mode == "RGBA"


def test_large_pictures_are_scaled_down() -> None:
    picture = media.reencode(make_picture("PNG", (3000, 1500)))
    assert (picture.width, picture.height) == (2000, 1000)


def test_a_moving_picture_keeps_moving() -> None:
    frames = [Image.new("RGB", (10, 10), (index * 80, 0, 0)) for index in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=120)
    assert opened(media.reencode(out.getvalue())).n_frames == 3


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (SVG, "image_kind"),
        (b"<!doctype html><img src=x onerror=alert(1)>", "image_kind"),
        (b"", "image_kind"),
        (b"BM" + b"\x00" * 60, "image_kind"),
        (b"GIF89a/*" + b"<script>alert(1)</script>*/", "image_unreadable"),
        (make_picture("JPEG", (300, 300))[:400], "image_unreadable"),
        (make_picture("PNG", (300, 300))[:120], "image_unreadable"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "image_unreadable"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 200, "image_unreadable"),
    ],
)
def test_anything_else_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        media.reencode(data)
    assert caught.value.code == code
    assert caught.value.params["field"] == "file"


def test_too_many_pixels_are_refused_before_decoding() -> None:
    bomb = make_picture("PNG", (1, 1))
    # The size stands in bytes 16–24 of a PNG; its checksum follows in 29–33.
    header = b"IHDR" + struct.pack(">II", 60_000, 60_000) + bomb[24:29]
    bomb = bomb[:12] + header + struct.pack(">I", zlib.crc32(header)) + bomb[33:]
    with pytest.raises(Invalid) as caught:
        media.reencode(bomb)
    assert caught.value.code == "image_too_large"


def test_limits_are_arguments() -> None:
    with pytest.raises(Invalid, match="image_too_large"):
        media.reencode(make_picture("PNG"), max_pixels=100)
    with pytest.raises(Invalid, match="image_too_large"):
        media.reencode(make_picture("PNG"), max_bytes=10)


@pytest.mark.parametrize(
    ("data", "name", "media_type", "dangerous"),
    [
        (b"%PDF-1.7 ...", "发票.pdf", "application/pdf", False),
        (make_picture("PNG"), "截图.png", "image/png", False),
        (make_picture("WEBP"), "a.webp", "image/webp", False),
        (b"PK\x03\x04....", "报价.xlsx", (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        ), False),
        (b"PK\x03\x04....", "报价.xlsm", "application/zip", True),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "合同.doc", "application/msword", False),
        ("姓名,电话\n".encode(), "表.csv", "text/csv", False),
        ("订单".encode("gbk"), "说明.txt", "text/plain", False),
        (b"MZ\x90\x00", "发票.pdf", "application/octet-stream", True),
        (b"MZ\x90\x00", "发票.pdf.exe ", "application/octet-stream", True),
        (b"hello", "发票.pdf.scr", "text/plain", True),
        (b"<html><script>1</script>", "图.jpg", "text/plain", True),
        (SVG, "logo.svg", "text/plain", True),
        (b"#!/bin/sh\nrm", "readme", "application/octet-stream", True),
        (b"\x00\x00\x00\x18ftypheic....", "IMG_1.HEIC", "image/heic", False),
        (b"", "空.txt", "text/plain", False),
        (b"x", "\u202egpj.exe", "text/plain", True),
    ],
)  # fmt: skip
def test_sniff(data: bytes, name: str, media_type: str, dangerous: bool) -> None:
    assert media.sniff(data, name) == (media_type, dangerous)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"]),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=8),
    st.integers(0, 2000),
)
def test_damaged_pictures_are_refused_or_written_anew(
    kind: str, changes: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(make_picture(kind))
    for place, value in changes:
        data[place % len(data)] = value
    try:
        picture = media.reencode(bytes(data[: max(1, len(data) - cut % 60)]))
    except Invalid:
        return
    assert opened(picture).format == "WEBP"
