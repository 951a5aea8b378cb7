"""What must not happen in the field, on both databases: judging oneself by proxy, two things at one time."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.actor import Actor
from lms.db import reading, write
from lms.errors import NotFound
from lms.fieldwork import service
from lms.fieldwork.policy import hours as policy
from lms.fieldwork.policy.sessions import told_of_staff
from lms.fieldwork.queries import hours as ledger
from lms.fieldwork.queries.attendance import list_classes
from lms.fieldwork.queries.hours import EntryRow
from lms.fieldwork.queries.sessions import any_session
from lms.fieldwork.rules.hours import Sheet
from lms.fieldwork.rules.overlaps import Timed, overlapping
from lms.ids import new_client_id
from tests.factories import Make
from tests.fieldwork.classes import AFTER, DAY, Classes
from tests.fieldwork.hours_story import Team, make_team, states
from tests.organizations.conftest import actor_of, stand_in


@pytest.fixture
def team(make: Make, content_app: Flask) -> Team:
    return make_team(make)


def test_who_stands_in_does_not_judge_her_for_whom_she_does(team: Team) -> None:
    """A supervisor picks who stands in for her: so that one neither countersigns for her nor observes her."""
    hers, other = team.enter(team.boss), team.enter(team.second)
    stand_in(team.boss, team.place, team.ana)
    ana = team.actor(team.ana)
    waiting = ledger.list_waiting(reading(), policy.settled_by(ana))
    assert [row.public_id for row in waiting] == [other]
    for act in (
        lambda: team.countersign(hers, by=team.ana),
        lambda: team.countersign(hers, other, by=team.ana),
        lambda: team.give_back(hers, by=team.ana),
        lambda: team.paper(by=team.ana, of=team.boss),
        lambda: team.sign(by=team.ana, of=team.boss),
    ):
        with pytest.raises(NotFound):
            act()
    team.countersign(other, by=team.ana)
    team.countersign(hers, by=team.second)
    team.sign(by=team.ana, of=team.second)
    assert states() == ["countersigned", "countersigned"]


def test_hours_at_the_time_of_a_class_are_marked(make: Make, content_app: Flask) -> None:
    """The same three hours, once in class and once in the field, are not countersigned unseen."""
    classes, elsewhere = Classes(make), make.organization("Elsewhere")
    shown = classes.plan(organization_id=None)
    classes.mark(shown, classes.ana)
    others = classes.plan(organization_id=elsewhere)
    classes.mark(others, classes.luis)
    ours = {"organization_id": classes.hope, "done_on": DAY, "site": "Watts library", "kind": "practicum"}
    for person, begins in ((classes.ana, 600), (classes.ana, 780), (classes.luis, 600)):
        sheet = Sheet(**ours, minutes=60, begins=begins, ends=begins + 60)
        actor, key = actor_of(person, at=AFTER), new_client_id()
        write(lambda s, a=actor, h=sheet, k=key: service.enter(s, a, h, client_id=k, at=AFTER))
    boss = actor_of(classes.boss, at=AFTER)
    rows = ledger.list_waiting(reading(), policy.settled_by(boss))
    found = overlapping([*ledger.list_timed(reading(), policy.visible_entries(boss), rows), *classes_of(boss, rows)])
    assert [(row.name, row.begins) for row in rows if row.id in found] == [("Ana", 600)]
    own = ledger.list_entries(reading(), ledger.is_of(classes.luis.person_id))
    assert len(list_classes(reading(), any_session(), own)) == 1, "she herself is told of both employers"
    classes.correct(shown, classes.ana, seen=1, reason="It was her sister.")
    assert not classes_of(boss, ledger.list_waiting(reading(), policy.settled_by(boss)))


def classes_of(boss: Actor, rows: list[EntryRow]) -> list[Timed]:
    """Return the classes that the page of a supervisor compares with these entries."""
    return list_classes(reading(), told_of_staff(boss), rows)
