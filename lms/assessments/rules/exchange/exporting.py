"""A quiz as a file for Moodle: each question is read back as it is written, and must come back the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from lms.assessments.items.asked import Asked, Read, Skipped, Unfit, title_of
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
            done.skipped += [
                Skipped(0, item["id"], f"{each}; the note has it", is_part=True) for each in _left_out(item, form)
            ]
        except Unfit as error:
            kept = Asked("kept", idnumber=item["id"], kept=dict(item))
            done.skipped.append(Skipped(0, title_of(kept), str(error)))
            text = write(kept)
        pieces.append(text)
    done.text = join(pieces)
    return done


def _left_out(item: Data, form: str) -> Iterator[str]:
    """Yield what a format cannot say of an item that it can ask."""
    if form == "gift" and item.get("units"):
        yield "GIFT has no units"
    if form == "gift" and item["type"] == "ordering":
        yield "GIFT has no feedback for ordering"
    if item["type"] == "fill-in":
        yield "the line above its text is left out"
    if item.get("rubric"):
        yield "a rubric is not written"
    if isinstance(item.get("accepted"), dict) and len(item["accepted"]) > 1:
        yield "accepted words do not say their language"


def _written(item: Data, form: str) -> str:
    """Return an item as a question; raise `Unfit` when the format has no words for it, or loses some of them."""
    exchange = EXCHANGES.get(item["type"])
    if exchange is None:
        raise Unfit("a case with several questions, which no other program has")
    facts = {"name": item["id"], "idnumber": item["id"], "feedback": item["feedback"], "points": item.get("points", 1)}
    asked = replace(exchange.to_asked(item), **facts, tags=tags_of(item), kept=dict(item))
    write, join = WRITERS[form]
    text = write(asked)
    read = read_questions(join([text]).encode(), form)
    shown = [replace(each, kept={}) for each in read.asked]
    for each in (read, Read(shown, read.skipped, read.faults)):
        plan = plan_import(each, {"items": [item]}, Terms((item["competency"],)))
        if plan.unchanged != [item["id"]] or plan.skipped or plan.faults:
            raise Unfit("its words would not come back the same")
    return text
