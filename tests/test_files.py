"""Files named by their content: whole or absent, never outside their folder."""

from __future__ import annotations

import hashlib
import os
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lms import files
from lms.errors import NotFound

NOW = datetime(2026, 3, 5, tzinfo=UTC)


def path_of(folder: Path, sha256: str) -> Path:
    return folder / "files" / sha256[:2] / sha256


def test_what_is_put_is_there_under_its_hash(tmp_path: Path) -> None:
    stored = files.put(tmp_path, b"certificate")
    assert (stored.sha256, stored.size) == (hashlib.sha256(b"certificate").hexdigest(), 11)
    assert files.get(tmp_path, stored.sha256) == b"certificate"
    assert path_of(tmp_path, stored.sha256).read_bytes() == b"certificate"
    assert list((tmp_path / "files" / "incoming").iterdir()) == []


def test_the_same_content_is_one_file_and_is_not_written_again(tmp_path: Path) -> None:
    first = files.put(tmp_path, b"same")
    before = path_of(tmp_path, first.sha256).stat().st_ino
    assert files.put(tmp_path, b"same") == first
    assert path_of(tmp_path, first.sha256).stat().st_ino == before


def test_an_altered_file_is_refused_and_mended_by_putting_it_again(tmp_path: Path) -> None:
    stored = files.put(tmp_path, b"right")
    path_of(tmp_path, stored.sha256).write_bytes(b"wrong")
    with pytest.raises(files.DamagedFileError):
        files.get(tmp_path, stored.sha256)
    files.put(tmp_path, b"right")
    assert files.get(tmp_path, stored.sha256) == b"right"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 65, "/" + "0" * 63, "0" * 63 + "\n"]
)
def test_no_path_comes_from_outside(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        files.get(tmp_path, name)


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        files.get(tmp_path, "0" * 64)


def test_the_sweep_removes_old_litter_alone(tmp_path: Path) -> None:
    assert files.sweep(tmp_path, before=NOW) == 0
    stored = files.put(tmp_path, b"kept")
    incoming = tmp_path / "files" / "incoming"
    for name, age in (("old", timedelta(hours=2)), ("new", timedelta(0))):
        (incoming / name).write_bytes(b"half")
        stamp = (NOW - age).timestamp()
        os.utime(incoming / name, (stamp, stamp))
    assert files.sweep(tmp_path, before=NOW - timedelta(hours=1)) == 1
    assert [each.name for each in incoming.iterdir()] == ["new"]
    assert files.get(tmp_path, stored.sha256) == b"kept"


def test_the_sweep_passes_over_what_its_writer_takes_away_meanwhile(tmp_path: Path) -> None:
    files.put(tmp_path, b"kept")
    incoming = tmp_path / "files" / "incoming"
    (incoming / "gone").symlink_to(incoming / "put in its place")  # listed, and not there when it is looked at
    (incoming / "old").write_bytes(b"half")
    assert files.sweep(tmp_path, before=NOW + timedelta(days=365 * 50)) == 1
    assert not (incoming / "old").exists()


def test_content_and_folder_are_flushed_before_the_name_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    real_sync, real_replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda descriptor: (steps.append("fsync"), real_sync(descriptor)))
    monkeypatch.setattr(os, "replace", lambda a, b: (steps.append("replace"), real_replace(a, b)))
    files.put(tmp_path, b"durable")
    assert steps == ["fsync", "fsync", "replace", "fsync"]


def age(folder: Path, sha256: str, days: int) -> None:
    """Let a file be last put so many days before NOW."""
    stamp = (NOW - timedelta(days=days)).timestamp()
    os.utime(path_of(folder, sha256), (stamp, stamp))


def test_only_old_files_are_listed_and_removed(tmp_path: Path) -> None:
    assert files.list_old(tmp_path, before=NOW) == []
    old, young = (files.put(tmp_path, content).sha256 for content in (b"old", b"young"))
    age(tmp_path, old, 8)
    (tmp_path / "files" / old[:2] / "not a hash").write_bytes(b"")
    before = NOW - timedelta(days=7)
    assert files.list_old(tmp_path, before=before) == [old]
    assert [files.remove_old(tmp_path, name, before=before) for name in (old, young, old)] == [True, False, False]
    assert files.get(tmp_path, young) == b"young"
    with pytest.raises(NotFound):
        files.get(tmp_path, old)


def test_what_is_put_again_is_young_again_so_that_it_stays_for_who_names_it(tmp_path: Path) -> None:
    """Between listing and removing somebody sends the same content: the row that she then writes finds its file."""
    stored = files.put(tmp_path, b"proof")
    age(tmp_path, stored.sha256, 8)
    before = NOW - timedelta(days=7)
    assert files.list_old(tmp_path, before=before) == [stored.sha256]
    files.put(tmp_path, b"proof")
    assert not files.remove_old(tmp_path, stored.sha256, before=before)
    assert files.get(tmp_path, stored.sha256) == b"proof"


def test_putting_and_removing_at_once_never_loses_what_was_put(tmp_path: Path) -> None:
    """A hundred times over: once `put` has returned, its content is there."""
    before = NOW - timedelta(days=7)
    sha256 = files.put(tmp_path, b"raced").sha256
    ended = threading.Event()

    def remove() -> None:
        while not ended.is_set():
            files.remove_old(tmp_path, sha256, before=before)

    remover = threading.Thread(target=remove)
    remover.start()
    try:
        for _ in range(100):
            with suppress(FileNotFoundError):
                age(tmp_path, sha256, 8)
            files.put(tmp_path, b"raced")
            assert files.get(tmp_path, sha256) == b"raced"
    finally:
        ended.set()
        remover.join()
