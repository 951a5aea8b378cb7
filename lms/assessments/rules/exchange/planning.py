"""What a file of questions changes in a module's quiz."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from lms.assessments.items import TYPES
from lms.assessments.items.asked import Answer, Asked, Misread, Place, Read, Skipped, Unfit, title_of
from lms.assessments.items.cases import CaseSpec
from lms.assessments.items.exchanging import Data
from lms.assessments.items.kinds import EntrySpec
from lms.assessments.rules.exchange.carrying import kept_by_tags
from lms.assessments.rules.exchange.ids import item_id
from lms.assessments.rules.exchange.items import EXCHANGES
from lms.content.faults import sentence_of

_FIRST = ("id", "type", "competency", "critical", "points", "prompt")
#: What every type of item has.
_COMMON = {*_FIRST, "feedback"} - {"prompt", "type"}


@dataclass(frozen=True)
class Terms:
    """What holds for a module's questions: the competencies that it credits; what is meant where a file is silent."""

    credited: tuple[str, ...]
    competency: str = ""
    feedback: str = ""

    @property
    def usual(self) -> str:
        """Return the competency of a question that names none, empty when it must be said."""
        return self.competency or (self.credited[0] if len(self.credited) == 1 else "")


@dataclass
class Plan:
    """What is to be done. `items` are the questions that are new or differ, as quiz.yml says them, by id."""

    counts: Counter[str] = field(default_factory=Counter)
    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    faults: list[Misread] = field(default_factory=list)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Where each question of the file stands in it, by id.
    places: dict[str, Place] = field(default_factory=dict)


def plan_import(read: Read, quiz: Data, terms: Terms) -> Plan:
    """Return what the questions of a file change in `quiz`, the data of quiz.yml."""
    plan = Plan(skipped=list(read.skipped), faults=list(read.faults))
    there = {item["id"]: item for item in quiz.get("items", ())}
    for asked in () if plan.faults else read.asked:
        try:
            _take(plan, asked, there, terms)
        except Unfit as error:
            plan.skipped.append(Skipped(asked.place[0], title_of(asked), str(error)))
        except Misread as error:
            plan.faults.append(error)
    whole = {(each.line, each.name) for each in plan.skipped if not each.is_part}
    plan.skipped = sorted(each for each in plan.skipped if not (each.is_part and (each.line, each.name) in whole))
    return plan


def _take(plan: Plan, asked: Asked, there: Mapping[str, Data], terms: Terms) -> None:
    """Add one question to the plan; raise `Unfit` for one that cannot be an item."""
    name = item_id(asked, plan.places)
    if name in plan.places:
        raise Unfit(f"another question of this file has the id {name}")
    known, lost = there.get(name, {}), list[str]()
    data = {**_item(asked, known, terms, lost), "id": name}
    if data.get("type") in [*EXCHANGES]:
        data["competency"] = _competency(asked, data.get("competency"), known, terms, lost)
        if not data.get("feedback"):
            raise Unfit("has no feedback that says why the right answer is right; --feedback gives one to all of these")
    spec = _spec(data)
    plan.counts[spec.type] += 1
    plan.places[name] = asked.place
    plan.skipped += [Skipped(asked.place[0], title_of(asked), each, is_part=True) for each in dict.fromkeys(lost)]
    if known and _spec(known) == spec:
        plan.unchanged.append(name)
        return
    (plan.changed if known else plan.created).append(name)
    plan.items[name] = _in_order(_without_defaults(data, known) if known else data)


def _item(asked: Asked, known: Data, terms: Terms, lost: list[str]) -> dict[str, Any]:
    """Return the fields of the item: those that the question shows, and else those of the note beside it.

    Without a note they are those that stand there. What a question says no differently than before is as it was.
    """
    if asked.kind == "kept":
        return dict(asked.kept)
    if asked.kept:
        _spec(asked.kept)
    base = asked.kept or known
    type_name = _type(asked, base)
    own = dict(base) if base.get("type") == type_name else {key: base[key] for key in base if key in _COMMON}
    shown = _own_fields(asked, own, type_name, lost)
    tagged = {} if asked.kept else kept_by_tags(asked.tags)
    said = {"feedback": asked.feedback} if asked.feedback else {}
    points = {} if asked.points is None else {"points": asked.points}
    usual = {"critical": False, "points": 1, "feedback": terms.feedback}
    return {**usual, **own, **tagged, **said, **points, "type": type_name, **shown}


def _own_fields(asked: Asked, base: Data, type_name: str, lost: list[str]) -> dict[str, Any]:
    """Return the fields of the type that a question shows differently than `base`, the item as it was."""
    exchange = EXCHANGES[type_name]
    if base.get("type") != type_name:
        return exchange.from_asked(asked, base, lost)
    before, after = _shown(exchange.to_asked(base), asked), _shown(asked, asked)
    if before == after:
        return {}
    if replace(before, prompt=after.prompt) == after:  # only the question itself was worded anew
        fields = exchange.from_asked(asked, base, [])
        return {key: fields[key] for key in ("prompt", "text") if key in fields}
    return exchange.from_asked(asked, base, lost)


def _shown(asked: Asked, other: Asked) -> Asked:
    """Return what a question shows, as far as the format of `other` can say it."""
    answers = tuple(
        Answer(_typed(asked, each.text), round(each.share, 3), round(each.tolerance, 9)) for each in asked.answers
    )
    units = None if other.units is None else asked.units
    return Asked(asked.kind, asked.prompt, answers, asked.pairs, asked.gaps, units)


def _typed(asked: Asked, text: str) -> str:
    """Return an answer without the sign that makes a star a star; one that only the file shows so."""
    return text.replace("\\*", "*") if asked.kind == "short" else text


def _type(asked: Asked, base: Data) -> str:
    """Return the type of item that a question becomes: the one that it was, if it can be that."""
    name = base.get("type")
    if isinstance(name, str) and name in EXCHANGES and asked.kind in EXCHANGES[name].kinds:
        return name
    return next(name for name, exchange in EXCHANGES.items() if asked.kind in exchange.kinds[:1])


def _competency(asked: Asked, said: object, known: Data, terms: Terms, lost: list[str]) -> str:
    """Return the competency that a question counts for; raise `Misread` when nobody says which."""
    if isinstance(said, str) and said in terms.credited:
        return said
    if said:
        lost.append(f"the competency {str(said)[:80]}, for which this module gives no credit")
    meant = known.get("competency") if known.get("competency") in terms.credited else terms.usual
    if not meant:
        listed = ", ".join(terms.credited)
        raise Misread(asked.place, f"say by --competency what this question counts for; the module credits {listed}")
    return str(meant)


def _spec(data: Data) -> EntrySpec:
    """Return the item as it is checked; raise `Unfit` with the first thing that is wrong."""
    name = data.get("type")
    spec_class = TYPES[name].spec if isinstance(name, str) and name in TYPES else CaseSpec
    try:
        return spec_class.read(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = "".join(f"[{each + 1}]" if isinstance(each, int) else f".{each}" for each in first["loc"])
        raise Unfit(f"{where.lstrip('.')}: {sentence_of(first, spec_class)}".lstrip(": ")) from error


def _without_defaults(data: Data, known: Data) -> dict[str, Any]:
    """Return the fields of an item without those that say no more than leaving them out, unless they stand there."""
    spec = _spec(data)
    kept = dict(data)
    for name in [name for name in data if name not in known]:
        less = {key: value for key, value in kept.items() if key != name}
        try:
            kept = less if _spec(less) == spec else kept
        except Unfit:
            continue
    return {key: kept[key] for key in (*(key for key in known if key in kept), *kept)}


def _in_order(data: Data) -> dict[str, Any]:
    """Return the fields of an item in the order in which they are written by hand."""
    rest = [key for key in data if key not in _FIRST and key != "feedback"]
    return {key: data[key] for key in (*_FIRST, *rest, "feedback") if key in data and data[key] is not None}
