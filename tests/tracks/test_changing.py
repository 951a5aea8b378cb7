"""Changing a standing rule: who gains and loses is seen before and is what is done; what it said before is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit.models import AuditEvent
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.organizations.rules import Criteria
from lms.tracks import queries, service
from lms.tracks.models import Assignment, AssignmentRule, RuleChange
from lms.tracks.rules import Due, RulePlan, last_comfortable
from tests.factories import Make, day, sign_in
from tests.racing import race
from tests.tracks.conftest import MODULES, actor_of, read_lesson
from tests.tracks.test_choosing import Place
from tests.tracks.test_service import TRACK, actions, rows, state_of
from tests.tracks.test_standing import LATER, TODAY, Team, asked, reword, run
from tests.tracks.test_views import field_of, text_of


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the published content."""


@pytest.fixture
def team(make: Make) -> Team:
    """Return a CBO with staff."""
    return Team(make)


@pytest.fixture
def place(make: Make, content_app: Flask) -> Place:
    """Return a CBO with staff, and its supervisor's browser."""
    return Place(make, content_app)


def change(team: Team, rule: str, said: service.Statement, **more: Any) -> service.Reconciled:
    """Change a rule as somebody who looked at it, but for what is said otherwise."""
    seen = {"version": 1, "mark": RulePlan().mark, "client_id": new_client_id(), "at": LATER, "actor": team.actor}
    seen |= more
    actor = seen.pop("actor")
    return write(lambda s: service.change_rule(s, actor, rule, said, **seen))


def test_a_change_asks_whom_it_newly_means_and_takes_back_the_others(team: Team) -> None:
    rule = team.make("CHW", due=Due("asked", days=30)).rule_public_id
    read_lesson(team.luis, MODULES[0], at=LATER)
    done = reword(team, rule, "Driver", at=LATER + timedelta(hours=1), due=Due("asked", days=60))
    ana, luis, dan = (each.person_id for each in (team.ana, team.luis, team.dan))
    assert done.plan == RulePlan(new=(dan,), back=(ana,), kept=(luis,))
    assert asked() == [luis, dan]
    assert state_of(team.ana) == "withdrawn"
    due = dict(reading().execute(select(Assignment.person_id, Assignment.due_on)).all())
    assert due[luis] == TODAY + timedelta(days=30), "who is asked already keeps her date"
    assert due[dan] == TODAY + timedelta(days=61)
    assert run(rule, LATER + timedelta(days=1)) == RulePlan()


def test_what_it_said_before_is_kept_with_who_changed_it_and_when(team: Team) -> None:
    rule = team.make("CHW", due=Due("asked", days=30)).rule_public_id
    reword(team, rule, "CHW", "Driver", due=Due("date", date(2026, 9, 1)), renewals=True)
    reword(team, rule, "Driver", at=LATER + timedelta(days=1))
    newest, first = queries.list_changes(reading(), rule)
    assert (first.criteria, first.due_kind, first.due_days, first.asks_renewals) == (
        {"titles": ["CHW"]}, "asked", 30, False,
    )  # fmt: skip
    assert (newest.criteria, newest.due_on, newest.asks_renewals) == (
        {"titles": ["CHW", "Driver"]}, date(2026, 9, 1), True,
    )  # fmt: skip
    assert (first.changed_by, first.changed_at) == (team.boss.account_id, LATER)
    found = queries.get_rule(reading(), AssignmentRule.id > 0, rule)
    assert (found.criteria, found.version) == ({"titles": ["Driver"]}, 3)
    changed = select(AuditEvent.actor_account_id, AuditEvent.details).where(AuditEvent.action == "tracks.rule_changed")
    event = reading().execute(changed.order_by(AuditEvent.id)).first()
    assert event is not None and event.actor_account_id == team.boss.account_id
    assert event.details["was"]["criteria"] == {"titles": ["CHW"]}
    assert event.details["becomes"]["due_on"] == "2026-09-01"


def test_each_is_told_the_words_by_which_she_was_asked(team: Team) -> None:
    rule = team.make("CHW").rule_public_id
    read_lesson(team.ana, MODULES[0], at=LATER)
    reword(team, rule, "Driver", at=LATER + timedelta(hours=1))
    reword(team, rule, "Lead", "Driver", at=LATER + timedelta(hours=2))
    place = (team.id, TRACK, 1)
    assert queries.reasons_of(reading(), team.ana.person_id)[place] == {"titles": ["CHW"]}
    assert queries.reasons_of(reading(), team.dan.person_id)[place] == {"titles": ["Driver"]}


def test_the_same_form_changes_once(team: Team, content_app: Flask) -> None:
    rule = team.make("CHW").rule_public_id
    said, key = team.says("CHW", "Driver"), new_client_id()
    mark = service.plan_change(reading(), team.actor, rule, said, at=LATER).plan.mark
    reading().rollback()
    plans = race(content_app, *[lambda: change(team, rule, said, mark=mark, client_id=key).plan] * 2)
    assert sorted(len(each.new) for each in plans) == [0, 1]
    assert len(rows(RuleChange, "id")) == 1
    reword(team, rule, "Driver", at=LATER + timedelta(hours=1))
    swapped = replace(said, criteria=Criteria(titles=("Driver", "CHW")))
    assert change(team, rule, swapped, client_id=key).plan == RulePlan(), "as it was sent, whatever became of it"
    with pytest.raises(RuleBroken, match="sent-before"):
        change(team, rule, team.says("Lead"), client_id=key)
    other = team.make("Lead").rule_public_id
    with pytest.raises(RuleBroken, match="sent-before"):
        change(team, other, said, client_id=key)


def test_a_stale_look_is_refused(team: Team, make: Make) -> None:
    rule = team.make("CHW").rule_public_id
    said = team.says("CHW", "Driver")
    with pytest.raises(RuleBroken, match="changed"):
        change(team, rule, said)
    with pytest.raises(RuleBroken, match="same"):
        change(team, rule, team.says("CHW"))
    with pytest.raises(RuleBroken, match="due-past"):
        change(team, rule, team.says("CHW", due=Due("date", TODAY - timedelta(days=1))))
    reword(team, rule, "Lead")
    with pytest.raises(RuleBroken, match="rule-changed"):
        change(team, rule, said)
    write(lambda session: service.end_rule(session, team.actor, rule, at=LATER))
    with pytest.raises(RuleBroken, match="rule-ended"):
        change(team, rule, said, version=2)
    assert len(rows(RuleChange, "id")) == 1


def test_strangers_and_other_subjects_find_nothing(team: Team, make: Make) -> None:
    rule = team.make("CHW").rule_public_id
    stranger = actor_of(make.supervisor(make.organization()))
    for said, actor in (
        (team.says("Driver"), stranger),
        (team.says("Driver", track="core"), team.actor),
        (replace(team.says("Driver"), organization_id=team.id + 1), team.actor),
        (replace(team.says(), criteria=Criteria(teams=("t" * 20,))), team.actor),
    ):
        with pytest.raises(NotFound):
            change(team, rule, said, actor=actor)
        with pytest.raises(NotFound):
            service.plan_change(reading(), actor, rule, said, at=LATER)
        reading().rollback()
    assert actions() == ["tracks.rule_made", "tracks.assigned"]


def test_two_who_change_at_once_do_not_overwrite_each_other(team: Team, content_app: Flask) -> None:
    rule = team.make("CHW").rule_public_id

    def act(*titles: str) -> str:
        said = team.says(*titles)
        try:
            with content_app.app_context():
                mark = service.plan_change(reading(), team.actor, rule, said, at=LATER).plan.mark
                reading().rollback()
            change(team, rule, said, mark=mark)
        except RuleBroken as error:
            return error.code
        return "done"

    found = race(content_app, lambda: act("CHW", "Lead"), lambda: act("CHW", "Chief"))
    assert sorted(found) in (["done", "rule-changed"], ["done", "same"]), found
    assert len(rows(RuleChange, "id")) == 1


def test_days_that_leave_whoever_comes_later_too_little() -> None:
    assert last_comfortable(Due(), 30) == date.max
    assert last_comfortable(Due("asked", days=29), 30) == date.max
    assert last_comfortable(Due("asked", days=28), 30) is None
    assert last_comfortable(Due("employed", days=28), 30) is None
    assert last_comfortable(Due("date", date(2026, 5, 1)), 30) == date(2026, 4, 2)
    assert last_comfortable(Due("date", date(2026, 5, 1)), 0) == date(2026, 5, 1)


# ── Pages ────────────────────────────────────────────────────────────────────


def sent(place: Place, address: str, **more: Any) -> dict[str, Any]:
    """Return what the form of a rule holds, with what is said otherwise."""
    page = place.browser.get(f"{address}/change")
    known = {name: field_of(page, name) for name in ("version", "client_id")}
    return {**known, "titles": ["CHW"], "due_kind": "asked", "due_days": "30", **more}


def test_a_rule_is_changed_on_a_page_that_says_who_gains_and_loses(place: Place) -> None:
    address = place.confirm(
        place.look("title:CHW", due_on="", due_kind="asked", due_days="30"), "/team/rules/new"
    ).location
    page = place.browser.get(f"{address}/change")
    html = page.get_data(as_text=True)
    assert html.count(" checked") == 1 and 'value="30"' in html
    form = sent(place, address, titles=["Driver"], due_days="1")
    look = place.browser.post(f"{address}/change", data={**form, "do": "look"})
    words = text_of(look)
    assert "Job title: CHW" in words and "Job title: Driver" in words
    assert "Would be asked now (1)" in words and "Would not be asked any more (2)" in words
    assert "For 1 person this date has passed, or leaves little time" in words
    assert "These are too few days for everybody who comes later." in words
    back = place.browser.post(f"{address}/change", data={**form, "do": "back", "mark": field_of(look, "mark")})
    assert 'value="1"' in back.get_data(as_text=True) and "You see who gains" in text_of(back)
    save = {**form, "do": "save", "mark": field_of(look, "mark")}
    done = place.browser.post(f"{address}/change", data=save, follow_redirects=True)
    assert "The rule is changed. 1 person was asked. Taken back for 2 people." in text_of(done)
    assert "What it said before Job title: CHW · 30 days after it is assigned" in text_of(done)
    assert "until Boss changed it on" in text_of(done)
    again = place.browser.post(f"{address}/change", data=save, follow_redirects=True)
    assert "The rule is changed. Nobody was newly assigned" in text_of(again), "a second tap"


def test_a_stale_form_is_refused_politely(place: Place, make: Make) -> None:
    address = place.confirm(place.look("title:CHW"), "/team/rules/new").location
    form = sent(place, address, titles=["CHW", "Driver"])
    look = place.browser.post(f"{address}/change", data={**form, "do": "look"})
    save = {**form, "do": "save", "mark": field_of(look, "mark")}
    make.employment(make.person("Newcomer"), place.id, title="Driver")
    late = place.browser.post(f"{address}/change", data=save)
    assert "Somebody joined, left or was asked meanwhile." in text_of(late, 400)
    assert "Newcomer" in text_of(late, 400)
    fresh = {**save, "mark": field_of(late, "mark"), "client_id": field_of(late, "client_id")}
    assert place.browser.post(f"{address}/change", data=fresh).status_code == 302
    stale = place.browser.post(f"{address}/change", data={**save, "client_id": new_client_id(), "titles": ["CHW"]})
    assert "Somebody changed this rule meanwhile." in text_of(stale, 400)
    looked = place.browser.post(f"{address}/change", data={**form, "titles": ["CHW"], "do": "look"})
    assert "Somebody changed this rule meanwhile." in text_of(looked, 400)
    same = sent(place, address, titles=["CHW", "Driver"])
    assert "The rule says this already." in text_of(
        place.browser.post(f"{address}/change", data={**same, "do": "look"}), 400
    )
    missing = place.browser.post(f"{address}/change", data={**form, "due_days": "", "do": "look"})
    assert "Please write how many days." in text_of(missing, 400)
    place.browser.post(f"{address}/end")
    assert place.browser.get(f"{address}/change").location == address


def test_switching_the_language_keeps_the_look(place: Place) -> None:
    address = place.confirm(place.look("title:CHW"), "/team/rules/new").location
    form = sent(place, address, titles=["Driver"])
    look = place.browser.post(f"{address}/change", data={**form, "do": "look"})
    turned = place.browser.post(f"{address}/change", data={**form, "mark": field_of(look, "mark"), "_language": "es"})
    assert turned.status_code == 200
    assert 'value="save"' in turned.get_data(as_text=True) and 'lang="es"' in turned.get_data(as_text=True)
    assert len(rows(RuleChange, "id")) == 0


def test_strangers_change_no_rule(place: Place, make: Make) -> None:
    address = place.confirm(place.look("title:CHW"), "/team/rules/new").location
    for person in (make.supervisor(make.organization()), place.ana):
        browser = sign_in(place.app.test_client(), person)
        assert browser.get(f"{address}/change").status_code == 404
        assert browser.post(f"{address}/change", data={"do": "save"}).status_code == 404


def test_who_comes_later_is_thought_of_before_a_rule_is_made(place: Place) -> None:
    words = text_of(place.look("title:CHW", due_on=day(60).isoformat()))
    assert "gets the first comfortable date instead" in words
    assert "too few days" in text_of(place.look("title:CHW", due_on="", due_kind="asked", due_days="1"))
    fine = text_of(place.look("title:CHW", due_on="", due_kind="asked", due_days="90"))
    assert "too few days" not in fine and "instead" not in fine
