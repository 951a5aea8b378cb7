"""A practicum at another organization: who is asked there countersigns those hours, and sees nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.clock import now
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.fieldwork import queries, service
from lms.fieldwork.models import HoursEntry, HoursHost
from lms.fieldwork.policy import hours as policy
from lms.fieldwork.queries import hours as ledger
from lms.fieldwork.rules import hours as rules
from lms.fieldwork.rules.hours import Host
from lms.ids import new_client_id
from lms.organizations.queries import spans_of
from tests.conftest import Browser
from tests.factories import Make, day, sign_in
from tests.fieldwork.hours_story import AT, DAY, Team, make_team, states
from tests.fieldwork.test_hours_views import public_id_of, typed
from tests.organizations.conftest import rows, stand_in
from tests.tracks.test_views import text_of


@pytest.fixture
def team(make: Make, content_app: Flask) -> Team:
    content_app.config["WTF_CSRF_ENABLED"] = False
    content_app.test_client_class = Browser
    return make_team(make)


@pytest.fixture
def host(team: Team, content_app: Flask) -> FlaskClient:
    return sign_in(content_app.test_client(), team.stranger)


def asked(team: Team, **changes: Any) -> str:
    """Enter hours at the other organization, which is asked to countersign."""
    return team.enter(host=Host(team.elsewhere, "", True), **changes)


def test_the_host_countersigns_what_it_is_asked_for(team: Team) -> None:
    made = asked(team)
    team.countersign(made, by=team.stranger)
    assert states() == ["countersigned"]
    assert [fact.minutes for fact in queries.credited_minutes(reading(), [team.ana.person_id])] == [120]
    team.give_back(made, by=team.stranger)
    assert states() == ["returned"]


def test_her_own_supervisor_may_do_so_all_the_same_and_an_act_is_undone(team: Team) -> None:
    team.countersign(asked(team))
    act = team.countersign(asked(team), by=team.stranger)
    actor = team.actor(team.stranger)
    assert write(lambda s: service.undo_act(s, actor, act, at=AT)) == 1
    assert states() == ["countersigned", "sent"]


def test_who_stands_in_settles_what_the_host_is_asked_but_not_hers_for_whom_she_does(team: Team) -> None:
    deputy = team.make.person("Deputy")
    team.make.employment(deputy, team.elsewhere)
    stand_in(team.stranger, team.elsewhere, deputy)
    actor = team.actor(deputy)
    made = asked(team)

    def waiting() -> list[str]:
        reading().rollback()
        return [row.public_id for row in ledger.list_waiting(reading(), policy.settled_by(actor))]

    assert made in waiting()
    hers = team.enter(team.stranger, organization_id=team.elsewhere)
    assert made in waiting(), "hours of hers hide nobody else's"
    assert hers not in waiting()


@pytest.mark.parametrize("host", [None, "not asked", "free text"])
def test_a_host_that_is_not_asked_sees_nothing(team: Team, host: str | None) -> None:
    hosts = {"not asked": Host(team.elsewhere), "free text": Host(None, "Clinic")}
    made = team.enter(host=hosts.get(host or ""))
    for act in (team.countersign, team.give_back):
        with pytest.raises(NotFound):
            act(made, by=team.stranger)
    assert ledger.list_entries(reading(), policy.visible_entries(team.actor(team.stranger))) == []


def test_it_sees_no_other_entry_and_no_class_of_hers(team: Team, host: FlaskClient) -> None:
    when = {"done_on": day(-1)}
    team.enter(at=now(), begins=540, ends=660, site="Secret site", **when)
    made = asked(team, at=now(), begins=540, ends=660, **when)
    waiting = text_of(host.get("/team/hours"))
    assert "Ana" in waiting
    assert "Secret" not in waiting
    assert "Overlaps" not in waiting
    page = text_of(host.get(f"/team/hours/{made}"))
    assert "You see nothing else of her." in page
    assert "Practicum at Elsewhere" in page
    person = f"/team/people/{team.ana.person_public_id}"
    listed = text_of(host.get(f"{person}/hours"))
    assert "Watts library" in listed
    assert "Secret" not in listed
    for path in (person, f"{person}/sign-offs", f"{person}/hours/paper"):
        assert host.get(path).status_code == 404, path
    assert "1 entry waits" in waiting


def test_the_filter_says_what_the_check_says(team: Team) -> None:
    asked(team)
    team.enter(host=Host(team.elsewhere))
    team.enter()
    spans = spans_of(reading(), [team.ana.person_id])[team.ana.person_id]
    for who, sees in ((team.stranger, 1), (team.boss, 3), (team.ana, 0)):
        actor = team.actor(who)
        found = [row.id for row in ledger.list_entries(reading(), policy.visible_entries(actor))]
        every = ledger.list_entries(reading(), HoursEntry.id > 0)
        assert found == [
            row.id
            for row in every
            if policy.can_see_entry(
                actor,
                spans,
                row.organization_id,
                row.done_on,
                is_of_supervisor=row.is_of_supervisor,
                asked=row.host_id if row.is_host_asked else None,
            )
        ]
        assert len(found) == sees
        assert [row.id for row in ledger.list_entries(reading(), policy.settled_by(actor))] == found
    assert ledger.count_waiting(reading(), [team.elsewhere], DAY) == 1


def test_who_no_longer_answers_there_countersigns_no_more(team: Team) -> None:
    made, actor = asked(team), team.actor(team.stranger)
    write(lambda s: s.connection().exec_driver_sql("UPDATE supervisions SET ended_on = '2026-03-01'") and None)
    with pytest.raises(NotFound):
        write(lambda s: service.countersign(s, actor, [made], client_id=new_client_id(), at=AT))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"host": Host(None, "Clinic"), "kind": "supervised"}, "host-kind"),
        ({"host": Host(None, "Clinic", True)}, "host-asked"),
        ({"host": Host(None, "", True)}, "host-asked"),
        ({"host": Host(None, "Call 213 555 0144")}, "client-data-host"),
        ({"host": Host(None, "x" * 121)}, "words-long"),
        ({"host": Host(1_000_000)}, "host-unknown"),
    ],
)
def test_what_cannot_be_a_host(team: Team, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(RuleBroken, match=f"^{code}$"):
        team.enter(**changes)
    assert rows(HoursEntry.id) == []


def test_a_tidy_host() -> None:
    sheet = rules.Sheet(1, DAY, "Library", "practicum", 60)
    for given_, kept in (
        (None, None),
        (Host(1, "", True), None),
        (Host(None, "  "), None),
        (Host(2, "typed too", True), Host(2, "", True)),
        (Host(None, " The  clinic "), Host(None, "The clinic")),
    ):
        assert rules.tidy(replace(sheet, host=given_)).host == kept


def test_the_same_form_with_another_host_is_another_form(team: Team) -> None:
    key = new_client_id()
    made = asked(team, client_id=key)
    assert asked(team, client_id=key) == made
    with pytest.raises(RuleBroken, match=r"^sent-before$"):
        team.enter(client_id=key, host=Host(team.elsewhere))
    assert len(rows(HoursHost.id)) == 1


def test_entered_shown_and_corrected_on_the_pages(team: Team, content_app: Flask) -> None:
    ana = sign_in(content_app.test_client(), team.ana)
    assert "A practicum at another organization" in text_of(ana.get("/hours/new"))
    elsewhere = public_id_of(team.elsewhere)
    refused = ana.post("/hours/new", data=typed(team, host=elsewhere, kind="supervised"))
    assert "Only a practicum has another place." in text_of(refused, 400)
    answer = ana.post("/hours/new", data=typed(team, host=elsewhere, asks_host="y"))
    assert answer.status_code == 302
    said = text_of(ana.get(answer.location))
    assert "Practicum at Elsewhere" in said
    assert "A supervisor at Elsewhere may do so too" in said
    form = ana.get(answer.location + "/correct").get_data(as_text=True)
    assert f'selected value="{elsewhere}"' in form
    assert "checked" in form
    sent = typed(team, host="", host_name="The clinic", seen="sent")
    new = ana.post(answer.location + "/correct", data=sent)
    assert "Practicum at The clinic" in text_of(ana.get(new.location))
    boss = sign_in(content_app.test_client(), team.boss)
    paper = f"/team/people/{team.ana.person_public_id}/hours/paper"
    assert "Ask a supervisor there" not in text_of(boss.get(paper))
    log = typed(team, host=elsewhere, sheet_on=day(-1).isoformat(), signed="y")
    assert boss.post(paper, data=log).status_code == 302
    assert rows(HoursHost.is_asked) == [(True,), (False,), (False,)]
