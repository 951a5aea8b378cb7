"""Planning reminders: by local dates, each step once, only the latest one, in one letter, and only while it is true."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, insert, text, update

from lms.certificates import service as certificates
from lms.db import db, reading, write
from lms.ids import new_client_id
from lms.notifications import queries, rules, service
from lms.notifications.jobs import plan_digests, plan_reminders, send_letters
from lms.notifications.models import Letter, LetterChoice, Reminder
from lms.notifications.queries import Moment
from lms.notifications.queries.obligations import KINDS
from lms.notifications.rules import NoLongerTrue, step_on
from lms.organizations.models import Employment, Supervision
from lms.people.models import Person
from lms.tracks.models import Assignment
from tests.certificates.story import CERTIFY, actor_of, application_of, award_of, certify, complete, republish
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.notifications.conftest import CORE, FIRST, ask, finish, letters, phone, steps
from tests.racing import race

TODAY = AT.date()
DAY = timedelta(days=1)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 20, tzinfo=UTC)


def plan(day: date = TODAY) -> int:
    return write(lambda session: service.plan_reminders(session, today=day, at=noon(day)))


def told(day: date = TODAY, kind: str = "reminder") -> Any:
    """Return what the newest letter of a kind says on a day."""
    at = noon(day)
    claimed = write(lambda s: service.claim_letters(s, "one", at=at + timedelta(hours=1), limit=500))
    write(lambda s: service.give_back(s, claimed, "one"))
    letter = [each for each in claimed if each.kind == kind][-1]
    try:
        return queries.get_facts(reading(), letter, Moment(at, day))
    finally:
        reading().rollback()


def titles(day: date = TODAY) -> list[str]:
    return [item.title for item in told(day).values["items"]]


def forget() -> None:
    """Take away what was planned, as if it never had been."""
    write(lambda s: [s.execute(delete(model)) for model in (Reminder, Letter)] and None)


@pytest.fixture
def place(make: Make) -> int:
    return make.organization("Clínica")


def hired(make: Make, place: int, **more: Any) -> MadePerson:
    person = make.person(**more)
    make.employment(person, place)
    return person


# ── Which step ───────────────────────────────────────────────────────────────


def test_the_year_of_one_due_date(content_app: Flask, make: Make, place: int) -> None:
    due = date(2026, 7, 1)
    ana = hired(make, place)
    ask(place, due, ana)
    days = [due + timedelta(days=n) for n in range(-60, 60)]
    wrote = {(day - due).days: plan(day) for day in days}
    assert {n: count for n, count in wrote.items() if count} == {-30: 1, -7: 1, -1: 1, 1: 1, 14: 1}
    assert [step for *_, step in steps()] == [-30, -7, -1, 1, 14]
    assert steps()[0][:4] == (ana.person_id, "track", "first-steps:1", due)


@pytest.mark.parametrize(
    ("slept", "step"), [(-31, None), (-25, -30), (-6, -7), (0, -1), (5, 1), (14, 14), (20, 14), (21, None)]
)
def test_missed_days_are_made_up_for_by_the_latest_step_alone(
    content_app: Flask, make: Make, place: int, slept: int, step: int | None
) -> None:
    ask(place, TODAY - timedelta(days=slept), hired(make, place))
    assert plan() == (step is not None)
    assert [each[-1] for each in steps()] == ([step] if step is not None else [])
    assert plan() == 0


def test_who_was_asked_lately_is_not_reminded_of_what_her_letter_told(
    content_app: Flask, make: Make, place: int
) -> None:
    ask(place, TODAY + 5 * DAY, hired(make, place), since=TODAY)
    assert [plan(TODAY + n * DAY) for n in range(7)] == [0, 0, 0, 0, 1, 0, 1]
    assert [step for *_, step in steps()] == [-1, 1]


def test_the_plan_is_the_rule_for_many_people_over_many_days(content_app: Flask, make: Make, place: int) -> None:
    rng = Random(13)
    people = [hired(make, place) for _ in range(40)]
    wanted: dict[int, tuple[date, date]] = {}
    for person in people:
        due = TODAY + timedelta(days=rng.randint(-40, 80))
        since = min(TODAY, due) - timedelta(days=rng.choice([0, 1, 3, 8, 200]))
        wanted[person.person_id] = due, since
        ask(place, due, person, since=since)
    expected = set()
    days = sorted(rng.sample(range(60), 25))
    for day in (TODAY + timedelta(days=n) for n in days):
        plan(day)
        for person_id, (due, since) in wanted.items():
            step = step_on(rules.TRACK, due, day, since)
            if step is not None:
                expected.add((person_id, "track", "first-steps:1", due, step))
    assert len(expected) > 60, "the story is too short to mean anything"
    assert set(steps()) == expected
    assert len(steps()) == len(expected)


# ── One letter ───────────────────────────────────────────────────────────────


def test_what_is_due_on_one_day_goes_in_one_letter(content_app: Flask, make: Make, place: int) -> None:
    ana, mele = hired(make, place), hired(make, place, language="to")
    ask(place, TODAY + 7 * DAY, ana, mele)
    ask(place, TODAY + DAY, ana, track=CORE)
    assert plan() == 2
    assert len(steps()) == 3
    assert [each.person_id for each in letters("reminder")] == [ana.person_id, mele.person_id]
    assert len({each.public_id for each in letters()}) == 2
    assert all(len(each.public_id) == 20 for each in letters())
    assert send_letters(content_app, at=noon(TODAY)) == "2 sent"


def test_each_organization_that_asks_for_the_same_has_its_own_date_and_one_day_is_told_once(
    content_app: Flask, make: Make, place: int
) -> None:
    other, third, ana = make.organization(), make.organization(), hired(make, place)
    for each in (other, third):
        make.employment(ana, each)
    ask(place, TODAY - 90 * DAY, ana)  # it passed long ago, and hides nothing
    ask(other, TODAY + 8 * DAY, ana, since=TODAY - 3 * DAY)
    ask(third, TODAY + 8 * DAY, ana)
    assert [plan(TODAY + n * DAY) for n in range(9)] == [1, 1, 0, 0, 0, 0, 0, 1, 0]
    assert [(day, step) for *_, day, step in steps()] == [(TODAY + 8 * DAY, step) for step in (-30, -7, -1)]
    assert [item.day for item in told(TODAY + DAY).values["items"]] == [TODAY + 8 * DAY]


def test_two_dates_of_one_track_stand_in_one_letter_of_a_day(content_app: Flask, make: Make, place: int) -> None:
    other, ana = make.organization(), hired(make, place)
    make.employment(ana, other)
    ask(place, TODAY + 7 * DAY, ana)
    ask(other, TODAY + 30 * DAY, ana)
    assert plan() == 1
    assert [item.day for item in told().values["items"]] == [TODAY + 7 * DAY, TODAY + 30 * DAY]


def test_a_new_date_is_a_new_obligation(content_app: Flask, make: Make, place: int) -> None:
    ana = hired(make, place)
    batch = ask(place, TODAY + 7 * DAY, ana)
    assert plan() == 1
    undo(batch)
    ask(place, TODAY + 8 * DAY, ana)
    with pytest.raises(NoLongerTrue):
        told()
    assert plan(TODAY + DAY) == 1
    assert titles(TODAY + DAY)


def test_two_planners_at_once_write_nothing_twice(content_app: Flask, make: Make, place: int) -> None:
    people = [hired(make, place) for _ in range(30)]
    ask(place, TODAY + 7 * DAY, *people)
    results = race(content_app, plan, plan)
    assert sorted(results) == [0, 30]
    assert len(steps()) == len(letters()) == 30


# ── While it is true ─────────────────────────────────────────────────────────


def undo(batch: int) -> None:
    write(lambda s: s.execute(update(Assignment).where(Assignment.batch_id == batch).values(undone_at=AT)) and None)


def leave(person: MadePerson) -> None:
    ended = {"ended_on": TODAY - DAY, "end_reason": "other"}
    write(
        lambda s: s.execute(update(Employment).where(Employment.person_id == person.person_id).values(ended)) and None
    )


@pytest.mark.parametrize("fate", ["finished", "undone", "left", "retired", "stopped"])
def test_nobody_is_reminded_of_what_is_over(content_app: Flask, make: Make, place: int, fate: str) -> None:
    ana = hired(make, place, language="sm")
    batch = ask(place, TODAY + 7 * DAY, ana)

    def end() -> None:
        if fate == "finished":
            finish(ana, language="to")
        elif fate == "undone":
            undo(batch)
        elif fate == "left":
            leave(ana)
        elif fate == "retired":
            republish(without=("track", FIRST))
        else:
            wish = {"quiet_from": 21, "quiet_until": 8, "wants_digest": True, "changed_at": AT}
            write(lambda s: s.add(LetterChoice(person_id=ana.person_id, channel="none", **wish)))

    assert plan() == 1
    end()
    assert send_letters(content_app, at=noon(TODAY)) == "1 dropped"
    if fate != "retired":  # whether a track is taught stands in no table, so it is asked when the letter is sent
        forget()
        assert plan() == 0


def test_of_several_things_only_what_is_still_open_is_told(content_app: Flask, make: Make, place: int) -> None:
    ana = hired(make, place)
    ask(place, TODAY + 7 * DAY, ana)
    ask(place, TODAY + DAY, ana, track=CORE)
    plan()
    assert len(titles()) == 2
    finish(ana, track=CORE)
    assert len(titles()) == 1
    assert [item.is_over for item in told(TODAY + 9 * DAY).values["items"]] == [True]


# ── Certificates ─────────────────────────────────────────────────────────────


def test_a_certificate_that_ends_reminds_four_times(content_app: Flask, make: Make) -> None:
    worker, _ = certify(content_app, make)
    row = queries.facts.certificates.list_certificates(reading(), [worker.person_id], today=TODAY)[0]
    ends = row.valid_until
    reading().rollback()
    assert ends is not None
    wrote = {n: plan(ends + timedelta(days=n)) for n in range(-100, 5)}
    assert {n: count for n, count in wrote.items() if count} == {-90: 1, -60: 1, -30: 1, -7: 1}
    assert [item.day for item in told(ends).values["items"]] == [ends]
    with pytest.raises(NoLongerTrue):
        told(ends + DAY)


@pytest.mark.parametrize("fate", ["revoked", "renewed", "suspended"])
def test_a_certificate_that_no_longer_ends_by_itself_reminds_nobody(content_app: Flask, make: Make, fate: str) -> None:
    worker, certifier = certify(content_app, make)
    row = queries.facts.certificates.list_certificates(reading(), [worker.person_id], today=TODAY)[0]
    reading().rollback()
    assert row.valid_until is not None
    day, award = row.valid_until - 30 * DAY, award_of(worker).public_id
    assert plan(day) == 1
    if fate == "suspended":
        write(lambda s: certificates.suspend(s, actor_of(certifier), award, "under-review", at=AT))
    elif fate == "revoked":
        second = make.person(roles=("administrator",))
        actor, why = actor_of(certifier), "issued-in-error"
        request = write(lambda s: certificates.request_revocation(s, actor, award, why, "", at=AT))
        write(lambda s: certificates.settle_revocation(s, actor_of(second), request, confirm=True, at=AT))
    else:
        complete(worker, cycle=2, at=AT)
        actor, key, again = actor_of(certifier), new_client_id(), application_of(worker, cycle=2)
        write(lambda s: certificates.decide(s, actor, again, CERTIFY, client_id=key, at=AT))
    with pytest.raises(NoLongerTrue):
        told(day)
    forget()
    assert plan(day) == (1 if fate == "suspended" else 0)


# ── The week of a team ───────────────────────────────────────────────────────


def digest(day: date = TODAY) -> str:
    return plan_digests(None, at=noon(day))  # type: ignore[arg-type]


def test_each_supervisor_gets_one_letter_a_week_and_nobody_for_nothing(
    content_app: Flask, make: Make, place: int
) -> None:
    boss, ana = make.supervisor(place, "Boss"), hired(make, place, name="Ana López")
    other = make.supervisor(make.organization(), "Other")
    ask(place, TODAY - DAY, ana)
    monday = TODAY - timedelta(days=TODAY.weekday())
    assert digest(monday) == "2 to supervisors"
    assert digest(monday + 6 * DAY) == "", "one letter a week, on whatever day the job runs"
    assert send_letters(content_app, at=noon(TODAY)) == "1 sent, 1 dropped"
    by_reader = {each.person_id: (each.state, each.problem) for each in letters("digest")}
    assert by_reader == {boss.person_id: ("sent", None), other.person_id: ("dropped", "nothing-to-say")}
    assert digest(monday + 7 * DAY) == "2 to supervisors"


def test_a_digest_says_what_the_page_of_the_team_says(content_app: Flask, make: Make, place: int) -> None:
    boss = make.supervisor(place, "Boss", language="es")
    late = [hired(make, place, name=f"Late {n}") for n in range(7)]
    ask(place, TODAY - DAY, *late)
    ask(place, TODAY + 7 * DAY, hired(make, place, name="In a week"))
    ask(place, TODAY + 8 * DAY, hired(make, place, name="In eight days"))
    done, long_done = hired(make, place, name="Done"), hired(make, place, name="Long done")
    ask(place, TODAY + DAY, done, long_done)
    finish(done, on=TODAY - 6 * DAY)
    finish(long_done, on=TODAY - 7 * DAY)
    digest()
    news = content_app.extensions["lms.notifications.news"](reading(), [place], TODAY, "es", boss.person_id)
    reading().rollback()
    found = {part.key: (part.count, [line.name for line in part.lines]) for part in news.parts}
    assert found == {
        "late": (7, [f"Late {n}" for n in range(5)]),
        "week": (1, ["In a week"]),
        "month": (1, ["In eight days"]),
        "finished": (1, ["Done"]),
    }
    assert {line.track for part in news.parts for line in part.lines} == {"Primeros pasos"}
    assert send_letters(content_app, at=noon(TODAY)) == "1 sent"
    assert letters("digest")[0].person_id == boss.person_id


def test_whoever_supervises_no_more_or_wants_none_gets_no_digest(content_app: Flask, make: Make, place: int) -> None:
    gone, unwilling = make.supervisor(place, "Gone"), make.supervisor(place, "Unwilling")
    ask(place, TODAY - DAY, hired(make, place))
    wish = {"quiet_from": 21, "quiet_until": 8, "wants_digest": False, "changed_at": AT}
    write(lambda s: s.add(LetterChoice(person_id=unwilling.person_id, channel=None, **wish)))
    assert digest() == "1 to supervisors"
    write(lambda s: s.execute(update(Supervision).values(ended_on=TODAY - DAY)) and None)
    assert send_letters(content_app, at=noon(TODAY)) == "1 dropped"
    assert [each.person_id for each in letters("digest")] == [gone.person_id]
    assert digest(TODAY + 7 * DAY) == ""


def test_a_delegate_gets_it_while_she_delegates(content_app: Flask, make: Make, place: int) -> None:
    deputy = make.person("Deputy")
    employment = make.employment(deputy, make.organization())
    until = {"started_on": TODAY, "ended_on": TODAY + 3 * DAY}
    write(lambda s: s.add(Supervision(employment_id=employment, organization_id=place, **until)))
    assert [digest(TODAY + n * DAY) for n in (-7, 0, 7)] == ["", "1 to supervisors", ""]
    assert letters("digest")[0].person_id == deputy.person_id


# ── As jobs, and at size ─────────────────────────────────────────────────────


def test_the_jobs_say_what_they_wrote(content_app: Flask, make: Make, place: int) -> None:
    config = content_app.config["LMS"]
    assert plan_reminders(config, at=AT) == ""
    ask(place, TODAY + 7 * DAY, hired(make, place))
    assert plan_reminders(config, at=AT) == "1 to remind"
    assert plan_digests(config, at=AT) == ""


def test_ten_thousand_assignments_are_planned_in_a_few_statements(content_app: Flask, make: Make, place: int) -> None:
    """Also the figure of docs/performance.md: `pytest -s` prints it."""
    count = 10_000
    asker = make.supervisor(place)
    batch = ask(place, TODAY + 7 * DAY, asker)

    def fill(session: Any) -> None:
        first = 1_000_000
        ids = range(first, first + count)
        person = {"search_key": "x", "language": "en", "is_demonstration": True, "created_at": AT}
        session.execute(insert(Person), [{"id": n, "public_id": f"p{n:019}", "name": "X", **person} for n in ids])
        spell = {"organization_id": place, "started_on": date(2025, 1, 1)}
        session.execute(insert(Employment), [{"person_id": n, "public_id": f"e{n:019}", **spell} for n in ids])
        asked = {"batch_id": batch, "organization_id": place, "track_key": FIRST, "cycle": 1}
        when = {"due_on": TODAY + 7 * DAY, "assigned_at": AT, "assigned_on": date(2025, 6, 1)}
        session.execute(insert(Assignment), [{"person_id": n, **asked, **when} for n in ids])

    write(fill)
    # As PostgreSQL does by itself after a while; other tests have left dead rows in these tables.
    with db.engines["write"].connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if connection.dialect.name == "postgresql" else "ANALYZE"))
    statements: list[str] = []
    engine = db.engines["write"]

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    began = time.perf_counter()
    try:
        assert plan() == count + 1
    finally:
        took = time.perf_counter() - began
        event.remove(engine, "before_cursor_execute", note)
    print(f"\n{count} reminders planned on {engine.dialect.name} in {took:.2f} s")
    assert (
        len([each for each in statements if not each.startswith(("PRAGMA", "BEGIN", "select pg_", "SELECT pg_"))])
        == len(KINDS) + 2
    )
    assert took < 10, "2 s on a machine that does nothing else"
    assert phone(asker), "the database is not at its end"
