"""How earlier training is judged: two reviewers who agree, one refusal, one appeal, and taking back with a second."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from lms.errors import RuleBroken
from lms.training.rules.facts import HOURS_KINDS
from lms.training.rules.telling import MOST_MINUTES, Known, check_days

STATES = ("draft", "waiting", "asked", "refused", "appealed", "recognized", "revoked", "withdrawn")
#: By whose turn it is: the reviewers', or hers.
REVIEWED = ("waiting", "appealed")
#: Files may come while it is her turn, so that both reviewers see the same.
TAKES_FILES = ("draft", "asked", "refused", "revoked")
MAY_WITHDRAW = ("draft", "waiting", "asked", "appealed")
OUTCOMES = ("accept", "ask", "refuse")
ASK_REASONS = ("proof-unclear", "dates-unclear", "hours-unclear", "identity-unclear", "other")
REFUSE_REASONS = ("not-equivalent", "proof-missing", "not-hers", "duplicate", "other")
REVOKE_REASONS = ("proof-false", "by-mistake", "duplicate", "other")
DECLINE_REASONS = ("not-related", "proof-missing", "another-year", "other")
SHARE_OUTCOMES = ("accepted", "declined", "withdrawn")
LONGEST_ANSWER = 2000
LONGEST_NOTE = 1000


@dataclass(frozen=True)
class Worth:
    """What earlier training counts as: a module, or minutes of a kind in competencies, learned on a day."""

    learned_on: date
    module_key: str | None = None
    hours_kind: str | None = None
    minutes: int = 0
    competencies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What one reviewer decides. `worth` is set when she accepts, a reason when she asks or refuses."""

    outcome: str
    worth: Worth | None = None
    reason_code: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Opinion:
    """What one reviewer (by account) said in the present round."""

    by: int
    outcome: str
    worth: Worth | None = None


def check_verdict(verdict: Verdict, today: date, known: Known) -> None:
    """Raise `RuleBroken` unless what is decided is whole and names what exists."""
    reasons: dict[str, tuple[str, ...]] = {"accept": (), "ask": ASK_REASONS, "refuse": REFUSE_REASONS}
    if verdict.outcome not in reasons:
        raise RuleBroken("outcome_unknown")
    if verdict.outcome != "accept":
        check_reason(verdict.reason_code, verdict.note, reasons[verdict.outcome])
    elif verdict.worth is None:
        raise RuleBroken("worth_missing")
    else:
        check_worth(verdict.worth, today, known)


def check_worth(worth: Worth, today: date, known: Known) -> None:
    """Raise `RuleBroken` unless it is a known module, or a plausible number of minutes of a known kind."""
    check_days(None, worth.learned_on, today)
    if (worth.module_key is None) == (worth.hours_kind is None):
        raise RuleBroken("worth_missing")
    if worth.module_key is not None:
        if worth.module_key not in known.modules:
            raise RuleBroken("module_unknown")
        return
    if worth.hours_kind not in HOURS_KINDS:
        raise RuleBroken("kind_unknown")
    if not 1 <= worth.minutes <= MOST_MINUTES:
        raise RuleBroken("hours_range", most=MOST_MINUTES // 60)
    if not set(worth.competencies) <= set(known.competencies):
        raise RuleBroken("competency_unknown")


def check_reason(code: str | None, note: str, known: Collection[str]) -> None:
    """Raise `RuleBroken` unless `code` is one of `known`; "other" needs a note."""
    if code not in known:
        raise RuleBroken("reason_needed")
    if code == "other" and not note.strip():
        raise RuleBroken("note_needed")
    if len(note) > LONGEST_NOTE:
        raise RuleBroken("note_too_long", most=LONGEST_NOTE)


def check_text(text: str) -> None:
    """Raise `RuleBroken` when her answer is empty or too long."""
    if not text.strip():
        raise RuleBroken("answer_empty")
    if len(text) > LONGEST_ANSWER:
        raise RuleBroken("answer_too_long", most=LONGEST_ANSWER)


def standing(opinions: Sequence[Opinion]) -> dict[int, Opinion]:
    """Return the last opinion of each reviewer, the oldest first; a later one replaces her earlier one."""
    last: dict[int, Opinion] = {}
    for each in opinions:
        last.pop(each.by, None)
        last[each.by] = each
    return last


def agreed(opinions: Sequence[Opinion]) -> tuple[int, int] | None:
    """Return the two reviewers who accept it as the same, the earlier first; None while there are no two."""
    accepts = [each for each in standing(opinions).values() if each.outcome == "accept"]
    for place, later in enumerate(accepts):
        for earlier in accepts[:place]:
            if earlier.worth == later.worth:
                return earlier.by, later.by
    return None


def state_after(state: str, opinions: Sequence[Opinion], said: Opinion) -> str:
    """Return the state after a reviewer said `said`, following the `opinions` of this round.

    Raises `RuleBroken` when it is not the reviewers' turn, or when she alone would be both of the two.
    """
    if state == "recognized":
        raise RuleBroken("already_recognized")
    if state == "withdrawn":
        raise RuleBroken("withdrawn_by_her")
    if state not in REVIEWED:
        raise RuleBroken("waits_for_worker")
    if said.outcome != "accept":
        return {"ask": "asked", "refuse": "refused"}[said.outcome]
    before = standing(opinions).get(said.by)
    if before is not None and before.worth == said.worth:
        raise RuleBroken("second_person_needed")
    return "recognized" if agreed([*opinions, said]) else state


def state_after_reply(state: str, *, is_appeal: bool, has_appealed: bool) -> str:
    """Return the state after she wrote: a question is answered, a refusal or a revocation appealed, once.

    Raises `RuleBroken` when there is nothing to answer. What was appealed stays an appeal, whatever is asked of it.
    """
    if state == "asked" and not is_appeal:
        return "appealed" if has_appealed else "waiting"
    if state in ("refused", "revoked") and is_appeal:
        if has_appealed:
            raise RuleBroken("already_appealed")
        return "appealed"
    raise RuleBroken("nothing_to_answer")


def check_round(shown: int, present: int) -> None:
    """Raise `RuleBroken` when she wrote after the page of the one who decides was shown."""
    if shown != present:
        raise RuleBroken("changed_meanwhile")


def check_withdrawal(state: str) -> None:
    """Raise `RuleBroken` unless she may still take her entry back."""
    if state == "recognized":
        raise RuleBroken("recognized_stays")
    if state not in MAY_WITHDRAW:
        raise RuleBroken("nothing_to_withdraw")
