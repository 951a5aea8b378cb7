"""Archives from outside: what is read, and what is refused."""

from __future__ import annotations

import stat
import zipfile

import pytest

from lms.content import archives
from lms.content.archives import read_archive, write_archive
from lms.errors import BadInput


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.zip"


def make(path, members, **more):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, body)


def refused(path):
    with pytest.raises(BadInput) as error:
        read_archive(path)
    (problem,) = error.value.problems
    assert (problem.path, problem.line, problem.column) == (str(path), 1, 1)
    return problem.message


def test_what_is_written_is_read_and_always_the_same(path):
    members = {"b/ʻa.po": "ʻone", "a.txt": "two"}
    path.write_bytes(write_archive(members))
    assert read_archive(path) == {"b/ʻa.po": "ʻone".encode(), "a.txt": b"two"}
    assert write_archive(dict(reversed(members.items()))) == write_archive(members)


def test_a_folder_around_everything_and_litter_are_left_away(path):
    make(path, {"core-to/a.po": "x", "core-to/b/c.po": "y", "core-to/.DS_Store": "z", "__MACOSX/core-to/._a.po": "z",
                "core-to/a.mo": "z", "core-to/a.po~": "z", "core-to/empty/": ""})  # fmt: skip
    assert read_archive(path) == {"a.po": b"x", "b/c.po": b"y"}


@pytest.mark.parametrize("name", ["../a.po", "/a.po", "b/../../a.po", "C:/a.po", "..\\a.po"])
def test_names_that_reach_outside(path, name):
    info = zipfile.ZipInfo("x")
    info.filename = name
    make(path, {info: "x"})
    assert "reaches outside" in refused(path)


def test_links(path):
    info = zipfile.ZipInfo("a.po")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    make(path, {info: "/etc/passwd"})
    assert "link" in refused(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_members_that_are_packed_in_unusual_ways_are_not_unpacked(path, method):
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a.po", "x" * 1000)
    broken = bytearray(path.read_bytes())
    broken[40:60] = b"\xff" * 20
    path.write_bytes(bytes(broken))
    assert "packed in an unusual way" in refused(path)


def test_a_name_that_stands_twice(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.po", "x")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.po", "y")
    assert "stands twice" in refused(path)


def test_bombs(path, monkeypatch):
    make(path, {"a.po": b"\0" * (archives.MAX_MEMBER + 1)})
    assert path.stat().st_size < 10_000
    assert "unpacks to more" in refused(path)
    monkeypatch.setattr(archives, "MAX_UNPACKED", 100)
    make(path, {f"{n}.po": b"\0" * 40 for n in range(3)})
    assert "2.po unpacks to more" in refused(path)


def test_too_many_and_too_large(path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
    make(path, {f"{n}.po": "x" for n in range(3)})
    assert refused(path) == "more than 2 files"
    monkeypatch.setattr(archives, "MAX_BYTES", 10)
    assert "larger than" in refused(path)


def test_locked(path):
    make(path, {"a.po": "x"})
    raw = bytearray(path.read_bytes())
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        raw[raw.index(mark) + (6 if mark.endswith(b"\x04") else 8)] |= 1
    path.write_bytes(raw)
    assert "password" in refused(path)


@pytest.mark.parametrize(
    "spoil", [lambda raw: b"no archive", lambda raw: raw[:-30], lambda raw: b"", lambda raw: raw.replace(b"ho", b"ha")]
)
def test_broken(path, spoil):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.po", "ho ho ho")
    path.write_bytes(spoil(path.read_bytes()))
    assert "not a ZIP archive" in refused(path)
