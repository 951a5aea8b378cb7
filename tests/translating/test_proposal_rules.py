"""Rules of the desk: who may take which step, what stands, and what a page shows of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.errors import RuleBroken
from lms.translating import rules
from lms.translating.rules import Filed, Sentence, Standing, Version

ENGLISH = "Wash your hands."
ANA, BEA, CLARA = 1, 2, 3


def version(state: str = "in review", *, by: int | None = ANA, **changes: object) -> Version:
    made = Version(1, "p" * 20, ENGLISH, "Fufulu ho nima.", "", state, by)
    return replace(made, **changes)


def standing(made: Version, *others: Version) -> Standing:
    return rules.standing_of(ENGLISH, Filed(), [made, *others])


@pytest.mark.parametrize(
    ("step", "made", "by", "is_critical", "refused"),
    [
        # a person wrote it, and nobody could be harmed: one other person is enough
        ("reviewed", version(), BEA, False, ""),
        ("approved", version(), BEA, False, ""),
        ("approved", version("reviewed", reviewed_by=BEA), BEA, False, ""),
        ("reviewed", version(), ANA, False, "own_words"),
        ("approved", version(), ANA, False, "own_words"),
        ("approved", version("reviewed", reviewed_by=BEA), ANA, False, "own_words"),
        # critical: reviewed by one and approved by another, neither of whom wrote it
        ("approved", version(), BEA, True, "review_first"),
        ("approved", version("reviewed", reviewed_by=BEA), BEA, True, "own_review"),
        ("approved", version("reviewed", reviewed_by=BEA), ANA, True, "own_words"),
        ("approved", version("reviewed", reviewed_by=BEA), CLARA, True, ""),
        # drafted by the project: both steps, by two people
        ("reviewed", version(by=None), ANA, False, ""),
        ("approved", version(by=None), ANA, False, "review_first"),
        ("approved", version("reviewed", by=None, reviewed_by=ANA), ANA, False, "own_review"),
        ("approved", version("reviewed", by=None, reviewed_by=ANA), BEA, False, ""),
        # a draft is hers until she sends it
        ("reviewed", version("draft"), BEA, False, "still_writing"),
        ("approved", version("draft"), BEA, False, "still_writing"),
        ("in review", version("draft"), ANA, False, ""),
        ("in review", version("draft"), BEA, False, "still_writing"),
        ("in review", version("draft", by=None), BEA, False, ""),
        ("reviewed", version("draft", by=None), BEA, False, ""),
        # nothing twice, nothing backwards, nothing of older English
        ("in review", version(), ANA, False, "no_step"),
        ("reviewed", version("reviewed", reviewed_by=BEA), CLARA, False, "no_step"),
        ("reviewed", version("approved", approved_by=BEA), CLARA, False, "no_step"),
        ("approved", version("approved", approved_by=BEA), CLARA, False, "no_step"),
        ("approved", version(english="Wash."), BEA, False, "stale"),
    ],
)
def test_who_may_take_which_step(step: str, made: Version, by: int, is_critical: bool, refused: str) -> None:
    if refused:
        with pytest.raises(RuleBroken, match=f"^{refused}$"):
            rules.check_step(step, standing(made), by, is_critical=is_critical)
    else:
        rules.check_step(step, standing(made), by, is_critical=is_critical)


def test_a_review_that_only_a_file_knows_is_done_again() -> None:
    filed = rules.standing_of(ENGLISH, Filed("Fufulu.", "reviewed", ENGLISH), [])
    with pytest.raises(RuleBroken, match="review_first"):
        rules.check_step("approved", filed, BEA, is_critical=False)
    assert rules.steps_for(filed, BEA, is_critical=False, knows=True) == ("reviewed",)
    rules.check_step("reviewed", filed, BEA, is_critical=False)
    assert rules.steps_for(filed, BEA, is_critical=False, knows=False) == ()


def test_there_is_no_step_where_nothing_is_written() -> None:
    for step in ("in review", "reviewed", "approved"):
        with pytest.raises(RuleBroken, match="no_step"):
            rules.check_step(step, Standing("", "missing", ""), BEA, is_critical=False)


def test_her_words_stay_hers_when_somebody_sends_them_again() -> None:
    again = version(id=2, public_id="q" * 20, written_by=BEA)
    seen = standing(version(), again)
    assert seen.writers == {ANA, BEA}
    for who in (ANA, BEA):
        with pytest.raises(RuleBroken, match="own_words"):
            rules.check_step("reviewed", seen, who, is_critical=False)


def test_her_words_stay_hers_when_the_files_hold_them() -> None:
    seen = rules.standing_of(ENGLISH, Filed("Fufulu ho nima.", "in review", ENGLISH), [version()])
    assert seen.version is None
    assert seen.writers == {ANA}


def test_a_review_of_other_english_does_not_count() -> None:
    reviewed = version("reviewed", by=None, english="Wash.", reviewed_by=ANA)
    seen = rules.standing_of(ENGLISH, Filed("Fufulu ho nima.", "reviewed", ENGLISH), [reviewed])
    assert (seen.version, seen.reviewers) == (None, frozenset())


def test_who_does_not_know_the_language_approves_only_what_was_reviewed() -> None:
    reviewed = standing(version("reviewed", reviewed_by=BEA))
    assert rules.steps_for(standing(version()), CLARA, is_critical=True, knows=False) == ()
    assert rules.steps_for(reviewed, CLARA, is_critical=True, knows=False) == ("approved",)
    assert rules.steps_for(reviewed, BEA, is_critical=True, knows=False) == ()


class TestWhatStands:
    def test_nothing(self) -> None:
        assert rules.standing_of(ENGLISH, Filed(), []) == Standing("", "missing", "")

    def test_the_newest_that_is_not_aside(self) -> None:
        made = [version(), version(id=2, text="B"), version(id=3, text="C", is_aside=True)]
        assert standing(*made).text == "B"

    @pytest.mark.parametrize(
        ("state", "filed", "stands"),
        [
            ("in review", Filed("Fufulu ho nima.", "draft", ENGLISH), True),
            ("in review", Filed("Fufulu ho nima.", "in review", ENGLISH), False),
            ("in review", Filed("Fufulu ho nima.", "approved", ENGLISH), False),
            ("in review", Filed("Fufulu ho nima.", "approved", "Older."), True),
            ("in review", Filed("Other.", "approved", ENGLISH), True),
        ],
    )
    def test_until_the_files_hold_it(self, state: str, filed: Filed, stands: bool) -> None:
        assert (rules.standing_of(ENGLISH, filed, [version(state)]).version is not None) is stands

    def test_other_words_in_the_files_are_told(self) -> None:
        made = version(upon="Before.")
        assert not rules.standing_of(ENGLISH, Filed("Before.", "draft", ENGLISH), [made]).has_moved
        assert rules.standing_of(ENGLISH, Filed("Other.", "draft", ENGLISH), [made]).has_moved

    def test_what_the_files_held_once_stands_no_longer(self) -> None:
        made = version("approved", is_done=True, approved_by=BEA)
        seen = rules.standing_of(ENGLISH, Filed("Other.", "draft", ENGLISH), [made])
        assert (seen.text, seen.state, seen.version) == ("Other.", "draft", None)
        seen = rules.standing_of(ENGLISH, Filed(made.text, "reviewed", ENGLISH), [made])
        assert (seen.state, seen.version) == ("approved", made), "the same words"

    def test_accounts_are_told_apart_as_persons(self) -> None:
        made = version("reviewed", reviewed_by=BEA)
        seen = rules.standing_of(ENGLISH, Filed(), [made], {ANA: 11, BEA: 12})
        assert (seen.writers, seen.reviewers) == ({11}, {12})

    def test_a_changed_english_makes_it_stale_unless_the_files_follow(self) -> None:
        old = version(english="Wash.")
        seen = rules.standing_of(ENGLISH, Filed("Fufulu.", "stale", "Wash."), [old])
        assert (seen.state, seen.text, seen.made_from) == ("stale", "Fufulu ho nima.", "Wash.")
        seen = rules.standing_of(ENGLISH, Filed("Fufulu.", "draft", ENGLISH), [old])
        assert (seen.state, seen.text, seen.version) == ("draft", "Fufulu.", None)


_PEOPLE = st.integers(1, 4)
_ACTS = st.lists(
    st.tuples(st.sampled_from(["write", "draft", "in review", "reviewed", "approved", "english"]), _PEOPLE), max_size=14
)


@given(_ACTS, st.booleans(), st.sampled_from([Filed(), Filed("Z", "draft", ENGLISH), Filed("Z", "reviewed", ENGLISH)]))
def test_whatever_is_done_two_others_stand_behind_what_is_approved(
    acts: list[tuple[str, int]], is_critical: bool, filed: Filed
) -> None:
    english, versions = ENGLISH, list[Version]()
    for number, (act, who) in enumerate(acts, 1):
        known = filed if filed.source in {"", english} else replace(filed, state="stale")
        seen = rules.standing_of(english, known, versions)
        if act == "english":
            english = f"{english} More."
        elif act in {"write", "draft"}:
            text = "AB"[number % 2]  # so that words come back
            state = "draft" if act == "draft" else "in review"
            versions.append(Version(number, str(number), english, text, filed.text, state, who))
        elif act in rules.steps_for(seen, who, is_critical=is_critical, knows=True):
            stands = seen.version or Version(number, str(number), english, seen.text, filed.text, "in review", None)
            done = {"in review": {}, "reviewed": {"reviewed_by": who}, "approved": {"approved_by": who}}[act]
            versions = [each for each in versions if each != stands] + [replace(stands, state=act, **done)]
    for each in versions:
        writers = {other.written_by for other in versions if other.text == each.text and other.id <= each.id}
        assert {each.reviewed_by, each.approved_by} & (writers - {None}) == set()
        if each.state == "approved":
            assert each.approved_by is not None
        if each.state == "approved" and (is_critical or not writers - {None}):
            same = [one for one in versions if (one.text, one.english) == (each.text, each.english)]
            assert {one.reviewed_by for one in same} - {None, each.approved_by}, "somebody else has reviewed it"


def sentence(state: str = "draft", **changes: object) -> Sentence:
    return replace(Sentence("a:b", "E", "T", state, False), **changes)


@pytest.mark.parametrize(
    ("show", "made", "is_shown"),
    [
        ("all", sentence("approved"), True),
        ("nonsense", sentence("approved"), True),
        ("open", sentence("approved"), False),
        ("open", sentence("reviewed"), True),
        ("missing", sentence("missing"), True),
        ("missing", sentence(), False),
        ("stale", sentence("stale"), True),
        ("critical", sentence(is_critical=True), True),
        ("critical", sentence("approved", is_critical=True), False),
        ("critical", sentence(), False),
        ("comments", sentence(comments=1), True),
        ("comments", sentence(), False),
    ],
)
def test_what_a_list_shows(show: str, made: Sentence, is_shown: bool) -> None:
    assert rules.is_shown(made, show) is is_shown


def test_the_queue_begins_with_what_could_harm() -> None:
    waiting = [
        (sentence("missing"), 900),
        (sentence("stale"), 1),
        (sentence("draft", is_critical=True), 1),
        (sentence("draft"), 900),
        (sentence("reviewed", is_critical=True), 1),
        (sentence("stale", is_critical=True), 900),
    ]
    found = sorted(waiting, key=lambda each: rules.urgency(*each))
    assert [(each.state, each.is_critical) for each, _ in found] == [
        ("stale", True),
        ("reviewed", True),
        ("draft", True),
        ("stale", False),
        ("draft", False),
        ("missing", False),
    ]


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("lessons/first.md:intro.2", "lessons/first.md"),
        ("quiz.yml:q-one.prompt", "quiz.yml:q-one"),
        ("quiz.yml:q-one.gap.a", "quiz.yml:q-one"),
        ("module.yml:title", "module.yml"),
        ("feedback.yml:useful.prompt", "feedback.yml"),
    ],
)
def test_the_part_that_is_rated(address: str, part: str) -> None:
    assert rules.part_of(address) == part


def test_what_changed_is_told_word_by_word() -> None:
    assert rules.differences("Rest 5 minutes.", "Rest ten minutes.") == (
        ("same", "Rest "),
        ("gone", "5"),
        ("new", "ten"),
        ("same", " minutes."),
    )
    assert rules.differences("A", "A") == (("same", "A"),)


@given(st.text(max_size=40), st.text(max_size=40))
def test_differences_hold_both_texts(before: str, after: str) -> None:
    parts = rules.differences(before, after)
    assert "".join(words for kind, words in parts if kind != "new") == before
    assert "".join(words for kind, words in parts if kind != "gone") == after


def test_marks_are_counted_and_averaged() -> None:
    assert rules.marks_of([]) == rules.Marks(0, {})
    made = [{"accuracy": 5, "fit": 4, "readability": 1}, {"accuracy": 4, "fit": 4, "readability": 2}]
    made += [{"accuracy": 5, "fit": 4, "readability": 2}]
    assert rules.marks_of(made) == rules.Marks(3, {"accuracy": 4.7, "fit": 4.0, "readability": 1.7})


def test_shares_are_of_words() -> None:
    empty = rules.add_shares([])
    assert (empty.total, empty.percent("draft"), empty.percent_translated) == (0, 0, 100)
    words = dict.fromkeys(rules.COUNTED, 0)
    one = rules.Share({**words, "approved": 10, "stale": 5}, date(2026, 3, 1))
    two = rules.Share({**words, "draft": 5, "missing": 10}, date(2026, 2, 1))
    both = rules.add_shares([one, two])
    assert (both.total, both.since) == (30, date(2026, 2, 1))
    assert (both.percent("approved"), both.percent("stale"), both.percent_translated) == (33, 16, 50)
    assert both.days_stale(date(2026, 3, 5)) == 32
    assert two.days_stale(date(2026, 1, 1)) == 0
    assert rules.Share(words).days_stale(date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("taken", "state"),
    [
        ((), "draft"),
        (("in review",), "in review"),
        (("in review", "reviewed"), "reviewed"),
        (("approved", "in review"), "approved"),
        (("reviewed",), "reviewed"),
    ],
)
def test_the_state_is_the_last_step(taken: tuple[str, ...], state: str) -> None:
    assert rules.state_of(taken) == state
