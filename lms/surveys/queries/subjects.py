"""What surveys are about: modules at their end, tracks at theirs and later, certificates later."""

from __future__ import annotations

from lms.content.library import Library

_KINDS = {"module": "module", "track": "track", "certificate": "track"}


def subject_of(module_key: str) -> str:
    """Return how the survey at the end of a module names its subject."""
    return f"module:{module_key}"


def after_track(track_key: str) -> str:
    """Return how surveys at the end of a track and after it name their subject."""
    return f"track:{track_key}"


def after_certificate(track_key: str) -> str:
    """Return how surveys after the certificate of a track name their subject."""
    return f"certificate:{track_key}"


def survey_key_of(library: Library, module_key: str) -> str | None:
    """Return the key of the survey at the end of a module, None without one; raise `NotFound` without the module."""
    key = library.get("module", module_key).file("module.yml").get("survey")
    return str(key) if key else None


def revision_of(library: Library, subject_key: str) -> int | None:
    """Return the current revision of the module or track that a subject is about; None when it is taught no more."""
    kind, _, key = subject_key.partition(":")
    source = library.find(_KINDS[kind], key)
    return source.revision_id if source else None
