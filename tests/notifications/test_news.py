"""Letters about facts: one for each person and fact, from what is true when it is sent, and none afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from lms.clock import local_date
from lms.content.library import current
from lms.db import reading, write
from lms.fieldwork import service as fieldwork
from lms.fieldwork.models import SignUp
from lms.fieldwork.queries.ending import list_ending
from lms.fieldwork.service import sessions
from lms.home.queries import count_waiting
from lms.ids import new_client_id
from lms.notifications import queries, service
from lms.notifications.jobs import send_letters
from lms.notifications.queries import Item, Moment
from lms.notifications.rules import SECOND_THOUGHTS, NoLongerTrue
from lms.tracks import service as tracks
from lms.tracks.models import Enrolment
from lms.tracks.queries import standing_of
from lms.training import service as training
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.fieldwork.classes import DAY, PLAN, Classes, clock
from tests.fieldwork.hours_story import CHECKLIST, Team, levels, make_team
from tests.notifications.conftest import CORE, TODAY, finish, letters, steps
from tests.notifications.test_planning import noon, plan, told
from tests.organizations.conftest import actor_of
from tests.training.conftest import ASK, HOURS, REFUSE, Scene, scene

__all__ = ["scene"]
SOON = AT + SECOND_THOUGHTS


def say(kind: str, at: datetime = SOON) -> list[Item]:
    """Return what the newest letter of a kind tells if it is sent at `at`; raise `NoLongerTrue`."""
    letter = letters(kind)[-1]
    claimed = write(lambda s: service.claim_letters(s, "one", at=at + timedelta(days=1), limit=500))
    write(lambda s: service.give_back(s, claimed, "one"))
    found = next(each for each in claimed if each.id == letter.id)
    try:
        return list(queries.get_facts(reading(), found, Moment(at, local_date(at))).values["items"])
    finally:
        reading().rollback()


def is_dropped(kind: str, at: datetime = SOON) -> bool:
    try:
        say(kind, at)
    except NoLongerTrue:
        return True
    return False


# ── Hours and sign-offs ──────────────────────────────────────────────────────


@pytest.fixture
def team(make: Make, content_app: Flask) -> Team:
    return make_team(make)


def test_hours_that_come_back_in_a_row_are_told_in_one_letter(content_app: Flask, team: Team) -> None:
    first, second = team.enter(), team.enter(done_on=TODAY - timedelta(days=1))
    for each in (first, second):
        team.give_back(each, "Which <library>?")
    assert [each.person_id for each in letters("hours_returned")] == 2 * [team.ana.person_id]
    assert send_letters(content_app, at=AT) == "", "a supervisor may return more in the same minutes"
    items = say("hours_returned")
    assert {each.address["public_id"] for each in items} == {first, second}
    assert items[0].values == {"minutes": 120, "words": "Which <library>?"}
    assert send_letters(content_app, at=SOON) == "1 sent, 1 dropped"


def test_hours_that_were_answered_or_mended_meanwhile_are_not_told(team: Team) -> None:
    entry = team.enter()
    team.give_back(entry)
    write(lambda s: fieldwork.dispute(s, team.actor(team.ana), entry, "The one in Watts.", at=AT))
    assert is_dropped("hours_returned")
    again = team.actor(team.boss)
    write(lambda s: fieldwork.return_entry(s, again, entry, "Again: which?", at=SOON))
    assert len(letters("hours_returned")) == 2
    assert [each.values["words"] for each in say("hours_returned", SOON + SECOND_THOUGHTS)] == ["Again: which?"]


@pytest.mark.parametrize("passed", [True, False])
def test_what_was_seen_of_her_work_is_told_until_it_is_withdrawn(team: Team, passed: bool) -> None:
    public_id = team.sign() if passed else team.sign(levels=dict.fromkeys(levels(), "not-yet"))
    (item,) = say("sign_off")
    assert (item.values["passed"], item.address) == (passed, {"public_id": public_id})
    assert item.title != "field-observation", "a title, not a key"
    actor = team.actor(team.boss)
    write(lambda s: fieldwork.withdraw_observation(s, actor, public_id, "Another person.", at=AT))
    assert is_dropped("sign_off")


# ── Sessions ─────────────────────────────────────────────────────────────────


@pytest.fixture
def classes(make: Make, content_app: Flask) -> Classes:
    return Classes(make)


def change(classes: Classes, group: str, at: datetime = AT, **changes: Any) -> None:
    now = classes.row(group)
    plan_ = replace(PLAN, **{"capacity": now.capacity, "starts": now.starts, "day": now.day, **changes})
    seen, actor = now.revision, classes.teaching
    write(lambda s: sessions.change_session(s, actor, group, plan_, [], seen=seen, at=at))


def test_who_moves_up_is_told_of_her_place(content_app: Flask, classes: Classes) -> None:
    group = classes.plan(capacity=1)
    classes.sign_up(group, classes.ana)
    classes.sign_up(group, classes.luis)
    assert letters() == [], "the page told them"
    classes.leave(group, classes.ana)
    assert [(each.kind, each.person_id) for each in letters()] == [("place", classes.luis.person_id)]
    (item,) = say("place")
    assert (item.day, item.values["starts"], item.values["place"]) == (DAY, time(9), "Main Street 1")
    assert not is_dropped("place", clock(11))
    assert is_dropped("place", clock(12)), "it is over"
    classes.leave(group, classes.luis)
    assert send_letters(content_app, at=AT) == "1 dropped"


def test_only_the_newest_letter_about_a_session_leaves(content_app: Flask, classes: Classes) -> None:
    group = classes.plan()
    classes.sign_up(group, classes.ana)
    change(classes, group, starts=time(10))
    change(classes, group, at=AT + timedelta(seconds=1), starts=time(11))
    assert [each.kind for each in letters()] == 2 * ["session_changed"]
    (item,) = say("session_changed")
    assert item.values["starts"] == time(11)
    assert item.values["is_waiting"] is False
    assert send_letters(content_app, at=SOON) == "1 dropped, 1 sent"


def test_a_change_and_a_place_at_once_are_one_letter(content_app: Flask, classes: Classes) -> None:
    group = classes.plan(capacity=1)
    classes.sign_up(group, classes.ana)
    classes.sign_up(group, classes.luis)
    change(classes, group, capacity=2, starts=time(10))
    assert [each.kind for each in letters()] == ["session_changed", "session_changed", "place"]
    send_letters(content_app, at=SOON)
    sent = [(each.person_id, each.kind) for each in letters() if each.state == "sent"]
    assert sent == [(classes.ana.person_id, "session_changed"), (classes.luis.person_id, "place")]


def test_a_session_that_is_not_held_is_told_to_all_and_nothing_else(content_app: Flask, classes: Classes) -> None:
    group = classes.plan(capacity=1)
    classes.sign_up(group, classes.ana)
    classes.sign_up(group, classes.luis)
    change(classes, group, starts=time(10))
    actor = classes.teaching
    write(lambda s: sessions.cancel_session(s, actor, group, reason="The room is flooded.", at=AT))
    write(lambda s: sessions.cancel_session(s, actor, group, reason="The room is flooded.", at=AT))
    assert sorted(each.kind for each in letters()) == 2 * ["session_cancelled"] + 2 * ["session_changed"]
    send_letters(content_app, at=SOON)
    assert {(each.kind, each.state) for each in letters()} == {
        ("session_cancelled", "sent"),
        ("session_changed", "dropped"),
    }


# ── The day before ───────────────────────────────────────────────────────────


def test_who_has_a_place_is_reminded_the_day_before_once(content_app: Flask, classes: Classes) -> None:
    group = classes.plan(capacity=1)
    classes.sign_up(group, classes.ana)
    classes.sign_up(group, classes.luis)
    wrote = {n: plan(DAY + timedelta(days=n)) for n in range(-4, 3)}
    assert {n: count for n, count in wrote.items() if count} == {-1: 1}
    assert steps() == [(classes.ana.person_id, "session", group, DAY, -1)]
    (item,) = told(DAY - timedelta(days=1)).values["items"]
    assert (item.kind, item.title, item.values["place"]) == ("session", PLAN.title, "Main Street 1")


@pytest.mark.parametrize("fate", ["left", "cancelled", "moved", "begun", "waits"])
def test_nobody_is_reminded_of_a_session_to_which_she_does_not_come(
    content_app: Flask, classes: Classes, fate: str
) -> None:
    group = classes.plan()
    classes.sign_up(group, classes.ana)
    eve = DAY - timedelta(days=1)
    assert plan(eve) == 1
    at = noon(eve)
    if fate == "left":
        classes.leave(group, classes.ana)
    elif fate == "cancelled":
        write(lambda s: sessions.cancel_session(s, classes.teaching, group, reason="Rain", at=AT))
    elif fate == "moved":
        change(classes, group, day=DAY + timedelta(days=7))
    elif fate == "begun":
        at = clock(9, 5)
    else:
        write(lambda s: s.execute(update(SignUp).values(placed_at=None)) and None)
    send_letters(content_app, at=at)
    assert [each.state for each in letters("reminder")] == ["dropped"]
    assert plan(eve) == 0
    if fate == "moved":
        assert plan(DAY + timedelta(days=6)) == 1, "another day is reminded of anew"


def test_a_day_that_was_slept_through_is_made_up_for_before_it_begins(classes: Classes) -> None:
    group = classes.plan()
    classes.sign_up(group, classes.ana)
    assert plan(DAY) == 1
    assert [item.day for item in say("reminder", clock(8, 55))] == [DAY]
    assert is_dropped("reminder", clock(9)), "it has begun"


# ── Earlier training ─────────────────────────────────────────────────────────


def test_what_becomes_of_earlier_training_is_told_while_it_stands(scene: Scene) -> None:
    public_id = scene.send()
    scene.say(0, public_id, ASK)
    (item,) = say("training")
    assert (item.values["outcome"], item.title, item.address) == ("ask", "CHW course", {"public_id": public_id})
    scene.reply(public_id)
    assert is_dropped("training"), "she has answered"
    assert [scene.say(0, public_id, HOURS), scene.say(1, public_id, HOURS)][-1] == "recognized"
    assert say("training")[0].values["outcome"] == "recognized"
    assert len(letters("training")) == 2


def test_a_refusal_and_the_yes_of_the_provider_are_told_once_each(scene: Scene) -> None:
    public_id = scene.send()
    scene.say(0, public_id, REFUSE)
    assert say("training")[0].values["outcome"] == "refuse"
    share = scene.share(public_id)
    for _ in range(2):
        write(lambda s: training.settle_share(s, scene.chief, share, minutes=600, at=AT))
    assert len(letters("training")) == 2
    assert say("training")[0].values["outcome"] == "accepted"


def test_supervisors_of_the_provider_hear_once_a_day_of_what_waits(content_app: Flask, scene: Scene) -> None:
    shares = [scene.share(scene.add()) for _ in range(3)]
    assert [each.person_id for each in letters("training_waits")] == [scene.boss.person_id]
    (item,) = say("training_waits")
    assert (item.values["count"], item.title) == (3, "Fale Ola")
    for each in shares:
        write(lambda s, each=each: training.settle_share(s, scene.chief, each, minutes=60, at=AT))  # type: ignore[misc]
    assert is_dropped("training_waits")
    scene.share(scene.add())
    assert say("training_waits")[0].values["count"] == 1
    scene.name_provider(None)
    assert is_dropped("training_waits"), "she works for another provider now"


# ── Waivers and renewals ─────────────────────────────────────────────────────


@pytest.fixture
def certifier(make: Make) -> MadePerson:
    return make.person("Certifier", roles=("certifier",))


def waive(certifier: MadePerson, person: MadePerson, requirement: str, at: datetime = AT) -> str:
    actor, key = actor_of(certifier, "certifier"), new_client_id()
    return write(
        lambda s: tracks.waive(
            s,
            actor,
            person.person_id,
            CORE,
            requirement,
            reason="experience",
            note="",
            ends_on=None,
            client_id=key,
            at=at,
        )
    )


def test_a_waiver_and_its_end_are_told_without_the_reason(
    content_app: Flask, make: Make, certifier: MadePerson
) -> None:
    ana = make.person("Ana")
    write(lambda s: tracks.enrol(s, [ana.person_id], CORE, at=AT))
    waiver = waive(certifier, ana, _requirement(ana))
    (item,) = say("waiver")
    assert item.values == {"is_granted": True}
    assert item.address == {"key": CORE}
    assert send_letters(content_app, at=AT) == "", "it can be taken back first"
    actor = actor_of(certifier, "certifier")
    assert [write(lambda s: tracks.withdraw_waiver(s, actor, waiver, at=SOON)) for _ in range(2)] == [True, False]
    assert [each.kind for each in letters()] == 2 * ["waiver"]
    assert say("waiver", SOON + SECOND_THOUGHTS)[0].values == {"is_granted": False}
    assert send_letters(content_app, at=SOON) == "1 dropped"


def _requirement(person: MadePerson) -> str:
    standing = standing_of(reading(), current(reading()), [person.person_id], today=TODAY)
    why = standing.explain(person.person_id, CORE)
    reading().rollback()
    assert why is not None
    return next(part.id for part in why.parts if part.can_be_waived)


def test_who_left_a_track_or_it_is_taught_no_more_hears_of_no_waiver(
    make: Make, content_app: Flask, certifier: MadePerson
) -> None:
    ana = make.person("Ana")
    write(lambda s: tracks.enrol(s, [ana.person_id], CORE, at=AT))
    waive(certifier, ana, _requirement(ana))
    write(lambda s: s.execute(update(Enrolment).values(state="withdrawn")) and None)
    assert is_dropped("waiver")


def test_who_may_renew_early_is_told_by_the_certifier_alone(
    content_app: Flask, make: Make, certifier: MadePerson
) -> None:
    ana, mele = make.person("Ana"), make.person("Mele")
    for each in (ana, mele):
        write(lambda s, each=each: s.add(_finished(s, each)))  # type: ignore[misc]
        finish(each, track=CORE)
    asked = [(certifier, "certifier"), (certifier, "certifier")]
    for person, role in asked:
        actor = actor_of(person, role)
        write(lambda s, actor=actor: tracks.open_cycle(s, actor, ana.person_id, CORE, at=AT))  # type: ignore[misc]
    assert [(each.kind, each.person_id) for each in letters()] == [("cycle", ana.person_id)]
    assert say("cycle")[0].address == {"key": CORE}
    write(lambda s: s.execute(update(Enrolment).where(Enrolment.cycle > 1).values(state="completed")) and None)
    assert is_dropped("cycle")


def _finished(session: Any, person: MadePerson) -> Enrolment:
    revision_id = current(session).get("track", CORE).revision_id
    return Enrolment(
        person_id=person.person_id,
        track_key=CORE,
        cycle=1,
        state="completed",
        started_at=AT,
        revision_id=revision_id,
    )


# ── The week of a team ───────────────────────────────────────────────────────


def test_a_digest_counts_what_waits_for_its_reader(content_app: Flask, scene: Scene, make: Make) -> None:
    scene.share(scene.add())
    team = Team(make, scene.place, 0, scene.worker, scene.boss, scene.boss, scene.boss, scene.boss)
    team.enter()
    team.enter(done_on=TODAY - timedelta(days=1))
    news = content_app.extensions["lms.notifications.news"]

    def counts(reader: MadePerson) -> dict[str, int]:
        found = news(reading(), [scene.place], TODAY, "en", reader.person_id)
        reading().rollback()
        return {part.key: part.count for part in found.parts}

    assert counts(scene.boss) == {"hours": 2, "training": 1}
    shown = count_waiting(reading(), scene.chief, AT)
    reading().rollback()
    assert (shown.hours, shown.training, shown.sessions) == (2, 1, 0), "the page of the team says the same"
    assert counts(scene.worker) == {}, "nobody says yes to her own"
    write(lambda s: service.write_digests(s, [scene.boss.person_id], TODAY, at=AT))
    assert send_letters(content_app, at=AT) == "1 sent"


# ── Told by somebody else's act ──────────────────────────────────────────────


def test_whom_somebody_else_signs_up_or_takes_off_is_told(content_app: Flask, classes: Classes) -> None:
    group, boss = classes.plan(capacity=1), actor_of(classes.boss)
    classes.sign_up(group, classes.ana, classes.luis, actor=boss)
    classes.sign_up(group, classes.ana, actor=boss)
    assert [(each.kind, each.person_id) for each in letters()] == [
        ("signed_up", classes.ana.person_id),
        ("signed_up", classes.luis.person_id),
    ]
    assert [each.values["is_waiting"] for each in say("signed_up")] == [True]
    assert not is_dropped("signed_up", clock(11))
    assert is_dropped("signed_up", clock(12)), "it is over"
    later = AT + timedelta(minutes=1)
    classes.leave(group, classes.ana, actor=boss, at=later)
    assert [(each.kind, each.person_id) for each in letters()[2:]] == [
        ("taken_off", classes.ana.person_id),
        ("place", classes.luis.person_id),
    ]
    assert [item.kind for item in say("taken_off")] == ["taken_off"]
    send_letters(content_app, at=SOON)
    assert [each.state for each in letters()] == ["dropped", "dropped", "sent", "sent"], "the newest of each alone"


def test_who_leaves_or_comes_back_herself_is_told_nothing(content_app: Flask, classes: Classes) -> None:
    group, boss = classes.plan(), actor_of(classes.boss)
    classes.sign_up(group, classes.ana)
    classes.leave(group, classes.ana)
    assert letters() == []
    classes.sign_up(group, classes.ana)
    classes.leave(group, classes.ana, actor=boss)
    classes.sign_up(group, classes.ana)
    assert is_dropped("taken_off"), "she is on the list again"


# ── Sign-offs and certificates that end ──────────────────────────────────────


def test_a_sign_off_that_ends_is_reminded_of_until_it_is_done_again(content_app: Flask, team: Team) -> None:
    team.sign()
    (ends,) = [day for _key, day in list_ending(reading(), team.ana.person_id)]
    reading().rollback()
    wrote = {n: plan(ends + timedelta(days=n)) for n in range(-35, 3)}
    assert {n: count for n, count in wrote.items() if count} == {-30: 1, -7: 1}
    assert [each[1:] for each in steps()] == [("sign_off", CHECKLIST, ends, step) for step in (-30, -7)]
    (item,) = told(ends - timedelta(days=7)).values["items"]
    assert (item.kind, item.endpoint, item.day) == ("sign_off_ends", "fieldwork.own_sign_offs", ends)
    again = noon(ends - timedelta(days=7))
    team.sign(at=again)
    with pytest.raises(NoLongerTrue):
        told(ends - timedelta(days=7))


def test_a_sign_off_that_was_withdrawn_is_not_reminded_of(team: Team) -> None:
    public_id = team.sign()
    actor = team.actor(team.boss)
    write(lambda s: fieldwork.withdraw_observation(s, actor, public_id, "Another person.", at=AT))
    assert list_ending(reading(), team.ana.person_id) == []
