"""ZIP archives as they come from outside: read within limits, and refused where they could do harm."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path, PurePosixPath

from lms.errors import BadInput, Problem

MAX_BYTES = 20_000_000
MAX_MEMBERS = 1_000
MAX_MEMBER = 5_000_000
MAX_UNPACKED = 60_000_000
#: What systems and editors leave beside files.
_LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")
_ENCRYPTED = 0x1
#: How members may be packed: others can break in ways of their own, and no program of translators uses them.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class _RefusedError(Exception):
    """The archive cannot be taken; the message says why."""


def write_archive(members: Mapping[str, str]) -> bytes:
    """Return an archive of texts; the same texts always give the same bytes."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(members.items()):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text.encode())
    return target.getvalue()


def read_archive(path: Path) -> dict[str, bytes]:
    """Return the files of an archive by name; raise `BadInput` when it is broken, too large or reaches outside.

    A folder around everything is left away, and so is what systems and editors leave beside files.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _RefusedError(f"larger than {MAX_BYTES // 1_000_000} MB")
        with zipfile.ZipFile(path) as archive:
            return _unwrapped(dict(_members(archive)))
    except _RefusedError as error:
        raise BadInput([Problem(str(path), 1, 1, str(error))]) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise BadInput([Problem(str(path), 1, 1, "not a ZIP archive that can be read")]) from error


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each file, never more than the limits, whatever the archive says of itself."""
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise _RefusedError(f"more than {MAX_MEMBERS} files")
    seen: set[str] = set()
    rest = MAX_UNPACKED
    for info in infos:
        _refuse(info, seen)
        seen.add(info.filename)
        if info.is_dir() or _is_litter(info.filename):
            continue
        with archive.open(info) as source:
            body = source.read(min(MAX_MEMBER, rest) + 1)
        rest -= len(body)
        if len(body) > MAX_MEMBER or rest < 0:
            raise _RefusedError(f"{info.filename} unpacks to more than is allowed")
        yield info.filename, body


def _refuse(info: zipfile.ZipInfo, seen: set[str]) -> None:
    """Raise `_RefusedError` for a link, what is locked or packed unusually, and names that reach out or stand twice."""
    name, mode = info.filename, info.external_attr >> 16
    if name.startswith("/") or "\\" in name or ":" in name or ".." in PurePosixPath(name).parts:
        raise _RefusedError(f"{name[:80]!r} reaches outside of the archive")
    if mode and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) and stat.S_IFMT(mode):
        raise _RefusedError(f"{name[:80]!r} is a link or no file")
    if info.flag_bits & _ENCRYPTED:
        raise _RefusedError(f"{name[:80]!r} is locked with a password")
    if info.compress_type not in _METHODS:
        raise _RefusedError(f"{name[:80]!r} is packed in an unusual way; pack the files as a common ZIP archive")
    if name in seen:
        raise _RefusedError(f"{name[:80]!r} stands twice")


def _is_litter(name: str) -> bool:
    last = PurePosixPath(name).name
    return name.startswith("__MACOSX/") or last in _LITTER or last.endswith((".mo", "~"))


def _unwrapped(members: dict[str, bytes]) -> dict[str, bytes]:
    """Return the members without the one folder that stands around all of them."""
    tops = {name.partition("/")[0] for name in members}
    if len(tops) == 1 and all("/" in name for name in members):
        return {name.partition("/")[2]: body for name, body in members.items()}
    return members
