"""Publishing new versions: labels are asked for, and what the plan says is what happens, on both engines."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from lms.certificates.models import Application
from lms.clock import local_date
from lms.content.library import current
from lms.courses.models import ModuleRound
from lms.db import db, reading
from lms.errors import BadInput, RuleBroken
from lms.tracks import queries
from lms.tracks.models import ChangeEffect, ContentChange, Enrolment, TrackCompletion
from lms.tracks.rules.versions import Choices, Way
from lms.tracks.service import versions
from lms.tracks.service.versions import apply_plan
from tests.factories import Make
from tests.organizations.conftest import crowd
from tests.publish.conftest import LATER, RENEWAL, content, did, enrol, module, outlook, publish, rows, track
from tests.racing import race

RETRAIN = Choices("retraining")
EQUAL = Choices("equivalent", under_way="move")
RENEW = Choices("retraining", finished="renew", days=90)


@pytest.fixture
def people(app: Flask, make: Make) -> list[int]:
    """Return three people on a track of the modules a and b: one has not begun, one has done a, one has finished."""
    publish(content(track("t", "a", "b")))
    ids = [each.person_id for each in crowd(make.organization(), ["New", "Midway", "Done"])]
    enrol(ids)
    did(ids[1:], "a")
    did(ids[2:], "b")
    return ids


def deeds(prospect: Any) -> dict[int, tuple[str, tuple[int, int], tuple[int, int]]]:
    """Return by person what a plan does, and how far she is before and after."""
    return {
        each.person_id: (each.deed, (each.was.done, each.was.total), (each.becomes.done, each.becomes.total))
        for each in prospect.plan.effects
    }


def test_words_alone_need_no_label(people: list[int]) -> None:
    drafts = content(track("t", "a", "b", title="Other words"), module("a", title="Other words"))
    done = publish(drafts, mark="")
    assert done.plan.effects == ()
    assert [row[:2] for row in rows(ContentChange, "key", "label")] == [("t", "editorial"), ("a", "editorial")]


def test_a_first_publication_needs_none(app: Flask) -> None:
    assert publish(content(track("t", "a")), mark="").published.number == 1


def test_more_than_words_is_refused_without_a_label(people: list[int]) -> None:
    grown = content(track("t", "a", "b", "c"))
    with pytest.raises(
        BadInput, match=r"content/tracks/t:1:1: more than words changed \(item c added\), and this concerns"
    ):
        publish(grown, mark="")
    with pytest.raises(BadInput, match="who met the version before has not met c; say --change t=retraining"):
        publish(grown, mark="", t=EQUAL)


def test_nobody_concerned_needs_no_label(app: Flask) -> None:
    publish(content(track("t", "a")))
    publish(content(track("t", "a", "b")), mark="")
    assert rows(ContentChange, "label") == [("retraining",)]


def test_who_has_not_begun_moves_and_the_others_stay(people: list[int]) -> None:
    before = rows(TrackCompletion)
    done = publish(content(track("t", "a", "b", "c")), at=LATER, t=RETRAIN)
    assert deeds(done) == {people[0]: ("moves", (0, 2), (0, 3))}
    assert done.plan.people == {
        ("track", "t", "not-started"): 1,
        ("track", "t", "under-way"): 1,
        ("track", "t", "finished"): 1,
    }
    did(people, "c", at=LATER)
    did(people[:2], "b", at=LATER)
    states = {row[0]: row[1] for row in rows(Enrolment, "person_id", "state")}
    assert [states[each] for each in people] == ["active", "completed", "completed"]
    assert rows(TrackCompletion)[:1] == before


def test_a_plan_is_looked_at_first_and_then_done_exactly(people: list[int]) -> None:
    drafts = content(track("t", "a", "b", "c"))
    seen = outlook(drafts, t=RETRAIN)
    with pytest.raises(BadInput, match="1 people would be touched; look with --dry-run"):
        publish(drafts, at=LATER, mark="", t=RETRAIN)
    did(people[:1], "a", at=LATER)
    with pytest.raises(BadInput, match="things have changed since you looked"):
        publish(drafts, at=LATER, mark=seen.plan.mark, t=RETRAIN)
    assert rows(ContentChange) == []
    publish(drafts, at=LATER, mark=outlook(drafts, t=RETRAIN).plan.mark, t=RETRAIN)


def test_less_is_equivalent_and_completes_who_has_it(people: list[int], told: list[Any]) -> None:
    done = publish(content(track("t", "a")), at=LATER, t=EQUAL)
    assert deeds(done) == {people[0]: ("moves", (0, 2), (0, 1)), people[1]: ("moves", (1, 2), (1, 1))}
    assert done.plan.counts == {"gains": 1, "loses": 0, "more": 0, "due": 0, "moves": 2, "told": 1, "applies": 1}
    assert [(each.person_id, each.completes) for each in told] == [(people[1], True)]
    assert {row[0] for row in rows(Application, "person_id")} == set(people[1:])


def test_a_module_that_is_accepted_stands_for_another(people: list[int]) -> None:
    replaced = {"items": [{"id": "a", "module": "c", "accepts": ["a"]}, {"id": "b", "module": "b"}]}
    done = publish(content(track("t", **replaced)), at=LATER, t=EQUAL)
    assert deeds(done)[people[1]] == ("moves", (1, 2), (1, 2))


def test_what_counts_no_more_is_lost_only_where_chosen(people: list[int]) -> None:
    other = content(track("t", "c", "b"))
    move = Choices("retraining", under_way="move")
    assert deeds(outlook(other, t=RETRAIN)) == {people[0]: ("moves", (0, 2), (0, 2))}
    plan = publish(other, at=LATER, t=move).plan
    assert [(each.person_id, each.was, each.becomes) for each in plan.effects if each.loses] == [
        (people[1], Way(1, 2), Way(0, 2))
    ]


def test_finished_people_begin_the_next_cycle_with_the_new_version(people: list[int], told: list[Any]) -> None:
    before = rows(TrackCompletion)
    drafts = content(track("t", "a", "b", "c", **RENEWAL))
    done = publish(drafts, at=LATER, t=RENEW)
    [renewed] = [each for each in done.plan.effects if each.deed == "renews"]
    assert (renewed.person_id, renewed.cycle, renewed.due_on) == (people[2], 2, local_date(LATER) + timedelta(days=90))
    assert (renewed.was, renewed.becomes) == (Way(2, 2), Way(0, 3))
    assert rows(TrackCompletion) == before
    assert sorted(rows(ModuleRound, "person_id", "module_key", "round")) == [(people[2], "a", 2), (people[2], "b", 2)]
    new = current(reading()).get("track", "t").revision_id
    assert (people[2], 2, "active", new) in rows(Enrolment, "person_id", "cycle", "state", "revision_id")
    assert {each.person_id for each in told} == {people[0], people[2]}
    kept = rows(ChangeEffect, "person_id", "deed", "cycle", "due_on")
    assert (people[2], "renews", 2, renewed.due_on) in kept
    assert len(kept) == 2


def test_a_third_version_leaves_what_was_finished_under_the_first(people: list[int]) -> None:
    before = rows(TrackCompletion)
    publish(content(track("t", "a", "b", "c")), at=LATER, t=RETRAIN)
    publish(content(track("t", "d")), at=LATER + timedelta(days=1), t=RETRAIN)
    assert rows(TrackCompletion) == before
    standing = queries.standing_of(reading(), current(reading()), people, ["t"])
    progress = standing.progress(people[2], "t")
    assert progress is not None
    assert (progress.state, [item.id for item in progress.items]) == ("completed", ["a", "b"])


def test_renewal_must_be_in_the_file_and_have_a_reason(people: list[int]) -> None:
    for drafts, choices, words in (
        (content(track("t", "a", "b", "c")), RENEW, "the file says nothing of renewal"),
        (content(track("t", "a", **RENEWAL)), Choices("equivalent", finished="renew", days=9), "asked again only for"),
        (content(track("t", "a", "c", **RENEWAL)), Choices("retraining", finished="renew"), "give 1 to 3660 days"),
        (content(track("t", "a", "b", title="Words")), Choices("editorial"), None),
        (content(track("t", "a", "c")), Choices("editorial"), "more than words changed"),
    ):
        if words is None:
            assert outlook(drafts, t=choices).faults == ()
            continue
        with pytest.raises(BadInput, match=words):
            publish(drafts, at=LATER, mark="", t=choices)
    with pytest.raises(BadInput, match="this module has not changed; leave it out"):
        publish(content(track("t", "a", "b")), mark="", module_a=RETRAIN)


def test_a_longer_validity_moves_the_day_of_who_has_finished(people: list[int]) -> None:
    publish(content(track("t", "a", "b", **RENEWAL)), t=EQUAL)
    longer = content(track("t", "a", "b", valid_months=12, renewal={"from": "completion"}))
    plan = publish(longer, at=LATER, t=EQUAL).plan
    [due] = [each for each in plan.effects if each.deed == "due"]
    assert (due.person_id, str(due.due_on)) == (people[2], "2027-03-05")


def test_a_version_that_cannot_be_met_any_more_binds_nobody(people: list[int]) -> None:
    drafts = content(track("t", "a", "c"), without=["b"])
    plan = publish(drafts, at=LATER, t=Choices("retraining", "stay", "stay")).plan
    assert {each.person_id: each.deed for each in plan.effects} == {}
    gone = content(track("t", "a"), without=["b"])
    plan = publish(gone, at=LATER, t=Choices("equivalent", "stay", "stay")).plan
    assert deeds(type("P", (), {"plan": plan})) == {
        people[0]: ("bound", (0, 2), (0, 1)),
        people[1]: ("bound", (1, 2), (1, 1)),
    }
    assert {row[0] for row in rows(TrackCompletion, "person_id")} == set(people[1:])


def test_what_one_track_completes_another_waited_for(app: Flask, make: Make) -> None:
    after = track("after", "a", prerequisites=["t"])
    publish(content(track("t", "a", "b"), after))
    [person] = [each.person_id for each in crowd(make.organization(), ["Midway"])]
    enrol([person])
    enrol([person], "after")
    did([person], "a")
    plan = publish(content(track("t", "a"), after), at=LATER, t=EQUAL).plan
    assert [(each.key, each.deed, each.completes) for each in plan.effects] == [
        ("after", "completes", True),
        ("t", "moves", True),
    ]
    assert sorted(rows(TrackCompletion, "track_key")) == [("after",), ("t",)]


def test_another_track_renews_a_finished_one(people: list[int]) -> None:
    update = track("update", "c")
    grown = track("t", "a", "b", valid_months=24, renewal={"from": "completion", "track": "update"})
    publish(content(track("t", "a", "b"), update))
    did(people[2:], "c", at=LATER)
    plan = publish(content(grown, update), at=LATER + timedelta(days=1), t=RENEW).plan
    assert [
        (each.key, each.deed, each.cycle, each.completes) for each in plan.effects if each.person_id == people[2]
    ] == [
        ("t", "renews", 2, True),
        ("update", "completes", 1, True),
    ]
    assert (people[2], "update", 1, "completed") in rows(Enrolment, "person_id", "track_key", "cycle", "state")


def test_a_changed_module_is_done_again_by_who_finished_with_it(people: list[int], told: list[Any]) -> None:
    drafts = content(track("t", "a", "b"), module("a", lessons=["one", "two"]))
    with pytest.raises(
        BadInput, match=r"modules/a:1:1: more than words changed \(lesson two added\), and this concerns"
    ):
        publish(drafts, mark="")
    assert outlook(drafts, module_a=Choices("equivalent")).plan.effects == ()
    plan = publish(drafts, at=LATER, module_a=RENEW).plan
    assert [(each.person_id, each.key, each.deed, each.cycle) for each in plan.effects] == [
        (people[2], "a", "repeats", 2)
    ]
    assert rows(ModuleRound, "person_id", "module_key", "round") == [(people[2], "a", 2)]
    assert [(each.person_id, each.kind, each.key) for each in told] == [(people[2], "module", "a")]
    again = content(track("t", "a", "b"), module("a"))
    assert publish(again, at=LATER, mark="").plan.effects == ()  # she is doing it again already


def test_a_track_that_renews_opens_its_modules_once(people: list[int]) -> None:
    drafts = content(track("t", "a", "b", "c", **RENEWAL), module("a", lessons=["one", "two"]))
    plan = publish(drafts, at=LATER, t=RENEW, module_a=RENEW).plan
    assert [each.deed for each in plan.effects if each.person_id == people[2]] == ["renews"]


def test_two_who_publish_the_same_plan_do_it_once(app: Flask, people: list[int]) -> None:
    drafts = content(track("t", "a", "b", "c"))
    mark = outlook(drafts, t=RETRAIN).plan.mark
    acts = [lambda: publish(drafts, at=LATER, mark=mark, t=RETRAIN)] * 2
    found = race(app, *acts)
    assert sorted(type(each).__name__ for each in found) == ["BadInput", "Prospect"]
    assert rows(ContentChange, "label") == [("retraining",)]
    assert rows(ChangeEffect, "person_id") == [(people[0],)]


def test_learning_waits_for_a_plan_that_is_being_done(
    app: Flask, people: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def apply_slowly(*arguments: Any, **more: Any) -> None:
        begun.set()
        time.sleep(0.3)  # without the lock of `plan_held` she would learn just now
        apply_plan(*arguments, **more)

    def learn() -> None:
        assert begun.wait(10)
        did(people[:1], "a", at=LATER)

    monkeypatch.setattr("lms.publish.service.apply_plan", apply_slowly)
    drafts = content(track("t", "a"))
    mark = outlook(drafts, t=EQUAL).plan.mark
    found = race(app, lambda: publish(drafts, at=LATER, mark=mark, t=EQUAL), learn)
    assert [isinstance(each, Exception) for each in found] == [False, False]
    assert rows(ChangeEffect, "person_id", "completes") == [(people[0], False), (people[1], True)]
    assert {row[0] for row in rows(TrackCompletion, "person_id")} == set(people)


def test_what_was_read_before_a_rollback_is_not_believed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(content(track("t", "a")))
    attempts = []

    def fail_once(_connection: Any) -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise OperationalError("COMMIT", {}, Exception("database is locked"))

    def go_between(_seconds: float) -> None:  # takes the numbers that the attempt before has given back
        publish(content(track("t", "a", title="Theirs")), mark="")

    event.listen(db.engines["write"], "commit", fail_once)
    monkeypatch.setattr("lms.db.time.sleep", go_between)
    publish(content(track("t", "a", title="Ours")), mark="")
    event.remove(db.engines["write"], "commit", fail_once)
    assert len(attempts) == 3
    assert current(reading()).get("track", "t").files["t.yml"]["title"] == "Ours"
    assert [row[0] for row in rows(ContentChange, "label")] == ["editorial"] * 2


def test_an_older_version_comes_back(people: list[int]) -> None:
    publish(content(track("t", "a", "b", "c")), at=LATER, t=RETRAIN)
    plan = publish(content(track("t", "a", "b")), at=LATER, t=EQUAL).plan
    assert deeds(type("P", (), {"plan": plan})) == {people[0]: ("moves", (0, 3), (0, 2))}


def test_something_else_than_what_was_planned_undoes_it_all() -> None:
    versions._expect(2, 2)
    with pytest.raises(RuleBroken, match="not-as-planned"):
        versions._expect(1, 2)
