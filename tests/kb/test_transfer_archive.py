"""Archives and folders are not trusted."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import transfer, transfer_archive
from kb.errors import Invalid
from kb.transfer_archive import Caps

MARKDOWN = "---\nquestion: 怎么退？\n---\n七天。\n".encode()


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes], deflate: bool = False) -> bytes:
    out = io.BytesIO()
    kind = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    "name",
    ["../a.md", "a/../../b.md", "/etc/a.md", "C:/a.md", "c:a.md", "a\\b.md", "..", "x" * 501],
)
def test_a_name_that_leaves_the_folder_is_refused(name: str) -> None:
    entry = zipfile.ZipInfo("x.md")
    entry.filename = name
    with pytest.raises(Invalid) as caught:
        transfer_archive.read_zip(zipped((entry, b"x")))
    assert caught.value.code == "archive_unsafe"


def test_a_link_in_an_archive_is_refused() -> None:
    entry = zipfile.ZipInfo("a.md")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(Invalid) as caught:
        transfer_archive.read_zip(zipped((entry, b"/etc/passwd")))
    assert caught.value.params["reason"] == "link"


def test_a_link_in_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.md").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(Invalid) as caught:
        transfer.read(folder)
    assert caught.value.code == "archive_unsafe"


@pytest.mark.parametrize(
    "caps",
    [Caps(entries=2), Caps(entry_bytes=1000), Caps(total_bytes=5000), Caps(ratio=1)],
)
def test_an_archive_that_unpacks_too_much_is_refused(caps: Caps) -> None:
    data = zipped(*((f"{n}.md", b"a" * 200_000) for n in range(3)), deflate=True)
    with pytest.raises(Invalid) as caught:
        transfer_archive.read_zip(data, caps=caps)
    assert caught.value.code == "archive_too_large"


def test_a_bomb_is_stopped_early() -> None:
    data = zipped(("bomb.md", b"\0" * 40_000_000), deflate=True)
    assert len(data) < 60_000
    with pytest.raises(Invalid) as caught:
        transfer_archive.read_zip(data)
    assert caught.value.code == "archive_too_large"


def test_names_in_gbk_are_read() -> None:
    written = "常见问题/怎么退.md".encode("gbk")
    # An ASCII name of the same length leaves out the sign that says UTF-8.
    raw = zipped(("x" * len(written), MARKDOWN)).replace(b"x" * len(written), written)
    assert transfer_archive.read_zip(raw) == {"怎么退.md": MARKDOWN}


@pytest.mark.parametrize("cut", [10, 60, -30, -5])
def test_a_broken_archive_is_refused(cut: int) -> None:
    whole = zipped(("a.md", MARKDOWN), deflate=True)
    with pytest.raises(Invalid) as caught:
        transfer_archive.read_zip(whole[:cut])
    assert caught.value.code == "archive_broken"


def test_damage_inside_an_archive_is_found() -> None:
    whole = bytearray(zipped(("a.md", MARKDOWN * 50)))
    whole[60] ^= 0xFF
    with pytest.raises(Invalid):
        transfer_archive.read_zip(bytes(whole))


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_with_a_code(data: bytes) -> None:
    with pytest.raises(Invalid):
        transfer_archive.read_zip(data)


def test_a_folder_around_everything_is_left_out() -> None:
    files = transfer_archive.read_zip(
        zipped(("faq/a.md", MARKDOWN), ("faq/images/x.png", b"x"), ("__MACOSX/faq/._a.md", b"x"))
    )
    assert sorted(files) == ["a.md", "images/x.png"]


def test_an_archive_without_articles_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(zipped(("readme.txt", b"x")))
    with pytest.raises(Invalid) as caught:
        transfer.read(path)
    assert caught.value.code == "archive_empty"
