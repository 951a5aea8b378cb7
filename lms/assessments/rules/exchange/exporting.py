"""A quiz as a file for Moodle: each question is read back as it is written, and must come back the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lms.assessments.items.asked import Asked, Skipped, Unfit, title_of
from lms.assessments.items.exchanging import Data
from lms.assessments.rules.exchange.carrying import tags_of
from lms.assessments.rules.exchange.files import read_questions
from lms.assessments.rules.exchange.gift_writing import write_gift
from lms.assessments.rules.exchange.items import EXCHANGES
from lms.assessments.rules.exchange.planning import Terms, plan_import
from lms.assessments.rules.exchange.xml_writing import write_question, write_xml

#: How one question is written, and how many make a file.
WRITERS: Mapping[str, tuple[Callable[[Asked], str], Callable[[list[str]], str]]] = {
    "gift": (write_gift, "\n".join),
    "moodle-xml": (write_question, write_xml),
}


@dataclass
class Exported:
    """A file: its text, its questions by type, and what others cannot read in it."""

    text: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    skipped: list[Skipped] = field(default_factory=list)


def export_quiz(quiz: Data, form: str) -> Exported:
    """Return a quiz, as quiz.yml says it, in the format `form`. What only notes can hold is named as skipped."""
    done = Exported()
    write, join = WRITERS[form]
    pieces = []
    for item in quiz["items"]:
        done.counts[item["type"]] += 1
        try:
            text = _written(item, form)
        except Unfit as error:
            kept = Asked("kept", idnumber=item["id"], kept=dict(item))
            done.skipped.append(Skipped(0, title_of(kept), str(error)))
            text = write(kept)
        pieces.append(text)
    done.text = join(pieces)
    return done


def _written(item: Data, form: str) -> str:
    """Return an item as a question; raise `Unfit` when the format has no words for it, or loses some of them."""
    exchange = EXCHANGES.get(item["type"])
    if exchange is None:
        raise Unfit(f"other programs have no {item['type']} question; it stands in a note for the import here")
    asked = exchange.to_asked(item)
    asked = replace(
        asked,
        name=item["id"],
        idnumber=item["id"],
        tags=tags_of(item),
        feedback=item.get("feedback", ""),
        kept={**_unseen(item, asked), **asked.kept},
    )
    write, join = WRITERS[form]
    text = write(asked)
    plan = plan_import(read_questions(join([text]).encode(), form), {"items": [item]}, _terms(item))
    fresh = plan_import(read_questions(join([text]).encode(), form), {}, _terms(item))
    comes_back = plan.unchanged == [item["id"]] and not plan.skipped
    if not comes_back or _same(fresh.items.get(item["id"]), item):
        raise Unfit("its words would not come back the same; it stands in a note for the import here")
    return text


def _terms(item: Data) -> Terms:
    return Terms((item["competency"],))


def _same(made: Mapping[str, Any] | None, item: Data) -> bool:
    """Return whether an item that was made anew differs from the one that was written."""
    return made is None or any(made.get(key) != value for key, value in item.items())


def _unseen(item: Data, asked: Asked) -> dict[str, Any]:
    """Return the fields of an item that nobody sees in the question itself."""
    shown = EXCHANGES[item["type"]].from_asked(asked, {}, [])
    return {key: value for key, value in item.items() if key not in {*shown, "id", "feedback"}}
