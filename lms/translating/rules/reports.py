"""What a report of a wrong wording needs, and which words and questions it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lms.errors import RuleBroken

if TYPE_CHECKING:
    from lms.assessments.specs import QuizSpec

FAULTS = ("no-sense", "other-meaning", "disrespectful", "misspelled", "two-right", "other")
STATES = ("new", "confirmed", "not-wrong")
#: Letters of what a reader or a translator writes.
LONGEST_WORDS = 1000
#: Reports of one person in 24 hours: enough for a bad lesson, too few to drown a translator.
MOST_A_DAY = 20
#: Unsigned reports by one letter's link on one day, as far as one process remembers: a survey has few questions.
MOST_BY_LINK = 10


def check_report(fault: str, words: str, recent: int) -> None:
    """Raise `RuleBroken` for a report that cannot be kept: "unknown_fault", "words_needed" or "too_many_reports".

    `recent` counts the person's reports of the last 24 hours.
    """
    if fault not in FAULTS:
        raise RuleBroken("unknown_fault")
    if fault == "other" and not words.strip():
        raise RuleBroken("words_needed")
    if recent >= MOST_A_DAY:
        raise RuleBroken("too_many_reports", most=MOST_A_DAY)


def check_answer(state: str, answer: str) -> None:
    """Raise `RuleBroken("answer_needed")` for "not wrong" without a word to who reported it."""
    if state == "not-wrong" and not answer.strip():
        raise RuleBroken("answer_needed")


def is_under(address: str, at: str) -> bool:
    """Return whether the sentence at `address` is the one at `at`, or belongs to the question or story there.

    An `at` without a file and a place in it names nothing: "quiz" is no question of "quiz.yml".
    """
    file, _, place = at.partition(":")
    return bool(file and place) and (address == at or address.startswith(f"{at}."))


def questions_of(quiz: QuizSpec, at: str) -> tuple[str, ...]:
    """Return the ids of the questions that the words at `at` belong to; those of a story are all its questions."""
    file, _, rest = at.partition(":")
    entry_id = rest.partition(".")[0]
    if file != "quiz.yml":
        return ()
    if quiz.item(entry_id) is not None:
        return (entry_id,)
    return tuple(item_id for item_id, case in quiz.cases.items() if case.id == entry_id)
