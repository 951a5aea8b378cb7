"""Renewing: a new cycle, the next round of its modules, and what counts in it, on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit.models import AuditEvent
from lms.content.library import current
from lms.courses import queries as courses
from lms.courses.models import ModuleRound
from lms.courses.service import open_rounds
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.tracks import queries, service
from lms.tracks.models import Enrolment, TrackCompletion
from lms.tracks.rules import TrackProgress
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.racing import race
from tests.tracks.conftest import MODULES, actor_of, earn, learn
from tests.tracks.sample import INSTEAD, REFRESHER, YEARLY, publish_tracks

#: Completed on 5 March 2026; due on 5 March 2027; the window opens on 4 January 2027.
EARLY, OPEN = datetime(2027, 1, 3, 20, tzinfo=UTC), datetime(2027, 1, 4, 20, tzinfo=UTC)
KEY = "yearly"


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the real content, with three tracks more."""
    publish_tracks(YEARLY, INSTEAD, REFRESHER)


def finished(make: Make, key: str = KEY) -> MadePerson:
    """Return somebody who completed a track on 5 March 2026."""
    person = make.person()
    earn(person, *MODULES)
    write(lambda session: service.enrol(session, [person.person_id], key, at=AT))
    return person


def renew(
    person: MadePerson, key: str = KEY, *, at: datetime = OPEN, by: MadePerson | None = None, **more: Any
) -> bool:
    """Begin the next cycle, by the person herself or by another."""
    actor = actor_of(by or person, *more.get("roles", ()), at=at)
    return write(lambda session: service.open_cycle(session, actor, person.person_id, key, at=at))


def progress(person: MadePerson, key: str = KEY) -> TrackProgress:
    """Return how far a person is."""
    found = queries.progress_of(reading(), current(reading()), [person.person_id], [key])[person.person_id, key]
    reading().rollback()
    return found


def cycles(person: MadePerson, key: str = KEY) -> list[tuple[int, str]]:
    """Return the cycles of a person's track, with their states."""
    query = select(Enrolment.cycle, Enrolment.state).where(
        Enrolment.person_id == person.person_id, Enrolment.track_key == key
    )
    found = [tuple(row) for row in reading().execute(query.order_by(Enrolment.cycle))]
    reading().rollback()
    return found


def rounds(person: MadePerson) -> dict[str, int]:
    """Return the further rounds that are open to a person."""
    found = courses.rounds_of(reading(), [person.person_id])
    reading().rollback()
    return {key: number for (_person, key), number in found.items()}


def test_a_renewal_begins_a_new_cycle_and_resets_nothing(make: Make) -> None:
    ana = finished(make)
    assert renew(ana)
    assert cycles(ana) == [(1, "completed"), (2, "active")]
    assert rounds(ana) == {"communication": 2, "outreach": 2}
    found = progress(ana)
    assert (found.state, found.cycle, found.done, found.current.module_key) == ("active", 2, 0, "communication")
    assert len(courses.list_completions(reading(), [ana.person_id])) == 2, "what was done is still there"
    assert [each.cycle for each in queries.list_completions(reading(), [ana.person_id])] == [1]
    assert not renew(ana), "twice changes nothing"
    assert cycles(ana) == [(1, "completed"), (2, "active")]


def test_in_the_new_cycle_each_module_is_done_again_step_by_step(make: Make, heard: list[Any]) -> None:
    ana = finished(make)
    renew(ana)
    heard.clear()
    learn(ana, *MODULES, at=OPEN + timedelta(hours=1))
    done = courses.list_completions(reading(), [ana.person_id])
    assert sorted((each.module_key, each.round) for each in done) == [(key, n) for key in MODULES for n in (1, 2)]
    assert cycles(ana) == [(1, "completed"), (2, "completed")]
    (subject,) = [each for fact in heard for each in fact.subjects]
    assert (subject.track_key, subject.cycle, subject.completed_on) == (KEY, 2, date(2027, 1, 4))
    counted = queries.list_completions(reading(), [ana.person_id])[-1].counted
    assert [(each["module"], each["round"]) for each in counted] == [(key, 2) for key in MODULES]
    assert write(lambda s: service.recompute(s, current(s), at=OPEN)) == []


def test_what_was_done_since_the_completion_counts_and_is_not_asked_for_again(make: Make) -> None:
    ana = finished(make)
    earn(ana, "communication", at=AT + timedelta(days=90), round_=2)
    assert renew(ana)
    assert rounds(ana) == {"outreach": 2}
    assert (progress(ana).done, progress(ana).current.module_key) == (1, "outreach")


def test_before_its_time_only_a_certifier_opens_it(make: Make) -> None:
    ana, certifier = finished(make), make.person(roles=("certifier",))
    with pytest.raises(RuleBroken) as refused:
        renew(ana, at=EARLY)
    assert (refused.value.code, refused.value.values) == ("renewal-early", {"opens_on": date(2027, 1, 4)})
    with pytest.raises(NotFound):
        renew(ana, by=make.person())
    assert renew(ana, at=EARLY, by=certifier, roles=("certifier",))
    event = reading().execute(
        select(AuditEvent.actor_account_id, AuditEvent.details).where(AuditEvent.action == "tracks.cycle_opened")
    ).one()  # fmt: skip
    assert (event.actor_account_id, event.details) == (certifier.account_id, {"track": KEY, "cycle": 2})


def test_long_after_its_time_she_can_still_renew(make: Make) -> None:
    ana = finished(make)
    assert renew(ana, at=OPEN + timedelta(days=2000)), "late is late, never locked out"


def test_what_is_not_completed_or_never_due_again_is_not_renewed(make: Make) -> None:
    ana = make.person()
    write(lambda session: service.enrol(session, [ana.person_id], KEY, at=AT))
    for key in (KEY, "refresher", "first-steps"):
        with pytest.raises(RuleBroken, match="no-renewal"):
            renew(ana, key)
    with pytest.raises(NotFound):
        renew(ana, "no-such-track")


def test_a_supervisor_renews_by_assigning_in_the_window_only(make: Make) -> None:
    cbo = make.organization()
    boss, ana = make.supervisor(cbo), finished(make)
    make.employment(ana, cbo)

    def assign(at: datetime) -> service.BatchSummary:
        who = {"due_on": None, "client_id": new_client_id(), "at": at}
        return write(lambda s: service.assign(s, actor_of(boss, at=at), cbo, KEY, [ana.person_id], **who))

    early = assign(EARLY)
    assert cycles(ana) == [(1, "completed")]
    write(lambda s: service.undo_batch(s, actor_of(boss, at=EARLY), early.batch_public_id, at=EARLY))
    batch = assign(OPEN)
    assert cycles(ana) == [(1, "completed"), (2, "active")]
    write(lambda s: service.undo_batch(s, actor_of(boss, at=OPEN), batch.batch_public_id, at=OPEN))
    assert cycles(ana) == [(1, "completed"), (2, "withdrawn")]
    assert (progress(ana).state, progress(ana).cycle) == ("completed", 1), "she has finished it, as before"
    assert renew(ana)
    assert (cycles(ana)[1], progress(ana).cycle) == ((2, "active"), 2)


def test_a_renewal_by_another_track_is_met_by_that_track(make: Make, heard: list[Any]) -> None:
    ana = finished(make, "instead")
    assert renew(ana, "instead")
    assert (cycles(ana, "refresher"), rounds(ana)) == ([(1, "active")], {})
    found = progress(ana, "instead")
    assert (found.done, found.total, found.others[0].part.key) == (0, 1, "refresher")
    heard.clear()
    trainer = make.person(roles=("trainer",))
    learn(ana, "public-health", at=OPEN + timedelta(hours=1), assessor=trainer)
    done = [(each.track_key, each.cycle) for fact in heard for each in fact.subjects]
    assert done == [("refresher", 1), ("instead", 2)], "one completes the other, in the same transaction"
    again = OPEN + timedelta(days=400)
    assert renew(ana, "instead", at=again)
    assert (cycles(ana, "refresher"), rounds(ana)) == ([(1, "completed"), (2, "active")], {"public-health": 2})
    assert progress(ana, "instead").done == 0
    assert write(lambda s: service.recompute(s, current(s), at=again)) == []


def test_a_refresher_that_she_is_on_already_goes_on(make: Make) -> None:
    ana = finished(make, "instead")
    write(lambda session: service.enrol(session, [ana.person_id], "refresher", at=AT))
    assert renew(ana, "instead")
    assert cycles(ana, "refresher") == [(1, "active")]


def test_two_taps_at_once_begin_one_cycle(make: Make, content_app: Flask) -> None:
    ana = finished(make)
    assert sorted(map(str, race(content_app, lambda: renew(ana), lambda: renew(ana)))) == ["False", "True"]
    assert cycles(ana) == [(1, "completed"), (2, "active")]


def test_a_further_round_opens_only_after_the_one_before(make: Make) -> None:
    ana, bea = make.person(), make.person()
    earn(ana, "communication")
    wanted = {(person.person_id, key) for person in (ana, bea) for key in ("communication", "outreach", "gone")}
    opened = write(lambda s: open_rounds(s, current(s), wanted, at=AT))
    assert opened == [(ana.person_id, "communication", 2)]
    assert write(lambda s: open_rounds(s, current(s), wanted, at=AT)) == [], "the second is open and not done"
    assert courses.round_of(reading(), ana.person_id, "communication") == 2
    assert courses.round_of(reading(), bea.person_id, "communication") == 1
    found = courses.progress_of(reading(), current(reading()), [ana.person_id], ["communication"])
    assert found[ana.person_id, "communication"].completed_on is None
    reading().rollback()
    earn(ana, "communication", at=AT + timedelta(days=1), round_=2)
    assert write(lambda s: open_rounds(s, current(s), wanted, at=AT)) == [(ana.person_id, "communication", 3)]
    assert len(reading().execute(select(ModuleRound.id)).all()) == 2


def test_nobody_and_no_rule_open_nothing(make: Make) -> None:
    ana = finished(make)
    before = reading().execute(select(TrackCompletion.id)).all()
    reading().rollback()
    write(lambda session: service.enrol(session, [ana.person_id], "first-steps", at=OPEN))
    write(lambda session: service.enrol(session, [ana.person_id], "first-steps", at=OPEN))
    assert cycles(ana, "first-steps") == [(1, "completed")]
    assert len(reading().execute(select(TrackCompletion.id)).all()) == len(before) + 1


def ask(boss: MadePerson, person: MadePerson, *, at: datetime) -> service.BatchSummary:
    """Assign the track by the person's supervisor."""
    actor = actor_of(boss, at=at)
    (place,) = actor.supervises
    return write(
        lambda session: service.assign(
            session, actor, place, KEY, [person.person_id], due_on=None, client_id=new_client_id(), at=at
        )
    )


def test_an_organization_asks_anew_once_it_is_time_to_renew(make: Make) -> None:
    place = make.organization()
    boss, person = make.supervisor(place), finished(make)
    make.employment(person, place)
    assert ask(boss, person, at=AT).assigned == 1
    early = ask(boss, person, at=EARLY)
    assert (early.assigned, early.finished) == (0, 1)
    assert ask(boss, person, at=OPEN).assigned == 1
    assert (progress(person).state, progress(person).cycle) == ("active", 2)
    again = ask(boss, person, at=OPEN + timedelta(days=1))
    assert (again.assigned, again.already, again.finished) == (0, 1, 0)


def test_who_has_begun_to_renew_can_be_asked_for_that_cycle(make: Make) -> None:
    place = make.organization()
    boss, person = make.supervisor(place), finished(make)
    make.employment(person, place)
    ask(boss, person, at=AT)
    assert renew(person)
    assert ask(boss, person, at=OPEN + timedelta(days=1)).assigned == 1
