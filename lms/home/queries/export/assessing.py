"""What others entered for her, and what assessors gave."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from lms.home.queries.export.shapes import ME, as_section, own_rows, rows_below
from lms.home.queries.facts import TABLES


def of_assessing() -> dict[str, Select[Any]]:
    """Return what others entered for her, and what assessors gave, once it counts."""
    module, said = {"module": "module_key"}, ("words", "objected_at", "outcome", "answered_at", "answer")
    entry = ("round", "source", "chosen", "taken_on", "entered_at", "outcome", "settled_at", "reason", "sheet_sha256")
    attempt, look, score = TABLES["attempts"], TABLES["attempt_scorings"], TABLES["item_scores"]
    shown = [attempt.c.module_key.label("module"), attempt.c.number.label("attempt")]
    hers = (attempt.c.person_id == ME) & attempt.c.passed.is_not(None)
    looked = attempt.join(look, look.c.attempt_id == attempt.c.id)
    scored = looked.join(score, score.c.scoring_id == look.c.id)
    how = [look.c[name] for name in ("language", "interpreter", "has_consent", "note", "scored_at")]
    gave = [score.c[name] for name in ("item_id", "levels", "points", "correct")]
    return {
        "quiz_entries": own_rows("result_entries", *entry, place="result_entries", **module),
        "quiz_entries_objected": rows_below("result_entries", "entry_objections", "entry_id", *said, **module),
        "quiz_sheets": own_rows("paper_forms", "number", "language", "made_on", **module),
        "quiz_scorings": as_section(looked, look, [*shown, *how], "").where(hers),
        "quiz_scores": as_section(scored, score, [*shown, *gave], "").where(hers),
    }
