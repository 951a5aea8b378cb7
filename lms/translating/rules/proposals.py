"""Who may take which step with a wording, and what stands at a sentence: its file's words or somebody's proposal."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from lms.content.po import SIGNED_STATES, same_person
from lms.errors import RuleBroken

#: States of a proposal, from the first to the last. "draft" is hers alone until she sends it to be reviewed.
PROPOSAL_STATES = ("draft", "in review", "reviewed", "approved")
#: What is done with one, in this order.
STEPS = PROPOSAL_STATES[1:]
#: Steps that decide about words, and that can be withdrawn.
DECISIONS = SIGNED_STATES
#: States of a file's words, lowest first.
_RANKS = ("missing", "stale", *PROPOSAL_STATES)
#: Letters of one sentence.
LONGEST_TEXT = 2000
#: Letters of the reason why a decision is withdrawn.
LONGEST_WHY = 1000


@dataclass(frozen=True)
class Decision:
    """That words are reviewed or approved, as the files sign it: by whom, and on which day (2026-11-22)."""

    state: str
    by: str
    on: str


@dataclass(frozen=True)
class Version:
    """One wording that somebody wrote or took up at the desk. People are accounts; `written_by` None: the project."""

    id: int
    public_id: str
    english: str
    text: str
    #: What the files said when it was made, "" where nothing.
    upon: str
    state: str
    written_by: int | None
    reviewed_by: int | None = None
    approved_by: int | None = None
    #: Written by somebody who had not seen the one before: kept, and not what stands.
    is_aside: bool = False
    #: The published files held these words since: they stand no longer once the files say otherwise.
    is_done: bool = False
    #: Its English is gone, and something newer was written at its place: kept, and not what stands.
    is_past: bool = False
    #: The decision that its state is, None below one and where nobody has asked for it.
    signed: Decision | None = None
    #: Decisions that were taken back, and are not taken again just so.
    withdrawn: frozenset[Decision] = frozenset()


def state_of(taken: Collection[str]) -> str:
    """Return the state of a proposal from the steps that were taken and stand: the last one of them."""
    return max(("draft", *taken), key=PROPOSAL_STATES.index)


@dataclass(frozen=True)
class Filed:
    """What the published files say at a sentence; `source` is the English it was made from."""

    text: str = ""
    state: str = "missing"
    source: str = ""
    #: Whom they name as who translated it, "" where nobody.
    translator: str = ""
    #: Who signed a review or an approval, and on which day; "" where that was published before it was kept.
    by: str = ""
    on: str = ""


@dataclass(frozen=True)
class Standing:
    """What stands at a sentence for translators: words, their state, and the English that they were made from."""

    text: str
    state: str
    made_from: str
    #: The proposal that stands; None where the files' words do.
    version: Version | None = None
    #: The files have got other words since the proposal was made.
    has_moved: bool = False
    #: Everybody who ever wrote these same words here, as persons.
    writers: frozenset[int] = frozenset()
    #: Who reviewed these words at the desk, made from the same English; the files may hold them by now.
    reviewers: frozenset[int] = frozenset()
    #: Whom the files name as who translated these same words, "" where nobody.
    translator: str = ""


def standing_of(
    english: str, filed: Filed, versions: Collection[Version], persons: Mapping[int, int] | None = None
) -> Standing:
    """Return what stands at a sentence whose English is `english` today; `persons` says whose each account is.

    The newest proposal stands until the files say the same in its state or a higher one. One of older English stands
    as "stale", and not at all once the files hold words of today's English. One that the files held once stands no
    longer when they say otherwise, and one whose review or approval was withdrawn stands while they still have that.
    """
    persons = persons or {}
    newest = newest_of(english, versions)
    if newest is None or _is_over(newest, english, filed):
        text, state, made_from, version = filed.text, filed.state, filed.source, None
    else:
        state = newest.state if newest.english == english else "stale"
        text, made_from, version = newest.text, newest.english, newest
    wrote = {each.written_by for each in versions if each.text == text} - {None}
    has_moved = version is not None and filed.text not in (version.text, version.upon)
    same = [each for each in versions if (each.text, each.english) == (text, english) and not each.is_aside]
    reviewed = {each.reviewed_by for each in same} - {None}
    writers, reviewers = (frozenset(persons.get(each, each) for each in among) for among in (wrote, reviewed))  # type: ignore[arg-type]
    translator = filed.translator if filed.text == text else ""
    return Standing(text, state, made_from, version, has_moved, writers, reviewers, translator)


def newest_of(english: str, versions: Collection[Version]) -> Version | None:
    """Return the version that counts at a sentence: the newest, and of today's English before one of older."""
    among = (each for each in versions if not each.is_aside and not each.is_past)
    return max(among, key=lambda each: (each.english == english, each.id), default=None)


def _is_over(version: Version, english: str, filed: Filed) -> bool:
    """Return whether the files' words stand and not this newest proposal."""
    if version.is_done and filed.text != version.text:
        return True
    return is_held(version, filed) or (version.english != english and _is_current(filed))


def is_held(version: Version, filed: Filed) -> bool:
    """Return whether the files hold a proposal in its state or a higher one, by a decision that was not withdrawn."""
    same = filed.text == version.text and filed.source == version.english
    is_high = _RANKS.index(filed.state) >= _RANKS.index(version.state)
    return same and is_high and not is_taken_back(version, Decision(filed.state, filed.by, filed.on))


def is_taken_back(version: Version, filed: Decision) -> bool:
    """Return whether the files sign these words by a decision that was withdrawn, and not by the one that stands.

    State and day tell it, not the name: people change their names. One of the same state and day by somebody else
    counts as withdrawn, too, and is taken anew.
    """
    if not any(_is_signed(filed, each) for each in version.withdrawn):
        return False
    return version.signed is None or not (_is_signed(filed, version.signed) and _is_named(filed, version.signed))


def without(version: Version, fallen: Collection[tuple[str, str, Decision]]) -> Version:
    """Return a version with what was withdrawn of its words: `fallen` holds English, words and decision of all."""
    more = {each for english, text, each in fallen if (english, text) == (version.english, version.text)}
    return replace(version, withdrawn=version.withdrawn | more) if more else version


def _is_signed(filed: Decision, decision: Decision) -> bool:
    """Return whether the files have their state by a decision of this day, as far as they say the day."""
    return filed.state == decision.state and filed.on in ("", decision.on)


def _is_named(filed: Decision, decision: Decision) -> bool:
    """Return whether both name the same: files tell people of one name apart by a number behind it (`names_apart`)."""
    return filed.by == decision.by or re.fullmatch(rf"{re.escape(decision.by)} \(\d+\)", filed.by) is not None


def _is_current(filed: Filed) -> bool:
    return filed.state in PROPOSAL_STATES


def check_step(step: str, standing: Standing, by: int, *, is_critical: bool, signs: str = "") -> None:
    """Raise `RuleBroken` when the person `by` may not take `step`: "in review", "reviewed" or "approved".

    A draft is sent by who wrote it ("still_writing"), and who wrote the words neither reviews nor approves them
    ("own_words"), nor does whom the files name as their translator, where they would name her `signs` ("own_in_file").
    Words that nobody at the desk wrote, and all
    words of quizzes and of what is safety-critical, are reviewed first ("review_first") and approved by a third
    person ("own_review"). Other words need one other person. Nothing is decided about words of older English ("stale"),
    and nothing twice or backwards ("no_step").
    """
    if standing.state == "stale":
        raise RuleBroken("stale")
    if not _leads_on(step, standing):
        raise RuleBroken("no_step")
    is_hers = by in standing.writers
    if standing.state == "draft" and standing.writers and not (step == "in review" and is_hers):
        raise RuleBroken("still_writing")
    if step == "in review":
        return
    if is_hers:
        raise RuleBroken("own_words")
    if same_person(signs, standing.translator):
        raise RuleBroken("own_in_file")
    if step == "approved" and (is_critical or not standing.writers):
        _check_second(standing, by)


def _leads_on(step: str, standing: Standing) -> bool:
    """Return whether a step leads to a higher state; a review by nobody at the desk is taken again."""
    if standing.state == "missing":
        return False
    if step == "reviewed" and standing.state == "reviewed":
        return not standing.reviewers
    return _RANKS.index(standing.state) < _RANKS.index(step)


def _check_second(standing: Standing, by: int) -> None:
    """Raise `RuleBroken` unless another person has reviewed the words at the desk, where she is known."""
    if standing.state != "reviewed" or not standing.reviewers:
        raise RuleBroken("review_first")
    if standing.reviewers == {by}:
        raise RuleBroken("own_review")


def steps_for(standing: Standing, by: int, *, is_critical: bool, knows: bool, signs: str = "") -> tuple[str, ...]:
    """Return the steps that the person `by` may take now; who does not know the language only approves the reviewed.

    A review that is signed in a file alone is not known as a person's: it is done again here, and then approved.
    """
    if not knows and standing.state != "reviewed":
        return ()
    found = []
    for step in STEPS if knows else STEPS[-1:]:
        try:
            check_step(step, standing, by, is_critical=is_critical, signs=signs)
        except RuleBroken:
            continue
        found.append(step)
    return tuple(found)


def to_withdraw(standing: Standing, newest: Version | None, filed: Filed) -> str:
    """Return which decision about what stands can be withdrawn, "reviewed" or "approved"; "" where there is none.

    It is the last one, taken at the desk. Where the files hold it, it is still that one that they hold: what somebody
    decided in them, is taken back in them.
    """
    if newest is None or newest.state not in DECISIONS or newest.state != standing.state:
        return ""
    is_same = (standing.text, standing.made_from) == (newest.text, newest.english)
    by_files = Decision(filed.state, filed.by, filed.on)
    is_its_own = standing.version is not None or (newest.signed is not None and _is_signed(by_files, newest.signed))
    is_its_own = is_its_own or newest.state == "reviewed"  # it counts here beside one that the files have from others
    return newest.state if is_same and is_its_own else ""


def check_why(why: str) -> None:
    """Raise `RuleBroken` for a reason that is missing or too long: "why_needed" or "why_too_long"."""
    if not why.strip():
        raise RuleBroken("why_needed")
    if len(why) > LONGEST_WHY:
        raise RuleBroken("why_too_long", most=LONGEST_WHY)
