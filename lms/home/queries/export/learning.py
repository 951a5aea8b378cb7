"""What is known of her learning: tracks, lessons, quizzes, surveys and competencies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import FromClause, Select, case, exists

from lms.home.queries.export.shapes import ME, as_section, own_rows, rows_below
from lms.home.queries.facts import TABLES


def of_learning() -> dict[str, Select[Any]]:
    """Return the sections of her learning, by name."""
    module, track, shown = {"module": "module_key"}, {"track": "track_key"}, {"language": "shown_language"}
    lesson = module | {"lesson": "lesson_key"} | shown
    graded = ("started_at", "deadline_at", "extensions", "submitted_at", "closed_by", "graded_at", "source")
    fair = ("version", "bilingual", "audio", "own_percent", "time_percent", "often", "oral", "reason_class")
    waived = ("granted_at", "ends_on", "withdrawn_at")
    corrected = ("percent_before", "percent_after", "passed_before", "passed_after")
    said = ("address", "fault", "words", "reported_at", "state", "answer", "decided_at")
    rated = ("part", "accuracy", "fit", "readability", "comment", "rated_at")
    voice = ("shown_name", "seconds", "recorded_at", "state", "accepted_at", "withdrawn_at")
    changed = ("cycle", "deed", "completes", "due_on", "made_at")
    return {
        "tracks": own_rows("enrolments", "cycle", "state", "started_at", **track),
        "tracks_completed": own_rows("track_completions", "cycle", "completed_at", "language", "counted", **track),
        "changes": own_rows("change_effects", *changed, module="module_key", **track),
        "waivers": own_rows("waivers", "cycle", "requirement", "reason_code", "note", *waived, **track),
        "ways_of_learning": own_rows("wording_routes", "language", "route", "chosen_at", **track),
        "lessons": own_rows("lesson_progress", "round", "finished_at", **lesson),
        "quizzes": own_rows("attempts", "round", "number", *graded, "percent", "passed", **module, **shown),
        "quiz_answers": _answers(),
        "corrected_results": rows_below(
            "attempts", "regrade_changes", "attempt_id", *corrected, **module, attempt="number"
        ),
        "attempts_given_back": rows_below(
            "attempts", "attempt_restorations", "attempt_id", "restored_at", **module, attempt="number"
        ),
        "reported_wordings": own_rows("wording_reports", *said, kind="kind", content="key", language="locale"),
        "rated_wordings": own_rows("wording_ratings", *rated, kind="kind", content="key", language="locale"),
        "recordings": own_rows("recordings", *voice, module="key", what="address", language="locale"),
        "questions_before": _before(),
        "quiz_attempts_given": own_rows("attempt_grants", "round", "after_number", "reason", "granted_at", **module),
        "accommodations": own_rows("accommodations", *fair, "valid_from", "valid_until", "granted_at"),
        "accommodation_wishes": own_rows("accommodation_wishes", "kind", "asked_at", "settled_at"),
        "surveys_answered": own_rows(
            "survey_receipts", "round", "answered_on", survey="survey_key", about="subject_key"
        ),
        "surveys_asked": own_rows("survey_invitations", "round", "due_on", survey="survey_key", about="subject_key"),
        "further_rounds": own_rows("module_rounds", "round", "opened_at", **module),
        "modules_completed": own_rows("module_completions", "round", "completed_at", "minutes", "language", **module),
        "evidence": own_rows("evidence", "competency", "round", "minutes", "earned_on", source="source_key"),
        "competencies": own_rows("attainments", "competency", "attained_at"),
    }


def _answers() -> Select[Any]:
    """Return her answers in quizzes; what each earned once she has passed."""
    attempt, own = TABLES["attempts"], TABLES["attempt_answers"]
    shown: list[Any] = [attempt.c.module_key.label("module"), attempt.c.number.label("attempt")]
    shown += [own.c[name] for name in ("item_id", "chosen", "answered_at")]
    shown += _told_later(own, attempt, ("points", "correct"), passed=True)
    joined = attempt.join(own, own.c.attempt_id == attempt.c.id)
    return as_section(joined, own, shown, "").where(attempt.c.person_id == ME)


def _before() -> Select[Any]:
    """Return her tests before modules; what they came to once the quiz was graded."""
    own = TABLES["pretests"]
    shown: list[Any] = [own.c[name] for name in ("round", "taken_at", "answers")]
    shown += _told_later(own, own, ("points", "max_points"), passed=False)
    shown += [own.c.module_key.label("module"), own.c.shown_language.label("language")]
    return as_section(own, own, shown, "").where(own.c.person_id == ME)


def _told_later(own: FromClause, round_of: FromClause, names: Sequence[str], *, passed: bool) -> list[Any]:
    """Return columns of `own` that are empty until the quiz of this module and round was graded, or `passed`.

    What each answer earned would tell the key to who takes the quiz again; her pages tell it no earlier.
    """
    other = TABLES["attempts"].alias()
    same = (other.c.person_id == ME) & (other.c.module_key == round_of.c.module_key)
    done = other.c.passed.is_(True) if passed else other.c.passed.is_not(None)
    is_told = exists().where(same, other.c.round == round_of.c.round, done)
    return [case((is_told, own.c[name])).label(name) for name in names]
