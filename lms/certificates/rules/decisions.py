"""What a certifier may decide, in which state, and with which reasons; who may decide an appeal."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lms.errors import RuleBroken

ASK_REASONS = ("evidence-unclear", "dates-unclear", "identity-unclear", "name-unclear", "other")
REFUSE_REASONS = ("requirements-not-met", "evidence-not-hers", "duplicate", "other")
REVOKE_REASONS = ("issued-in-error", "evidence-false", "asked-by-holder", "other")
SUSPEND_REASONS = ("under-review", "other")
NOTE_REASONS = ("other",)
#: What is left to do, by state: waiting and appealed wait for a certifier, asked and refused for the worker.
OPEN_STATES = ("waiting", "appealed")
_NEXT = {"certify": "certified", "ask": "asked", "refuse": "refused"}
MOST_AT_ONCE = 100
LONGEST_NOTE = 1000
LONGEST_ANSWER = 2000


@dataclass(frozen=True)
class Choice:
    """What the certifier chose: the outcome, a reason's code (None when certifying) and her own words."""

    outcome: str
    reason_code: str | None = None
    note: str = ""


def check_choice(choice: Choice) -> None:
    """Raise `RuleBroken` unless the reason fits the outcome; "other" needs a note."""
    known: dict[str, tuple[str | None, ...]] = {"certify": (None,), "ask": ASK_REASONS, "refuse": REFUSE_REASONS}
    reasons = known.get(choice.outcome)
    if reasons is None:
        raise RuleBroken("outcome_unknown")
    check_reason(choice.reason_code, choice.note, reasons)


def check_reason(code: str | None, note: str, known: Collection[str | None]) -> None:
    """Raise `RuleBroken` unless `code` is one of `known`; "other" needs a note."""
    if code not in known:
        raise RuleBroken("reason_needed")
    if code in NOTE_REASONS and not note.strip():
        raise RuleBroken("note_needed")
    if len(note) > LONGEST_NOTE:
        raise RuleBroken("text_too_long", most=LONGEST_NOTE)


def state_after(state: str, choice: Choice, *, is_made: bool) -> str:
    """Return the application's state after `choice`; raise `RuleBroken` when it is not the certifier's turn.

    What is certified can be taken back, by asking or refusing, until the certificate is reserved (`is_made`).
    """
    if state == "certified" and (is_made or choice.outcome == "certify"):
        raise RuleBroken("already_certified")
    if state not in (*OPEN_STATES, "certified"):
        raise RuleBroken("waits_for_worker")
    return _NEXT[choice.outcome]


def state_after_reply(state: str, *, is_appeal: bool, has_appealed: bool) -> str:
    """Return the application's state after the worker wrote; raise `RuleBroken` when there is nothing to answer.

    A question is answered; a refusal is appealed, once. What was appealed stays an appeal, whatever is asked of it.
    """
    if state == "asked" and not is_appeal:
        return "appealed" if has_appealed else "waiting"
    if state == "refused" and is_appeal:
        if has_appealed:
            raise RuleBroken("already_appealed")
        return "appealed"
    raise RuleBroken("nothing_to_answer")


def check_seen(seen: int, said: int) -> None:
    """Raise `RuleBroken` when more was `said` (decisions and answers) than the page of the one who decides showed."""
    if said > seen:
        raise RuleBroken("changed_meanwhile")


def check_text(text: str) -> None:
    """Raise `RuleBroken` when the worker's answer is empty or too long."""
    if not text.strip():
        raise RuleBroken("answer_empty")
    if len(text) > LONGEST_ANSWER:
        raise RuleBroken("text_too_long", most=LONGEST_ANSWER)
