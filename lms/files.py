"""Files named by the hash of their content: certificates and other evidence, kept under the data folder.

A file is written before the row that names it: under a passing name, flushed, renamed, and its folder flushed.
So a row never names a file that is not whole; a crash leaves at most litter, which `sweep` removes.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from contextlib import suppress
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
    if not _is_whole(target, stored.sha256):
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
