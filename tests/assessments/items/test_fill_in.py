"""Fill-in: each right gap earns its share."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from lms.assessments.items import rules_of
from lms.content.po import Entry
from lms.content.translations import find_faults
from tests.assessments.items import ANYTHING, CANARY, IDS, POINTS, Case, Walk, options, question, read

LISTED = {"id": "how-long", "options": options("five", "twenty", "sixty"), "key": "twenty"}
SAMPLE = question(
    "fill-in",
    text="Wash for {how-long} seconds with {what} and water.",
    gaps=[LISTED, {"id": "what", "accepted": {"en": [f"{CANARY} soap"], "es": [f"{CANARY} jab\u00f3n"]}}],
    points=7,
)
OTHER = SAMPLE | {
    "gaps": [{**LISTED, "key": "sixty"}, {"id": "what", "accepted": {"en": ["else"]}}],
    "points": 5,
    "feedback": f"{CANARY} of another kind",
}
BOTH = read(
    SAMPLE | {"gaps": [LISTED, {"id": "what", "accepted": {"en": ["soap"], "es": ["jab\u00f3n"]}}], "points": 3}
)
WORTH_ONE = read(
    question("fill-in", text="Call {number}.", gaps=[{"id": "number", "accepted": {"en": ["911", "nine one one"]}}])
)
CASES: tuple[Case, ...] = (
    (BOTH, ("how-long=twenty", "what=soap"), 3, True),
    (BOTH, ("what=SOAP.", "how-long=twenty"), 3, True),
    (BOTH, ("how-long=twenty", "what=jabon"), 3, True),
    (BOTH, ("how-long=twenty", "what=twenty"), 1, False),
    (BOTH, ("how-long=five", "what=soap"), 1, False),
    (BOTH, ("how-long=five", "what=oil"), 0, False),
    (BOTH, ("how-long=twenty",), 1, False),
    (BOTH, ("what=soap=soap",), 0, False),
    (BOTH, (), 0, False),
    (WORTH_ONE, ("number=911",), 1, True),
    (WORTH_ONE, ("number=Nine one-one",), 1, True),
    (WORTH_ONE, ("number=9-1-1",), 0, False),
)
WALK: Walk = {"how-long": "twenty", "what": f"{CANARY} soap"}


@st.composite
def items(draw: st.DrawFn) -> dict[str, Any]:
    ids = draw(IDS)
    gaps: list[dict[str, Any]] = []
    for place in range(draw(st.integers(1, 4))):
        listed = {"options": options(*ids[4:8]), "key": draw(st.sampled_from(ids[4:8]))}
        typed = {"accepted": {"en": ["soap"], "to": ["koa"]}}
        gaps.append({"id": ids[place], **draw(st.sampled_from([listed, typed]))})
    text = " and ".join("{" + gap["id"] + "}" for gap in gaps)
    return question("fill-in", text=text, gaps=gaps, points=draw(POINTS))


ITEMS = items()


def sent_to(item: Any) -> st.SearchStrategy[list[str]]:
    """Return what its page may send."""
    values = {gap.id: ANYTHING | st.just("Koa") for gap in item.gaps if not gap.options}
    values |= {gap.id: st.sampled_from(["", *(each.id for each in gap.options)]) for gap in item.gaps if gap.options}
    filled = st.fixed_dictionaries({}, optional=values)
    return filled.map(lambda made: [f"{gap}={value}" for gap, value in made.items()])


def test_every_gap_is_asked_for() -> None:
    lacks = rules_of(BOTH).lacks
    assert lacks(BOTH, ("how-long=five",)) == lacks(BOTH, ("how-long=five", "what=?")) == "gaps"
    assert lacks(BOTH, ("how-long=five", "what=oil")) is None


def test_typed_words_are_not_counted_by_what_they_say() -> None:
    tally = rules_of(BOTH).tally
    assert tally(BOTH, ("how-long=five", "what=my name")) == ("how-long=five", "what=other")
    assert tally(BOTH, ("what=soap",)) == ("what=right",)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": "Wash for {how-long} seconds."}, "must hold each gap once: {how-long}, {what}"),
        ({"text": "{how-long} {what} {what}"}, "must hold each gap once"),
        ({"text": "{how-long} {what} {more}"}, "must hold each gap once"),
        ({"gaps": [LISTED, LISTED]}, "gap used twice: how-long"),
        ({"gaps": [{**LISTED, "id": "text"}]}, "cannot be called text"),
        ({"gaps": [{"id": "what"}]}, "give accepted words, or options and a key"),
        ({"gaps": [{**LISTED, "accepted": {"en": ["a"]}}]}, "give accepted words, or options and a key"),
        ({"gaps": [{"id": "what", "key": "a"}]}, "give accepted words, or options and a key"),
        ({"gaps": [{"id": "what", "accepted": {"es": ["a"]}}]}, "give the English words"),
        ({"gaps": [{**LISTED, "key": "ten"}]}, "one of them the key"),
        ({"gaps": [{**LISTED, "options": options("twenty")}]}, "at least two options"),
        ({"gaps": [{**LISTED, "options": options("twenty", "five", "five")}]}, "ids of their own"),
    ],
)
def test_what_cannot_be_asked(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        read(SAMPLE | changes)


def test_warns_of_languages_without_words() -> None:
    faults = list(BOTH.faults_at(("items", 0)))
    assert [fault.path for fault in faults] == [("items", 0, "gaps", 1, "accepted")]


@pytest.mark.parametrize("lost", ["Lava por veinte segundos.", "{how-long} {how-long}", "{how long} {what}"])
def test_a_translation_that_loses_a_gap_is_a_fault(lost: str) -> None:
    english = next(told.english for told in BOTH.told_at(()) if told.address == "q-fill-in.text")
    faults = list(find_faults(Entry("quiz.yml:q-fill-in.text", english, lost), "es"))
    assert [each.message for each in faults] == ["must have the same placeholders as the English: {how-long}, {what}"]
    kept = "Lava con {what} y agua por {how-long} segundos."
    assert list(find_faults(Entry("quiz.yml:q-fill-in.text", english, kept), "es")) == []
