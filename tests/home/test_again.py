"""What a new version asks of people again: on the page of the team, in its file, and in the calendar of each."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import insert, select, update

from lms.content.library import current
from lms.courses.models import ModuleCompletion
from lms.db import reading, write
from lms.fieldwork.service.calendars import open_feed
from lms.home import queries
from lms.home.queries.news import team_news
from lms.home.rules import TeamFilter
from lms.organizations.models import Employment
from lms.tracks.models import Assignment, ChangeEffect, ContentChange, Enrolment, TrackCompletion
from tests.factories import MadePerson, Make, day, sign_in
from tests.home.conftest import CORE, FIRST, Story, instant

MODULE = "outreach"


def again(person: MadePerson, due: int, *, track: str = "", module: str = "", cycle: int = 2) -> None:
    """Write that a publication asks a person to do a track or module again by a day."""

    def fn(session: Any) -> None:
        kind = "track" if track else "module"
        publication = current(session).publication_id
        told = {
            "kind": kind,
            "key": track or module,
            "label": "retraining",
            "days": 30,
            "mark": "m",
            "made_at": instant(-1),
        }
        for_whom = {"not_started": "move", "under_way": "move", "finished": "renew", "differences": [], "counts": {}}
        session.execute(insert(ContentChange).values(publication_id=publication, **told, **for_whom))
        numbers = dict.fromkeys(("done_before", "total_before", "done_after", "total_after"), 0)
        session.execute(
            insert(ChangeEffect).values(
                publication_id=publication,
                person_id=person.person_id,
                track_key=track,
                module_key=module,
                cycle=cycle,
                deed="renews" if track else "repeats",
                completes=False,
                applies=False,
                due_on=day(due),
                made_at=instant(-1),
                **numbers,
            )
        )
        if track:
            revision = current(session).get("track", track).revision_id
            row = {"person_id": person.person_id, "track_key": track, "cycle": cycle, "revision_id": revision}
            session.execute(insert(Enrolment).values(**row, state="active", started_at=instant(-1), public_id="e" * 20))

    write(fn)


class Team:
    """An organization that asked a worker for two tracks, which she finished."""

    def __init__(self, story: Story, make: Make) -> None:
        self.story, self.make = story, make
        self.place = make.organization("Hope")
        self.boss = make.supervisor(self.place, "Boss")
        self.ana = make.person("Ana")
        make.employment(self.ana, self.place)
        story.assign(self.boss, self.place, [self.ana], due=-50)
        story.assign(self.boss, self.place, [self.ana], CORE, due=-50)
        for key in (FIRST, CORE):
            self.complete(key, 1)

    def complete(self, track: str, cycle: int) -> None:
        """Write that she completed a cycle of a track."""
        revision = current(reading()).get("track", track).revision_id
        reading().rollback()
        row = {"person_id": self.ana.person_id, "track_key": track, "cycle": cycle, "revision_id": revision}
        done = {"completed_at": instant(-60), "completed_on": day(-60), "language": "en", "counted": []}
        write(lambda s: s.execute(insert(TrackCompletion).values(**row, **done)) and None)

    def lines(self, status: str, *places: int, **more: str) -> list[tuple[str | None, str | None, date | None, int]]:
        """Return track, module, date and how many others of the lines of a list that are Ana's."""
        wanted = TeamFilter(status=status, **more)
        parts = queries.parts_of(current(reading()))
        found = queries.list_lines(reading(), list(places) or [self.place], wanted, day(), parts=parts)
        counted = queries.count_team(reading(), list(places) or [self.place], wanted, day(), parts=parts)
        reading().rollback()
        assert counted.listed == len(found)
        return [(each.track_key, each.module_key, each.due_on, each.others) for each in found if each.name == "Ana"]

    def counts(self, *places: int) -> tuple[int, int]:
        parts = queries.parts_of(current(reading()))
        found = queries.count_team(reading(), list(places) or [self.place], TeamFilter(), day(), parts=parts)
        reading().rollback()
        return found.late, found.due_soon

    def feed(self, client: FlaskClient) -> dict[str, Any]:
        """Return the entries of her calendar by their words."""
        actor = self.story.actor(self.ana)
        write(lambda s: open_feed(s, actor, at=instant(0)))
        page = sign_in(client, self.ana).get("/calendar").get_data(as_text=True)
        address = page.partition('value="http://localhost')[2].partition('"')[0]
        events = Calendar.from_ical(client.get(address).data).walk("VEVENT")
        return {str(each["summary"]): each for each in events}


@pytest.fixture
def team(story: Story, make: Make) -> Team:
    return Team(story, make)


@pytest.mark.parametrize(("due", "status"), [(-1, "late"), (0, "due-soon"), (30, "due-soon"), (31, "on-time")])
def test_a_track_that_is_renewed_and_a_module_that_is_repeated_have_dates(team: Team, due: int, status: str) -> None:
    again(team.ana, due, track=FIRST)
    again(team.ana, due + 2, module=MODULE)
    (first,) = team.lines(status)
    assert first[:3] == (FIRST, None, day(due))
    assert team.counts()[0] == (status == "late")
    assert [each[1] for each in team.lines("done")] == [None], "what she did before stays done"


def test_each_counts_until_it_is_done(team: Team) -> None:
    again(team.ana, -3, track=FIRST)
    again(team.ana, -2, module=MODULE)
    assert team.lines("late") == [(FIRST, None, day(-3), 1)]
    assert team.lines("late", track_key=CORE) == [(CORE, MODULE, day(-2), 0)]
    assert team.counts() == (1, 0)
    team.complete(FIRST, 2)
    assert team.lines("late") == [(CORE, MODULE, day(-2), 0)]
    revision = current(reading()).get("module", MODULE).revision_id
    reading().rollback()
    row = {"public_id": "m" * 20, "person_id": team.ana.person_id, "module_key": MODULE, "round": 2, "minutes": 60}
    dated = {"completed_at": instant(0), "completed_on": day(), "revision_id": revision, "language": "en"}
    write(lambda s: s.execute(insert(ModuleCompletion).values(**row, **dated)) and None)
    assert team.lines("late") == []
    assert team.counts() == (0, 0)


@pytest.mark.parametrize("fate", ["another organization", "left", "asked anew", "taken back", "given up"])
def test_an_organization_sees_it_only_where_its_own_wish_holds_again(team: Team, make: Make, fate: str) -> None:
    again(team.ana, -3, track=FIRST)
    if fate == "another organization":
        other = make.organization("Other")
        make.employment(team.ana, other)
        assert team.lines("late", other) == []
        assert team.counts(other) == (0, 0)
        return
    if fate == "left":
        statement = update(Employment).where(Employment.person_id == team.ana.person_id).values(ended_on=day(-1))
        write(lambda s: s.execute(statement) and None)
    elif fate == "asked anew":
        _ask_again(team)
        assert team.lines("on-time") == [(FIRST, None, day(40), 0)], "its own date stands for itself"
    elif fate == "taken back":
        write(lambda s: s.execute(update(Assignment).values(undone_at=instant(0))) and None)
    else:
        write(lambda s: s.execute(update(Enrolment).where(Enrolment.cycle == 2).values(state="withdrawn")) and None)
    assert team.lines("late") == []
    assert team.counts() == (0, 0)


def _ask_again(team: Team) -> None:
    """Write that the organization asks for the second cycle by a date of its own."""

    def fn(session: Any) -> None:
        first = session.scalars(select(Assignment).where(Assignment.track_key == FIRST)).one()
        row = {"batch_id": first.batch_id, "person_id": first.person_id, "organization_id": first.organization_id}
        dated = {"assigned_at": instant(0), "assigned_on": day(), "due_on": day(40)}
        session.add(Assignment(**row, **dated, track_key=FIRST, cycle=2))

    write(fn)


def test_the_page_the_file_and_the_digest_name_the_module(team: Team, client: FlaskClient) -> None:
    again(team.ana, -2, module=MODULE)
    title = "Outreach"
    sign_in(client, team.boss)
    page = client.get("/team?status=late").get_data(as_text=True)
    assert title in page
    assert "Ana" in page
    table = client.get("/team/export/csv?status=late").get_data(as_text=True)
    assert len([line for line in table.splitlines() if line.startswith('"Ana') and title in line]) == 1
    news = team_news(reading(), [team.place], day(), "en", team.boss.person_id)
    (late,) = (each for each in news.parts if each.key == "late")
    assert [(each.name, each.day, title in each.track) for each in late.lines] == [("Ana", day(-2), True)]


def test_her_calendar_has_each_date_once_in_few_statements(team: Team, client: FlaskClient) -> None:
    assert team.feed(client) == {}
    again(team.ana, 5, track=FIRST)
    again(team.ana, 9, module=MODULE)
    events = team.feed(client)
    assert sorted(str(each.decoded("dtstart")) for each in events.values()) == [str(day(5)), str(day(9))]
    assert all(words.startswith("Do it again: ") for words in events)
    assert {str(each["uid"]) for each in team.feed(client).values()} == {str(each["uid"]) for each in events.values()}
    _ask_again(team)
    assert len(team.feed(client)) == 3, "the organization's own date, and the earlier one of the new version"
    team.complete(FIRST, 2)
    assert [str(each.decoded("dtstart")) for each in team.feed(client).values()] == [str(day(9))]
