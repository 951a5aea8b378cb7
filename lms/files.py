"""Files named by the hash of their content: certificates and other evidence, kept under the data folder.

A file is written before the row that names it: under a passing name, flushed, renamed, and its folder flushed.
So a row never names a file that is not whole; a crash leaves at most litter, which `sweep` removes.

What no row names any more is removed by `remove_old`. It cannot take a file from under a transaction that is about to
name it: whoever puts content makes its file young, also one that was there, and both take turns at that. A writer has
the grace, counted from then, to commit.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lms.errors import NotFound

_NAME = re.compile(r"[0-9a-f]{64}")
_INCOMING = "incoming"


class DamagedFileError(Exception):
    """A stored file no longer has the content that its name promises."""


@dataclass(frozen=True)
class Stored:
    """A file that is safely on the disk: its name and its size in bytes."""

    sha256: str
    size: int


def put(data_dir: Path, content: bytes) -> Stored:
    """Keep `content` for good and return its name and size. The same content twice is one file."""
    stored = Stored(hashlib.sha256(content).hexdigest(), len(content))
    target = _path(data_dir, stored.sha256)
    with _turn(data_dir, fcntl.LOCK_SH):
        if _is_whole(target, stored.sha256):
            os.utime(target)  # whoever removes old files leaves it alone now
        else:
            _write_through(data_dir, target, content)
    return stored


def get(data_dir: Path, sha256: str) -> bytes:
    """Return the content named `sha256`; raise `NotFound` without it, `DamagedFileError` when it was altered."""
    try:
        content = _path(data_dir, sha256).read_bytes()
    except FileNotFoundError as error:
        raise NotFound from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DamagedFileError(sha256)
    return content


def sweep(data_dir: Path, *, before: datetime) -> int:
    """Remove what writers that died left behind before the instant `before`; return how many files."""
    incoming = data_dir / "files" / _INCOMING
    removed = 0
    for litter in incoming.iterdir() if incoming.is_dir() else ():
        with suppress(FileNotFoundError):  # a writer that lives has put it in its place meanwhile
            if litter.stat().st_mtime < before.timestamp():
                litter.unlink()
                removed += 1
    return removed


def list_old(data_dir: Path, *, before: datetime) -> list[str]:
    """Return the names of the files that nobody has put since the instant `before`, in order."""
    found = (data_dir / "files").glob("[0-9a-f][0-9a-f]/*")
    return sorted(each.name for each in found if _NAME.fullmatch(each.name) and _is_old(each, before))


def remove_old(data_dir: Path, sha256: str, *, before: datetime) -> bool:
    """Remove a file that no row names, unless it was put since the instant `before`; return whether it went."""
    path = _path(data_dir, sha256)
    with _turn(data_dir, fcntl.LOCK_EX):
        is_old = _is_old(path, before)
        if is_old:
            path.unlink()
    return is_old


def _is_old(path: Path, before: datetime) -> bool:
    """Return whether a file is there and was last put before an instant."""
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False


@contextmanager
def _turn(data_dir: Path, kind: int) -> Iterator[None]:
    """Hold the turn at the folder: many may put at once, and one removes alone."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "files.turn").open("a") as side_file:  # beside the folder, where all are named by their content
        fcntl.flock(side_file, kind)
        yield  # closing the file ends the turn


def _path(data_dir: Path, sha256: str) -> Path:
    """Return where a file lives; raise `NotFound` for anything that is not a hash, so no path comes from outside."""
    if not _NAME.fullmatch(sha256):
        raise NotFound
    return data_dir / "files" / sha256[:2] / sha256


def _is_whole(path: Path, sha256: str) -> bool:
    """Return whether `path` holds the content that `sha256` names."""
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def _write_through(data_dir: Path, target: Path, content: bytes) -> None:
    """Write `content` so that, after this returns, a power cut cannot lose it."""
    incoming = data_dir / "files" / _INCOMING
    incoming.mkdir(parents=True, exist_ok=True)
    passing = incoming / secrets.token_hex(16)
    with passing.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    target.parent.mkdir(exist_ok=True)
    _flush_folder(target.parent.parent)
    passing.replace(target)
    _flush_folder(target.parent)


def _flush_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
