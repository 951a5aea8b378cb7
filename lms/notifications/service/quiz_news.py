"""Writing letters about results of quizzes and further tries: one for each person, quiz and fact."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from lms.assessments import queries as quizzes
from lms.assessments.events import NamedAttempt, ResultsCorrected, ResultsReady, TriesGiven
from lms.notifications.service.writing import to_person, write_letters


def write_result_letters(session: Session, ready: ResultsReady) -> int:
    """Write to each worker whose waiting attempt was scored, and return how many letters are new."""
    rows = (
        to_person(each.person_id, "result_ready", f"result:{each.public_id}", {"attempts": [each.public_id]})
        for each in ready.subjects
    )
    return write_letters(session, rows, at=ready.at)


def write_correction_letters(session: Session, corrected: ResultsCorrected) -> int:
    """Write to each worker whose results a correction changed, and return how many letters are new."""
    rows = (
        to_person(person_id, "result_corrected", f"correction:{corrected.regrade}:{person_id}", {"attempts": attempts})
        for (person_id, _), attempts in _by_person(corrected.subjects)
    )
    return write_letters(session, rows, at=corrected.at)


def write_try_letters(session: Session, given: TriesGiven) -> int:
    """Write to each worker who may try a quiz again, and return how many letters are new.

    An attempt that is given back need not be her last one: "after" is the number of the last that has failed by now.
    """
    last = quizzes.last_failed(session, [each.public_id for each in given.subjects])
    rows = (
        to_person(
            person_id,
            "try_given",
            f"try:{given.how}:{attempts[-1]}",
            {"attempts": attempts, "how": given.how, "after": last.get(attempts[-1])},
        )
        for (person_id, _), attempts in _by_person(given.subjects)
    )
    return write_letters(session, rows, at=given.at)


def _by_person(subjects: Iterable[NamedAttempt]) -> Iterable[tuple[tuple[int, str], list[str]]]:
    """Return ((person id, module), the public ids of her attempts at its quiz)."""
    found: dict[tuple[int, str], list[str]] = {}
    for each in subjects:
        found.setdefault((each.person_id, each.module_key), []).append(each.public_id)
    return found.items()
