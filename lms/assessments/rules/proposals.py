"""What somebody proposes to correct, and when it may be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from lms.assessments.rules.amending import Amendment, How
from lms.assessments.rules.regrading import Line, is_touched
from lms.errors import RuleBroken

_HOW: dict[str, How] = {"everyone": "everyone", "drop": "drop", "accept": "accept", "version": "version"}
#: Letters of a reason, which workers read.
LONGEST_REASON = 1000


@dataclass(frozen=True)
class Proposal:
    """Decisions about questions of a module's quiz, for attempts in a language and at a revision (None: all)."""

    module_key: str
    decisions: tuple[Amendment, ...]
    locale: str | None = None
    revision_id: int | None = None
    #: {public id of an attempt: why its pass is taken away}.
    taken: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def item_ids(self) -> frozenset[str]:
        """Return the questions that are decided about."""
        return frozenset(each.item_id for each in self.decisions)


def parse_decisions(said: Sequence[str]) -> tuple[Amendment, ...]:
    """Return decisions written as "<question>:<how>" or "<question>:<how>:<value>"; the last one of a question counts.

    Raise `RuleBroken("unknown_decision")` for anything else.
    """
    found: dict[str, Amendment] = {}
    for each in said:
        item_id, how, value = [*each.split(":"), "", ""][:3]
        if not item_id or how not in _HOW or bool(value) != (how in ("accept", "version")) or each.count(":") > 2:
            raise RuleBroken("unknown_decision")
        found[item_id] = Amendment(item_id, _HOW[how], value)
    return tuple(found.values())


def said_of(decision: Amendment) -> str:
    """Return a decision as `parse_decisions` reads it."""
    return ":".join(filter(None, (decision.item_id, decision.how, decision.value)))


def stored(decisions: Sequence[Amendment]) -> list[dict[str, str]]:
    """Return decisions as they are kept."""
    return [{"item": each.item_id, "how": each.how, "value": each.value} for each in decisions]


def read(kept: Sequence[Mapping[str, Any]]) -> tuple[Amendment, ...]:
    """Return decisions that were kept."""
    return tuple(Amendment(each["item"], each["how"], each["value"]) for each in kept)


def check_plan(lines: Sequence[Line], taken: Mapping[str, str], person_id: int) -> None:
    """Raise `RuleBroken` unless the person `person_id` may propose or apply what happens to these attempts.

    "nothing_changes"; "own_attempt" when one of hers is among them; "not_losing" when a pass is taken away that would
    not be lost, "reason_needed" when that is done without a reason.
    """
    losing = {line.sat.public_id for line in lines if line.effect == "loses"}
    if not set(taken) <= losing:
        raise RuleBroken("not_losing")
    if not all(reason.strip() for reason in taken.values()):
        raise RuleBroken("reason_needed")
    touched = [line for line in lines if is_touched(line)]
    if not touched:
        raise RuleBroken("nothing_changes")
    if any(line.sat.person_id == person_id for line in touched):
        raise RuleBroken("own_attempt")
