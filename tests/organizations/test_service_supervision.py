"""Moving somebody in one act, and standing in for a supervisor for a time, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from lms.actor import Actor
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.organizations import queries, service
from lms.organizations.models import Employment, EmploymentTerms, Supervision
from lms.organizations.queries import ties_of
from lms.organizations.service import Terms, transfers
from lms.people.models import Account
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.organizations.conftest import TODAY, actions, actor_of, public_id_of, rows
from tests.racing import act_during, outcomes

DAY = timedelta(days=1)
WEEK = TODAY + 7 * DAY


@pytest.fixture(autouse=True)
def _engines(app: Flask) -> None:
    """Every test here runs on both engines."""


class Two:
    """Two CBOs, a supervisor of both, one of the first alone, an administrator, and Ana who works at the first."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.hope, self.other = make.organization("Hope"), make.organization("Other")
        self.both = make.supervisor(self.hope, "Both")
        self.also(self.both, self.other)
        self.boss = make.supervisor(self.hope, "Boss")
        self.admin = make.person("Admin", roles=("administrator",))
        self.ana = make.person("Ana López")
        self.spell = self.key(make.employment(self.ana, self.hope))

    def also(self, person: MadePerson, organization_id: int) -> None:
        """Let somebody supervise one more organization."""
        spell = next(number for number, owner in rows(Employment.id, Employment.person_id) if owner == person.person_id)
        row = {"employment_id": spell, "organization_id": organization_id, "started_on": date(2025, 1, 1)}
        write(lambda s: s.add(Supervision(**row)))

    @staticmethod
    def key(employment_id: int) -> str:
        """Return an employment's public id."""
        return next(key for number, key in rows(Employment.id, Employment.public_id) if number == employment_id)


@pytest.fixture
def two(make: Make) -> Two:
    """Return two CBOs."""
    return Two(make)


def move(actor: Actor, spell: str, place: int, **more: Any) -> service.Started:
    """Move the holder of a spell to another organization."""
    values = {"started_on": TODAY, "terms": Terms("Lead"), "client_id": new_client_id(), "at": AT, **more}
    return write(lambda s: service.transfer_employment(s, actor, spell, place, **values))


def refusal(act: Callable[[], Any]) -> str:
    """Return the code of the rule that an act breaks."""
    with pytest.raises(RuleBroken) as caught:
        act()
    return caught.value.code


def spells(person: MadePerson) -> list[tuple[Any, ...]]:
    """Return a person's spells."""
    found = rows(
        Employment.organization_id,
        Employment.started_on,
        Employment.ended_on,
        Employment.end_reason,
        Employment.person_id,
    )
    return [row[:4] for row in found if row[4] == person.person_id]


def test_a_move_ends_one_spell_and_begins_another(two: Two) -> None:
    key = new_client_id()
    moved = move(actor_of(two.both), two.spell, two.other, client_id=key)
    assert move(actor_of(two.both), two.spell, two.other, client_id=key) == moved
    assert spells(two.ana) == [
        (two.hope, date(2025, 1, 1), TODAY - DAY, "moved"),
        (two.other, TODAY, None, None),
    ]
    assert rows(EmploymentTerms.title)[-1] == ("Lead",)
    assert actions() == ["organizations.employment_ended", "organizations.employment_started"]


@pytest.mark.parametrize(
    ("who", "expected"), [("admin", "done"), ("both", "done"), ("boss", "missing"), ("ana", "missing")]
)
def test_who_may_move_somebody(two: Two, who: str, expected: str) -> None:
    actor = actor_of(getattr(two, who), *(("administrator",) if who == "admin" else ()))
    if expected == "done":
        assert move(actor, two.spell, two.other).person_id == two.ana.person_id
        return
    with pytest.raises(NotFound):
        move(actor, two.spell, two.other)
    assert spells(two.ana) == [(two.hope, date(2025, 1, 1), None, None)]


def test_moves_that_cannot_be(two: Two) -> None:
    both, admin = actor_of(two.both), actor_of(two.admin, "administrator")
    assert refusal(lambda: move(both, two.spell, two.hope)) == "transfer-same"
    assert refusal(lambda: move(both, two.spell, two.other, started_on=date(2025, 1, 1))) == "end-before-start"
    assert refusal(lambda: move(both, two.spell, two.other, terms=Terms(""))) == "title-empty"
    own = next(key for key, owner in rows(Employment.public_id, Employment.person_id) if owner == two.both.person_id)
    assert refusal(lambda: move(both, own, two.other)) == "own-employment"
    with pytest.raises(NotFound):
        move(both, "0" * 20, two.other)
    write(lambda s: service.end_employment(s, both, two.spell, ended_on=TODAY - 2 * DAY, reason="voluntary", at=AT))
    assert refusal(lambda: move(admin, two.spell, two.other)) == "already-ended"
    assert spells(two.ana) == [(two.hope, date(2025, 1, 1), TODAY - 2 * DAY, "voluntary")]


def test_a_move_may_come_earlier_than_the_end_that_was_planned(two: Two) -> None:
    both = actor_of(two.both)
    write(lambda s: service.end_employment(s, both, two.spell, ended_on=WEEK, reason="not-renewed", at=AT))
    move(both, two.spell, two.other)
    assert spells(two.ana)[0][2:] == (TODAY - DAY, "moved")


def test_ending_a_spell_while_it_is_moved(app: Flask, two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes second sees what the first one did: she has one end, and one beginning at most."""
    both, boss = actor_of(two.both), actor_of(two.boss)

    def end() -> None:
        write(lambda s: service.end_employment(s, boss, two.spell, ended_on=TODAY, reason="voluntary", at=AT))

    act = lambda: move(both, two.spell, two.other)  # noqa: E731
    assert outcomes(act_during(app, monkeypatch, (transfers, "find_started"), act, end)) == ["already-ended", "done"]
    assert spells(two.ana) == [(two.hope, date(2025, 1, 1), TODAY - DAY, "moved"), (two.other, TODAY, None, None)]


def test_two_moves_at_the_same_moment_move_once(app: Flask, two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    act = lambda: move(actor_of(two.both), two.spell, two.other)  # noqa: E731
    results = act_during(app, monkeypatch, (transfers, "find_started"), act, act)
    assert outcomes(results) == ["already-ended", "done"]
    assert len(spells(two.ana)) == 2


def test_a_page_that_was_left_open_moves_nobody_again(two: Two, make: Make) -> None:
    """The spell that she has moved from leads nowhere else: she would work at two places at once."""
    both, third = actor_of(two.both, "administrator"), make.organization("Third")
    move(both, two.spell, two.other)
    assert refusal(lambda: move(both, two.spell, third)) == "already-ended"
    assert [place for place, *_rest in spells(two.ana)] == [two.hope, two.other]


# ── Standing in ──────────────────────────────────────────────────────────────


def let(actor: Actor, place: int, spell: str, until: date = WEEK) -> None:
    """Let the holder of a spell stand in."""
    write(lambda s: service.delegate(s, actor, place, spell, until=until, at=AT))


def supervises(person: MadePerson, day: date = TODAY) -> tuple[int, ...]:
    """Return which organizations somebody supervises on a day."""
    found = ties_of(reading(), person.person_id, day).supervises
    reading().rollback()
    return found


def stamp(person: MadePerson) -> str:
    """Return what ends somebody's sessions when it changes."""
    return next(each for number, each in rows(Account.id, Account.security_stamp) if number == person.account_id)


def test_a_colleague_stands_in_until_the_day(two: Two) -> None:
    before = stamp(two.ana)
    let(actor_of(two.boss), two.hope, two.spell)
    let(actor_of(two.boss), two.hope, two.spell)
    assert [supervises(two.ana, day) for day in (TODAY, WEEK, WEEK + DAY)] == [(two.hope,), (two.hope,), ()]
    assert stamp(two.ana) != before, "she must sign in anew, as a supervisor does"
    assert actions() == ["organizations.supervision_delegated"]
    (row,) = [each for each in queries.list_supervisors(reading(), two.hope, TODAY) if each.stands_in_for]
    assert (row.name, row.until, row.stands_in_for) == ("Ana López", WEEK, (two.boss.person_public_id, "Boss"))


def test_who_stands_in_can_neither_pass_it_on_nor_make_it_longer(two: Two, make: Make) -> None:
    luis = Two.key(make.employment(make.person("Luis"), two.hope))
    let(actor_of(two.boss), two.hope, two.spell)
    ana = actor_of(two.ana)
    assert ana.supervises == (two.hope,)
    for act in (
        lambda: let(ana, two.hope, luis),
        lambda: let(ana, two.hope, two.spell, WEEK + DAY),
        lambda: write(lambda s: service.end_delegation(s, ana, two.hope, two.spell, at=AT)),
    ):
        with pytest.raises(NotFound):
            act()
    assert supervises(two.ana, WEEK + DAY) == ()


def test_whom_a_supervisor_may_let(two: Two, make: Make) -> None:
    boss, both = actor_of(two.boss), actor_of(two.both)
    own = next(key for key, owner in rows(Employment.public_id, Employment.person_id) if owner == two.boss.person_id)
    deputy = next(key for key, owner in rows(Employment.public_id, Employment.person_id) if owner == two.both.person_id)
    gone = Two.key(make.employment(make.person("Gone"), two.hope, until=TODAY - DAY))
    later = Two.key(make.employment(make.person("Later"), two.hope, since=WEEK))
    elsewhere = Two.key(make.employment(make.person("Elsewhere"), two.other))
    assert refusal(lambda: let(boss, two.hope, own)) == "delegates-to-herself"
    assert refusal(lambda: let(boss, two.hope, deputy)) == "supervises-already"
    assert refusal(lambda: let(boss, two.hope, two.spell, TODAY - DAY)) == "delegation-past"
    for actor, place, spell in (
        (boss, two.hope, gone),
        (boss, two.hope, later),
        (boss, two.hope, elsewhere),
        (boss, two.hope, "0" * 20),
        (boss, two.other, elsewhere),
        (actor_of(two.admin, "administrator"), two.hope, two.spell),
    ):
        with pytest.raises(NotFound):
            let(actor, place, spell)
    let(both, two.other, elsewhere)
    let(boss, two.hope, two.spell)
    assert refusal(lambda: let(both, two.hope, two.spell)) == "supervises-already"
    assert refusal(lambda: let(boss, two.hope, two.spell, WEEK + DAY)) == "supervises-already"
    with pytest.raises(NotFound):
        write(lambda s: service.end_delegation(s, both, two.hope, two.spell, at=AT))


def test_it_can_be_ended_early(two: Two) -> None:
    boss = actor_of(two.boss)
    let(boss, two.hope, two.spell)
    for _ in range(2):
        write(lambda s: service.end_delegation(s, boss, two.hope, two.spell, at=AT))
    assert supervises(two.ana) == ()
    let(boss, two.hope, two.spell)
    write(
        lambda s: (
            s.execute(update(Supervision).where(Supervision.ended_on == WEEK).values(started_on=TODAY - DAY)) and None
        )
    )
    admin = actor_of(two.admin, "administrator")
    write(lambda s: service.end_supervision(s, admin, two.spell, public_id_of(two.hope), at=AT))
    assert supervises(two.ana) == ()
    assert rows(Supervision.ended_on)[-1] == (TODAY - DAY,)


def test_it_ends_with_the_supervision_that_it_stands_for(two: Two) -> None:
    own = next(key for key, owner in rows(Employment.public_id, Employment.person_id) if owner == two.boss.person_id)
    admin = actor_of(two.admin, "administrator")
    let(actor_of(two.boss), two.hope, two.spell)
    write(lambda s: service.end_supervision(s, admin, own, public_id_of(two.hope), at=AT))
    assert supervises(two.ana) == supervises(two.boss) == ()
    write(lambda s: service.start_supervision(s, admin, own, public_id_of(two.hope), at=AT))
    let(actor_of(two.boss), two.hope, two.spell)
    write(lambda s: service.end_supervision(s, admin, own, public_id_of(two.hope), at=AT))
    assert supervises(two.ana) == ()


@pytest.mark.parametrize(
    ("last", "expected"), [(TODAY - DAY, []), (TODAY, [TODAY]), (WEEK, [WEEK]), (WEEK + DAY, [WEEK])]
)
def test_it_ends_when_she_leaves_for_whom_somebody_stands_in(two: Two, last: date, expected: list[date]) -> None:
    own = next(key for key, owner in rows(Employment.public_id, Employment.person_id) if owner == two.boss.person_id)
    let(actor_of(two.boss), two.hope, two.spell)
    admin = actor_of(two.admin, "administrator")
    write(lambda s: service.end_employment(s, admin, own, ended_on=last, reason="other", at=AT))
    assert [end for (end, source) in rows(Supervision.ended_on, Supervision.delegated_from_id) if source] == expected


def test_what_was_over_before_stays_as_it_was(two: Two) -> None:
    own = next(key for key, owner in rows(Employment.public_id, Employment.person_id) if owner == two.boss.person_id)
    let(actor_of(two.boss), two.hope, two.spell)
    long_ago = {"started_on": TODAY - 9 * DAY, "ended_on": TODAY - 5 * DAY}
    write(lambda s: s.execute(update(Supervision).where(Supervision.ended_on == WEEK).values(**long_ago)) and None)
    admin = actor_of(two.admin, "administrator")
    write(lambda s: service.end_supervision(s, admin, own, public_id_of(two.hope), at=AT))
    assert rows(Supervision.ended_on)[-1] == (TODAY - 5 * DAY,)


def test_an_administrator_makes_it_lasting(two: Two) -> None:
    let(actor_of(two.boss), two.hope, two.spell)
    admin = actor_of(two.admin, "administrator")
    for _ in range(2):
        write(lambda s: service.start_supervision(s, admin, two.spell, public_id_of(two.hope), at=AT))
    assert supervises(two.ana, WEEK + 400 * DAY) == (two.hope,)
    assert queries.list_supervisors(reading(), two.hope, TODAY)[0].stands_in_for is None


def test_a_supervision_that_ends_bounds_what_is_let(two: Two) -> None:
    write(lambda s: s.execute(update(Supervision).values(ended_on=WEEK)) and None)
    assert refusal(lambda: let(actor_of(two.boss), two.hope, two.spell, WEEK + DAY)) == "delegation-outlasts"
    boss = actor_of(two.boss)
    write(
        lambda s: (
            s.execute(update(Employment).where(Employment.person_id == two.boss.person_id).values(ended_on=TODAY - DAY))
            and None
        )
    )
    with pytest.raises(NotFound):
        let(boss, two.hope, two.spell)
