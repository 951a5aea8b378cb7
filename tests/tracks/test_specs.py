"""What a track's file may say, and where and how each mistake is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lms.content.shapes import Reference
from lms.publish import check_directory
from lms.tracks.specs import TrackSpec
from tests.content.sample import write_sample
from tests.tracks.sample import track

HEAD = """\
key: start
title: Start
summary: A short start.
level: entry
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a content folder that is right."""
    return write_sample(tmp_path)


def problems(folder: Path, tail: str) -> list[tuple[int, int, str]]:
    """Return what is wrong with a track of this text, by line and column below its head."""
    (folder / "tracks" / "start.yml").write_text(HEAD + tail, encoding="utf-8")
    found = [each for each in check_directory(folder)[1].problems if each.path.endswith("tracks/start.yml")]
    return [(each.line - HEAD.count("\n"), each.column, each.message) for each in found]


ONE = "items: [{id: a, module: visits}]\n"
CIRCLE = """\
items:
  - {id: a, module: visits, prerequisites: [b]}
  - {id: b, planned: true, title: B, prerequisites: [a]}
"""
SET = "sets:\n  - {id: one, items: [{id: a, module: visits}, {id: b, planned: true, title: B}]}\n"


@pytest.mark.parametrize(
    ("tail", "line", "column", "words"),
    [
        ("", -3, 1, "give either items or sets"),
        (SET + "items: [{id: c, module: visits}]\n", 1, 1, "give either items or sets"),
        (SET.replace("id: one,", "id: one, choose: 3,"), 2, 23, "3 of 2 items can never be met; choose fewer"),
        (SET.replace("id: one,", "id: one, choose: 1, rule: any,"), 2, 23, "give either rule: any or choose"),
        (SET.replace("id: one,", "id: one, choose: 0,"), 2, 23, "at least 1"),
        (SET.replace("id: one,", "id: one, rule: some,"), 2, 21, "must be 'all' or 'any'"),
        ("sets:\n  - {id: one, rule: any, items: [{id: a, module: visits}]}\n", 2, 21, "at least two items"),
        (SET.replace("id: one,", "id: one, join: or,"), 2, 21, "no set before the first; leave join out"),
        (SET + "  - {id: one, items: [{id: c, planned: true, title: C}]}\n", 3, 5, "id used twice: one"),
        (SET + "  - {id: two, items: [{id: a, planned: true, title: C}]}\n", 3, 23, "id used twice: a"),
        (SET + "  - {id: two, items: [{id: c, module: visits}]}\n", 3, 39, "module used twice: visits"),
        (ONE + "survey: nothing\n", 2, 9, "there is no survey 'nothing'"),
        (ONE + "follow_ups: [{survey: nothing, days: 30, after: completion}]\n", 2, 23, "there is no survey 'nothing'"),
        (ONE + "follow_ups: [{survey: opinion, days: 0, after: completion}]\n", 2, 38, "at least 1"),
        (ONE + "follow_ups: [{survey: opinion, days: 9, after: birth}]\n", 2, 48, "'completion' or 'certification'"),
        (
            ONE + "follow_ups:\n" + 2 * "  - {survey: opinion, days: 9, after: completion}\n",
            4,
            14,
            "'opinion' is asked after completion already",
        ),
        ("items:\n  - {id: a, module: visits, prerequisites: [z]}\n", 2, 45, "there is no item 'z'; name the id"),
        ("items:\n  - {id: a, module: visits, prerequisites: [a]}\n", 2, 45, "cannot come before itself"),
        (CIRCLE, 2, 45, "'a' would come before itself, through 'b'; leave one out"),
        ("items:\n  - {id: a, module: visits, accepts: [visits]}\n", 2, 39, "the item's own module; leave it out"),
        ("items:\n  - {id: a, module: visits, accepts: [gone]}\n", 2, 39, "there is no module 'gone'"),
        ("items:\n  - {id: a, planned: true, title: A, accepts: [visits]}\n", 2, 38, "accepts nothing yet"),
        (ONE + "prerequisites: [gone]\n", 2, 17, "there is no track 'gone'"),
        (ONE + "prerequisites: [start]\n", 2, 17, "would require itself"),
        (ONE + "hours: [{kind: walks, minutes: 9, title: T}]\n", 2, 16, "no kind of hours; use one of"),
        (ONE + "hours: [{kinds: [class, walks], minutes: 9, title: T, id: x}]\n", 2, 25, "no kind of hours"),
        (ONE + "hours: [{kinds: [class], minutes: 9, title: T}]\n", 2, 10, "need an id"),
        (ONE + "hours: [{minutes: 9, title: T}]\n", 2, 9, "give either a kind or kinds"),
        (ONE + "hours: [{kind: class, minutes: 9, title: T, competency: a/b}]\n", 2, 57, "there is no competency"),
        (ONE + "hours: [{kind: class, id: a, minutes: 9, title: T}]\n", 2, 9, "an item of this track is called 'a'"),
        (ONE + "sign_offs: [{id: a, title: T}]\n", 2, 13, "an item of this track is called 'a' too"),
        (ONE + "renewal: {from: completion}\n", 2, 1, "without valid_months there is nothing to renew"),
        (ONE + "valid_months: 12\nrenewal: {from: 02-30}\n", 3, 17, "no such day; write completion, expiry"),
        (ONE + "valid_months: 12\nrenewal: {from: expiry, track: start}\n", 3, 32, "the same track; leave it out"),
        (ONE + "valid_months: 12\nrenewal: {from: expiry, track: gone}\n", 3, 32, "there is no track 'gone'"),
        (ONE + "item: []\n", 2, 1, "did you mean 'items'?"),
    ],
)  # fmt: skip
def test_one_mistake_is_told_at_its_place_with_what_to_do(
    folder: Path, tail: str, line: int, column: int, words: str
) -> None:
    found = problems(folder, tail)
    assert any((at, words in message) == (line, True) for at, _column, message in found), found
    assert (line, column) in {(at, place) for at, place, message in found if words in message}, found


def test_a_track_may_say_all_of_it(folder: Path) -> None:
    text = """\
valid_months: 24
sets:
  - {id: base, title: The base, items: [{id: a, module: visits}]}
  - {id: way, join: and, choose: 1, items: [{id: b, planned: true, title: B, prerequisites: [a]}]}
  - {id: other, join: or, items: [{id: c, planned: true, title: C}]}
hours:
  - {kind: practicum, minutes: 20000, title: In the field}
  - {id: both, kinds: [class, simulation], minutes: 60, competency: skills/talking, title: In the room}
sign_offs:
  - {id: seen, independent: true, title: Seen}
renewal: {from: "10-31", window_days: 60, grace_days: 30, track: again}
"""
    (folder / "tracks" / "again.yml").write_text(
        HEAD.replace("key: start", "key: again") + "prerequisites: [start]\nitems: [{id: a, module: visits}]\n"
    )
    assert problems(folder, text) == [], "the refresher may ask for what it renews: that is no circle"
    made = TrackSpec.from_source(_source(folder))
    assert [[[each.id for each in group] for group in stage] for stage in made.stages] == [[["base"], ["way", "other"]]]
    assert (made.modules, made.renewal.fixed_day, made.hours[1].counts) == (
        ("visits",),
        (10, 31),
        ("class", "simulation"),
    )
    told = {each.address for each in made.told()}
    assert told == {
        "title",
        "summary",
        "set-base.title",
        "b.title",
        "c.title",
        "practicum.title",
        "both.title",
        "seen.title",
    }
    assert Reference("track", "again", ("renewal", "track"), comes_first=False) in set(made.references())


def _source(folder: Path) -> Any:
    return check_directory(folder)[0].objects["track", "start"].source()


def test_the_old_shape_is_read_as_one_set_in_order() -> None:
    old = track("a", "b", hours=[{"kind": "practicum", "minutes": 60, "title": "Practice"}])
    assert [(each.id, each.needed, len(each.items)) for each in old.ways] == [("items", 2, 2)]
    assert (old.hours[0].key, old.can_be_met) == ("practicum", True)


def test_a_sign_off_names_a_checklist() -> None:
    made = track("a", sign_offs=[{"id": "seen", "title": "Seen", "checklist": "visit"}])
    assert Reference("checklist", "visit", ("sign_offs", 0, "checklist")) in set(made.references())


def test_a_set_needs_as_many_as_it_says() -> None:
    items = [{"id": key, "module": key} for key in "abc"]
    sets = [
        {"id": "x", "items": items[:1]},
        {"id": "y", "items": items[1:], "rule": "any"},
    ]
    assert [each.needed for each in track(sets=sets).ways] == [1, 1]
    assert track(sets=[{"id": "x", "items": items, "choose": 2}]).ways[0].needed == 2
