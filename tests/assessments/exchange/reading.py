"""What a file of questions gives, in the plain shape in which the documented results are kept beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lms.assessments.items.asked import Asked
from lms.assessments.rules.exchange.files import read_questions
from lms.assessments.rules.exchange.planning import Terms, plan_import

CASES = Path(__file__).parent / "cases"
FORMATS = {".gift": "gift", ".xml": "moodle-xml"}
TERMS = Terms(("skills/talking",))


def result_of(path: Path) -> dict[str, Any]:
    """Return questions as read, items as they would be written to an empty quiz, and what is said about the rest."""
    read = read_questions(path.read_bytes(), FORMATS[path.suffix])
    asked = [shown(each) for each in read.asked]
    plan = plan_import(read, {}, TERMS)
    problems = [f"{fault.place[0]}:{fault.place[1]}: {fault}" for fault in plan.faults]
    return {
        "questions": asked,
        "items": [] if problems else [*plan.items.values()],
        "skipped": [f"{each}{' (part)' if each.is_part else ''}" for each in plan.skipped],
        "problems": problems,
    }


def shown(asked: Asked) -> dict[str, Any]:
    """Return what a question says, without what is empty."""
    answers = [
        " ".join([answer.text, f"({answer.share:g}%)", f"±{answer.tolerance:g}" if answer.tolerance else ""]).strip()
        for answer in asked.answers
    ]
    told = {
        "kind": asked.kind,
        "line": asked.place[0],
        "name": asked.name,
        "id": asked.idnumber,
        "tags": list(asked.tags),
        "prompt": asked.prompt,
        "answers": answers,
        "pairs": [" -> ".join(pair) for pair in asked.pairs],
        "gaps": [" / ".join([*gap.right, *(f"not {each}" for each in gap.wrong)]) for gap in asked.gaps],
        "units": [f"{text} x {factor:g}" for text, factor in asked.units or ()],
        "points": asked.points,
        "feedback": asked.feedback,
        "kept": dict(asked.kept),
    }
    return {key: value for key, value in told.items() if value or value == 0}
