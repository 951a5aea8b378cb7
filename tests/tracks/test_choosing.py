"""Pages: assigning by title, team and criteria, dates by rule, standing rules; and who may not."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.db import reading, write
from lms.ids import new_client_id
from lms.organizations.models import Employment, EmploymentTerms, Team
from lms.organizations.queries import Match, count_matching, count_titles, list_matching
from lms.organizations.rules import Criteria
from lms.tracks.messages import criteria_words, due_words, reason_words
from lms.tracks.models import Assignment, AssignmentBatch, AssignmentRule
from lms.tracks.rules import Due, resolve_due
from tests.conftest import Browser
from tests.factories import Make, day, sign_in
from tests.organizations.conftest import public_id_of
from tests.tracks.test_service import TRACK, rows
from tests.tracks.test_views import field_of, text_of


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the published content."""


class Place:
    """A CBO with a supervisor, two health workers and a driver who is new, and her browser."""

    def __init__(self, make: Make, app: Flask) -> None:
        app.config["WTF_CSRF_ENABLED"] = False
        app.test_client_class = Browser
        self.app, self.id = app, make.organization("Rising Hope")
        self.boss = make.supervisor(self.id, "Boss")
        self.ana, self.luis = make.person("Ana", language="es"), make.person("Luis")
        self.dan = make.person("Dan")
        self.jobs = [make.employment(each, self.id, title="CHW") for each in (self.ana, self.luis)]
        self.jobs.append(make.employment(self.dan, self.id, title="Driver", since=day(-10)))
        self.browser = sign_in(app.test_client(), self.boss)
        self.public_id = public_id_of(self.id)

    def look(self, who: str, **more: Any) -> Any:
        """Send the form to the preview."""
        known = {"organization": self.public_id, "track": TRACK, "who": who, "due_on": day(60).isoformat()}
        return self.browser.post("/team/assign", data=known | {"do": "look"} | more)

    def confirm(self, preview: Any, place: str = "/team/assign/confirm", **more: Any) -> Any:
        """Send what a preview holds."""
        html = preview.get_data(as_text=True)
        form = html[html.index('id="confirm"') : html.index("</form>", html.index('id="confirm"'))]
        sent: dict[str, list[str]] = {}
        for element in re.findall(r"<input[^>]*>", form):
            name, value = re.search(r'name="([^"]*)"', element), re.search(r'value="([^"]*)"', element)
            if name:
                sent.setdefault(name[1], []).append(unescape(value[1]) if value else "")
        return self.browser.post(place, data=sent | more)


@pytest.fixture
def place(make: Make, content_app: Flask) -> Place:
    """Return a CBO with staff."""
    return Place(make, content_app)


def test_a_title_is_asked_in_four_steps_and_taken_back(place: Place) -> None:
    page = text_of(place.browser.get("/team/assign"))
    assert "CHW (2)" in page and "Driver (1)" in page and "Everyone (4 people)" in page
    preview = place.look("title:CHW")
    assert "Assign “First steps” to 2 people?" in text_of(preview)
    done = place.confirm(preview)
    assert done.status_code == 302
    assert {row.person_id for row in rows(Assignment, "person_id")} == {place.ana.person_id, place.luis.person_id}
    said = text_of(place.browser.post(f"{done.location}/undo", follow_redirects=True))
    assert "Taken back for 2 people." in said


def test_whom_criteria_mean(place: Place, make: Make) -> None:
    def told(**more: Any) -> list[str]:
        found = list_matching(reading(), place.id, Criteria(**more), day())
        assert count_matching(reading(), place.id, Criteria(**more), day()) == len(found)
        return [each.name for each in found]

    south = update(EmploymentTerms).where(EmploymentTerms.employment_id == place.jobs[0])
    write(lambda s: s.execute(south.values(work_area=6, kind="contractor")) and None)
    assert told() == ["Ana", "Boss", "Dan", "Luis"]
    assert told(titles=("CHW", "Driver")) == ["Ana", "Dan", "Luis"]
    assert told(titles=("CHW",), areas=(6,)) == ["Ana"], "every question has to fit"
    assert told(languages=("es", "to")) == told(kinds=("contractor",)) == ["Ana"]
    assert told(since=day(-10)) == ["Dan"]
    assert told(for_days=11) == ["Ana", "Boss", "Luis"]
    assert told(teams=("no-such",)) == []
    again = make.employment(place.ana, place.id, since=day(-5), title="Lead")
    assert again and told(titles=("CHW", "Lead")) == ["Ana", "Luis"], "each person once"
    assert dict(count_titles(reading(), place.id, day()))["Lead"] == 1
    assert isinstance(list_matching(reading(), place.id, Criteria(titles=("Lead",)), day())[0], Match)


def test_everyone_who_fits_is_counted_and_looked_at(place: Place) -> None:
    counted = place.look("", do="count", languages=["es"], titles=["CHW", "Driver"], for_days="3")
    assert counted.status_code == 302
    assert "1 person fits" in text_of(place.browser.get(counted.location))
    preview = place.look("fit", languages=["es"])
    assert field_of(preview, "people") == place.ana.person_public_id
    back = place.confirm(preview, "/team/assign", do="back")
    assert "languages=es" in back.location and "who=fit" in back.location and "person=" not in back.location
    assert "Please choose below who fits." in text_of(place.look("fit"), 400)
    assert "Please choose for whom." in text_of(place.look(""), 400)
    assert "Nobody who works here fits this." in text_of(place.look("title:Nobody"), 400)
    assert place.look("fit", languages=["xx"]).status_code == 400
    assert "Please tick" not in text_of(place.look("some"), 400)


def test_a_day_that_has_passed_is_moved_with_one_tap(place: Place) -> None:
    past = place.look("title:CHW", due_on=day(-1).isoformat())
    assert "This day has passed." in text_of(past, 400)
    assert 'value="ease"' in past.get_data(as_text=True)
    eased = place.look("title:CHW", due_on=day(-1).isoformat(), do="ease")
    assert "Assign “First steps” to 2 people?" in text_of(eased)
    assert date.fromisoformat(field_of(eased, "due_on")) > day()
    place.look("title:CHW", due_on=day(-1).isoformat(), do="ease", track="")
    tight = place.look("title:CHW", due_on=day().isoformat())
    assert "This leaves little time" in text_of(tight)
    moved = place.confirm(tight, do="ease")
    assert "This leaves little time" not in text_of(moved)
    assert place.confirm(moved).status_code == 302
    assert rows(AssignmentBatch, "due_on")[0].due_on > day()


def test_each_person_has_her_own_day(place: Place) -> None:
    preview = place.look("all", due_on="", due_kind="employed", due_days="60")
    said = text_of(preview)
    assert "60 days after the employment began" in said
    assert "For 3 people this date has passed, or leaves little time" in said
    eased = place.confirm(preview, do="ease")
    assert "this date has passed" not in text_of(eased)
    assert place.confirm(eased).status_code == 302
    due = {row.person_id: row.due_on for row in rows(Assignment, "person_id", "due_on")}
    assert due[place.dan.person_id] == day(50)
    assert due[place.ana.person_id] == due[place.luis.person_id] > day()
    (batch,) = rows(AssignmentBatch, "due_kind", "due_days", "due_eased", "due_on")
    assert tuple(batch) == ("employed", 60, True, None)
    missing = place.look("all", due_kind="asked", due_days="")
    assert "Please write how many days." in text_of(missing, 400)
    assert place.look("all", due_kind="asked", due_days="-3").status_code == 400
    assert "30 days after it is assigned" in text_of(place.look("all", due_kind="asked", due_days="30"))


def test_a_preview_becomes_a_standing_rule(place: Place, make: Make) -> None:
    assert "No rule yet" in text_of(place.browser.get("/team/rules"))
    preview = place.look("title:CHW", due_on="", due_kind="asked", due_days="30")
    made = place.confirm(preview, "/team/rules/new")
    assert made.status_code == 302, text_of(made, made.status_code)
    assert place.confirm(preview, "/team/rules/new").location == made.location, "a double tap makes one"
    page = text_of(place.browser.get(made.location))
    assert "The rule stands. 2 people were asked." in page
    assert "Job title: CHW" in page and "30 days after it is assigned" in page and "everyone who fits is asked" in page
    new = make.person("Newcomer")
    make.employment(new, place.id, title="CHW")
    retitled = update(EmploymentTerms).where(EmploymentTerms.employment_id == place.jobs[0]).values(title="Lead")
    write(lambda session: session.execute(retitled) and None)
    page = text_of(place.browser.get(made.location))
    assert "Would be asked now (1) They newly fit. Newcomer" in page
    assert "Would not be asked any more (1)" in page
    done = text_of(place.browser.post(f"{made.location}/compare", follow_redirects=True))
    assert "1 person was asked. Taken back for 1 person." in done
    again = text_of(place.browser.post(f"{made.location}/compare", follow_redirects=True))
    assert "Nobody was newly assigned" in again
    worker = sign_in(place.app.test_client(), new)
    assert "Asked because of the job title CHW." in text_of(worker.get(f"/tracks/{TRACK}/asked"))
    assert f"/tracks/{TRACK}/asked" in worker.get(f"/tracks/{TRACK}").get_data(as_text=True)
    person = text_of(place.browser.get(f"/team/people/{new.person_public_id}"))
    assert "Asked because of the job title CHW." in person
    ended = text_of(place.browser.post(f"{made.location}/end", follow_redirects=True))
    assert "The rule is ended. What it asked stays." in ended and "This rule is ended" in ended
    assert "Ended" in text_of(place.browser.get("/team/rules"))


def test_a_rule_is_made_of_what_was_seen(place: Place, make: Make) -> None:
    preview = place.look("title:CHW")
    make.employment(make.person("Newcomer"), place.id, title="CHW")
    changed = place.confirm(preview, "/team/rules/new")
    assert "Somebody joined, left or was asked meanwhile." in text_of(changed, 400)
    picked = place.look("some", person=[place.ana.person_public_id])
    assert "standing rule" not in text_of(picked)
    refused = place.confirm(picked, "/team/rules/new")
    assert refused.status_code == 400
    assert rows(AssignmentRule, "id") == []
    assert "Your supervisor chose you." not in text_of(
        sign_in(place.app.test_client(), place.ana).get(f"/tracks/{TRACK}/asked"), 404
    )


def test_strangers_find_no_rule(place: Place, make: Make) -> None:
    made = place.confirm(place.look("title:CHW"), "/team/rules/new").location
    for person in (make.supervisor(make.organization()), place.ana, make.person(roles=("administrator",))):
        browser = sign_in(place.app.test_client(), person)
        for response in (
            browser.get(made),
            browser.post(f"{made}/compare"),
            browser.post(f"{made}/end"),
            browser.post("/team/rules/new", data={"organization": place.public_id, "track": TRACK}),
        ):
            assert response.status_code == 404
    assert place.browser.post("/team/rules/new", data={}).status_code == 404
    assert rows(AssignmentRule, "ended_at")[0].ended_at is None


def test_a_team_is_made_filled_asked_and_ended(place: Place, make: Make) -> None:
    assert "No team yet" in text_of(place.browser.get("/team/teams"))
    sent = {"name": " North  site ", "client_id": new_client_id(), "organization": place.public_id}
    made = place.browser.post("/team/teams", data=sent)
    assert place.browser.post("/team/teams", data=sent).location == made.location
    other_name = place.browser.post("/team/teams", data=sent | {"name": "South"})
    assert "This form was sent before" in text_of(other_name, 400)
    assert field_of(other_name, "client_id") != sent["client_id"]
    taken = place.browser.post("/team/teams", data=sent | {"client_id": new_client_id(), "name": "north site"})
    assert "There is a team with this name already." in text_of(taken, 400)
    jobs = dict(reading().execute(select(Employment.id, Employment.public_id)).all())
    ana, luis, dan = (jobs[each] for each in place.jobs)
    shown = f"{ana} {luis} {dan}"
    place.browser.post(made.location, data={"name": "North", "shown": shown, "person": [ana, luis]})
    assert "North (2)" in text_of(place.browser.get("/team/assign"))
    page = place.browser.get(made.location).get_data(as_text=True)
    assert page.count(" checked") == 2
    assert "Assign a track" in page
    place.browser.post(made.location, data={"name": "North", "shown": luis, "person": [dan]})
    assert "North (1)" in text_of(place.browser.get("/team/assign")), "only who was shown can come or go"
    public_id = made.location.rsplit("/", 1)[1]
    preview = place.look(f"team:{public_id}")
    assert field_of(preview, "people") == place.ana.person_public_id
    rule = place.confirm(preview, "/team/rules/new").location
    assert "Team: North" in text_of(place.browser.get(rule))
    worker = sign_in(place.app.test_client(), place.ana)
    for query in (f"team={public_id}", f"rule={rule.rsplit('/', 1)[1]}"):
        narrowed = text_of(place.browser.get(f"/team?{query}"))
        assert "Ana" in narrowed and "Luis" not in narrowed and "1 person" in narrowed
    assert "0 people" in text_of(place.browser.get("/team?team=no-such"))
    assert "Lo pide una regla permanente: Equipo: North." in text_of(worker.get(f"/tracks/{TRACK}/asked"))
    other = place.browser.post("/team/teams", data=sent | {"client_id": new_client_id(), "name": "South"})
    named = place.browser.post(other.location, data={"name": "NORTH", "shown": ""})
    assert "There is a team with this name already." in text_of(named, 400)
    for person in (make.supervisor(make.organization()), place.ana):
        browser = sign_in(place.app.test_client(), person)
        assert browser.get(made.location).status_code == 404
        assert browser.post(made.location, data={"name": "Mine"}).status_code == 404
        assert browser.post(f"{made.location}/end").status_code == 404
    stranger = sign_in(place.app.test_client(), make.supervisor(make.organization()))
    assert stranger.post("/team/teams", data=sent | {"client_id": new_client_id()}).status_code == 400
    ended = place.browser.post(f"{made.location}/end", follow_redirects=True)
    assert "The team is ended." in text_of(ended)
    assert place.browser.get(made.location).status_code == 404
    assert len(rows(Team, "id")) == 2


def test_dates_and_whom_in_words() -> None:
    today = date(2026, 3, 5)
    assert resolve_due(Due("employed", days=30), date(2026, 3, 1), today) == date(2026, 3, 31)
    assert resolve_due(Due("asked", days=1), date(2026, 3, 1), today) == date(2026, 3, 6)
    assert resolve_due(Due("date", date(2026, 3, 4)), today, today) == date(2026, 3, 4)
    assert resolve_due(Due(), today, today) is None
    assert due_words(Due()) == "No date"
    whole = Criteria(("A",), (6,), ("to",), ("volunteer",), ("t", "gone"), date(2026, 1, 1), 90)
    words = criteria_words(whole, {"t": "North"})
    assert words == (
        "Job title: A · Team: North · Area where she works: 6 South · Language: Lea faka-Tonga · "
        "Kind of employment: Volunteer · Began on January 1, 2026 or later · Has worked here for 90 days"
    )
    assert criteria_words(Criteria(), {}) == "Everyone who works here"
    assert reason_words(Criteria(titles=("A", "B")), {}) == "Asked by a standing rule: Job title: A, B."
