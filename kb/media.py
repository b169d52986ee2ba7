"""Make uploaded pictures safe, and say what an attachment is.

The only door to Pillow. A picture is decoded and written anew as WebP, so nothing that came with
it survives: no EXIF, no place where it was taken, no script behind the last pixel.
"""

from __future__ import annotations

import hashlib
import io
import struct
from dataclasses import dataclass

from PIL import Image, ImageOps

from kb.errors import Invalid
from kb.filetypes import Sniffed, sniff

__all__ = ["MAX_BYTES", "Picture", "Sniffed", "cleaned", "reencode", "sniff"]

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 2000

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"RIFF")
_STILL = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
_QUALITY = 84


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that we wrote ourselves.

    Attributes:
        data: the file.
        media_type: always "image/webp".
        width: pixels.
        height: pixels.
        digest: SHA-256 of `data`, hexadecimal.
    """

    data: bytes
    media_type: str
    width: int
    height: int
    digest: str

    @property
    def name(self) -> str:
        """File name that tells its size, so that `kb.markup` can reserve the room on the page."""
        return f"{self.digest[:32]}-{self.width}x{self.height}.webp"


def reencode(
    data: bytes,
    *,
    max_bytes: int = MAX_BYTES,
    max_pixels: int = MAX_PIXELS,
    max_side: int = MAX_SIDE,
) -> Picture:
    """Decode a picture and write it anew.

    Args:
        data: a PNG, JPEG, WebP or GIF file.
        max_bytes: larger files are refused.
        max_pixels: width × height × frames; more is refused before decoding.
        max_side: longer sides are scaled down to this, in pixels.

    Returns:
        The picture upright, as WebP; a moving GIF keeps moving.

    Raises:
        Invalid: `image_too_large` (limit in `max_bytes` or `max_pixels`), `image_kind` (not one of
            the four formats), `image_unreadable` (cut off or damaged); all with `field="file"`.
    """
    if len(data) > max_bytes:
        raise Invalid("image_too_large", field="file", max_bytes=max_bytes)
    if not data.startswith(_STARTS):
        raise Invalid("image_kind", field="file", allowed=list(_FORMATS))
    try:
        return _rewrite(data, max_pixels, max_side)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid("image_too_large", field="file", max_pixels=max_pixels) from error
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, MemoryError) as error:
        raise Invalid("image_unreadable", field="file") from error


def cleaned(data: bytes, *, max_pixels: int = MAX_PIXELS) -> bytes:
    """Return a picture without what came with it, in its own format and size.

    For files that leave: where and with what a photograph was taken is nobody's business, and the
    mail programs of customers may not know WebP.

    Args:
        data: a JPEG, PNG or WebP file; anything else, and what moves, is returned as it is.
        max_pixels: more is refused before decoding.

    Raises:
        Invalid: `image_too_large`, `image_unreadable`.
    """
    if not data.startswith(_STILL):
        return data
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > max_pixels:
                raise Invalid("image_too_large", field="file", max_pixels=max_pixels)
            if getattr(image, "n_frames", 1) > 1:
                return data
            return _same_format(image)
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, MemoryError) as error:
        raise Invalid("image_unreadable", field="file") from error


def _same_format(image: Image.Image) -> bytes:
    kind = image.format or "PNG"
    image.load()
    pixels = ImageOps.exif_transpose(image)
    pixels.info.clear()
    out = io.BytesIO()
    pixels.save(out, kind, **({"quality": 92} if kind in ("JPEG", "WEBP") else {}))
    return out.getvalue()


def _rewrite(data: bytes, max_pixels: int, max_side: int) -> Picture:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        if image.width * image.height > max_pixels:
            raise Invalid("image_too_large", field="file", max_pixels=max_pixels)
        frames = getattr(image, "n_frames", 1)
        if frames > 1 and image.width * image.height * frames <= max_pixels:
            return _moving(image, frames, max_side)
        image.load()
        still = _plain(image, max_side)
    out = io.BytesIO()
    still.save(out, "WEBP", quality=_QUALITY, method=4)
    return _picture(out.getvalue(), still.size)


def _moving(image: Image.Image, frames: int, max_side: int) -> Picture:
    stills, durations = [], []
    for index in range(frames):
        image.seek(index)
        stills.append(_plain(image, max_side))
        durations.append(max(20, int(image.info.get("duration") or 100)))
    out = io.BytesIO()
    stills[0].save(
        out,
        "WEBP",
        save_all=True,
        append_images=stills[1:],
        duration=durations,
        loop=0,
        quality=_QUALITY,
    )
    return _picture(out.getvalue(), stills[0].size)


def _plain(image: Image.Image, max_side: int) -> Image.Image:
    """Return pixels only: upright, RGB or RGBA, scaled down, without any metadata."""
    upright = ImageOps.exif_transpose(image)
    transparent = "A" in upright.getbands() or "transparency" in upright.info
    pixels = upright.convert("RGBA" if transparent else "RGB")
    pixels.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
    pixels.info.clear()
    return pixels


def _picture(data: bytes, size: tuple[int, int]) -> Picture:
    digest = hashlib.sha256(data).hexdigest()
    return Picture(data, "image/webp", size[0], size[1], digest)
