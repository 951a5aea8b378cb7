"""An organization chooses which levels of the ladder it uses; nothing that is asked, begun or earned falls away."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.organizations.rules import Criteria
from lms.tracks import queries, rules, service
from lms.tracks.models import Assignment, AssignmentBatch, AssignmentUpload, OrganizationLevel
from lms.tracks.rules import Due, FileRow, Meant, key_alone
from lms.tracks.service import Statement
from tests.conftest import AT, Browser
from tests.factories import MadePerson, Make, sign_in
from tests.organizations.conftest import actions, actor_of
from tests.tracks.conftest import earn
from tests.tracks.test_choosing import text_of
from tests.tracks.test_files import Team, rows, run

ENTRY, CORE = "first-steps", "core"
LADDER = ("entry", "core", "specialist", "lead", "supervisor")


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on both engines, with content."""


@pytest.fixture
def team(make: Make) -> Team:
    """Return a CBO with staff."""
    return Team(make)


def choose(team: Team, *used: str, by: MadePerson | None = None, place: int = 0) -> tuple[str, ...]:
    """Let the team's organization use these levels, and return those that changed."""
    actor = actor_of(by) if by else team.actor
    return write(lambda s: service.choose_levels(s, actor, place or team.id, used, at=AT))


def assign(team: Team, track: str, *, client_id: str = "") -> Any:
    """Assign a track to Ana."""
    key = client_id or new_client_id()
    people = [team.ana.person_id]
    return write(lambda s: service.assign(s, team.actor, team.id, track, people, due_on=None, client_id=key, at=AT))


# ── Rules ─────────────────────────────────────────────────────────────────────

_LEVELS = st.dictionaries(st.integers(1, 5), st.frozensets(st.sampled_from(LADDER)))


@given(st.frozensets(st.integers(1, 5)), _LEVELS)
def test_a_level_falls_away_where_none_of_her_employers_uses_it(
    places: frozenset[int], off: dict[int, frozenset[str]]
) -> None:
    gone = rules.off_everywhere(places, off)
    for level in LADDER:
        assert (level in gone) == (bool(places) and all(level in off.get(place, ()) for place in places))


@given(st.dictionaries(st.text(max_size=3), st.sampled_from(LADDER)), st.frozensets(st.sampled_from(LADDER)))
def test_what_is_offered_is_what_the_check_lets_pass(levels: dict[str, str], off: frozenset[str]) -> None:
    assert rules.offered(levels, off) == {key for key in levels if rules.is_offered(levels[key], off)}


def test_rows_of_an_organization_without_the_level_are_refused() -> None:
    row = FileRow(2, {})
    found = [Meant(row, None, 1, 1, date(2026, 1, 1)), Meant(row, None, 1, 2), Meant(row, "shared", None, 1)]
    assert [each.fault for each in rules.without_level(found, {1})] == ["level-off", None, "shared"]


# ── Choosing ──────────────────────────────────────────────────────────────────


def test_every_level_is_used_until_somebody_says_otherwise(team: Team) -> None:
    assert queries.levels_off(reading(), [team.id, team.far]) == {}
    reading().rollback()
    assert choose(team, "entry", "lead", "nonsense") == ("core", "specialist", "supervisor")
    assert choose(team, "entry", "lead") == (), "twice changes nothing"
    assert queries.levels_off(reading(), [team.id, team.far]) == {team.id: {"core", "specialist", "supervisor"}}
    assert queries.places_without(reading(), "core") == {team.id}
    reading().rollback()
    assert choose(team, *LADDER) == ("core", "specialist", "supervisor"), "and back"
    assert queries.levels_off(reading(), [team.id]) == {}
    reading().rollback()
    assert actions() == ["tracks.levels_chosen"] * 2
    with pytest.raises(RuleBroken, match="no-level"):
        choose(team, "nonsense")


def test_who_manages_the_staff_chooses_and_nobody_else(team: Team, make: Make) -> None:
    office = actor_of(make.person(roles=("administrator",)), "administrator")
    write(lambda s: service.choose_levels(s, office, team.far, ["core"], at=AT))
    for stranger in (team.ana, make.supervisor(team.far)):
        with pytest.raises(NotFound):
            choose(team, "core", by=stranger)
    assert {row.organization_id for row in rows(OrganizationLevel, "organization_id")} == {team.far}


# ── What it decides ───────────────────────────────────────────────────────────


def test_a_level_that_is_off_is_asked_of_nobody_new(team: Team) -> None:
    """By hand, by rule and by file; what was asked before is answered as before, and a single module has no level."""
    key = new_client_id()
    before = assign(team, ENTRY, client_id=key)
    waiting = team.stage(team.luis.email, track=ENTRY)
    said = Statement(team.id, ENTRY, Criteria(), Due())
    standing = write(
        lambda s: service.make_rule(
            s,
            team.actor,
            Statement(team.id, ENTRY, Criteria(titles=("Nobody",)), Due()),
            expected=(),
            client_id=new_client_id(),
            at=AT,
        )
    )
    choose(team, "core")
    assert assign(team, ENTRY, client_id=key).batch_public_id == before.batch_public_id, "the same form is answered"
    expected = list(service.plan_statement(reading(), team.actor, said, at=AT).new)
    reading().rollback()
    make = lambda s: service.make_rule(s, team.actor, said, expected=expected, client_id=new_client_id(), at=AT)  # noqa: E731
    for act in (lambda: assign(team, ENTRY), lambda: write(make), lambda: team.apply(waiting)):
        with pytest.raises(RuleBroken, match="level-off"):
            act()
    team.stage(team.ana.email, track=ENTRY)
    head = rows(AssignmentUpload, "id")[-1].id
    assert [row.fault for row in queries.list_upload_rows(reading(), head)] == ["level-off"]
    reading().rollback()
    assert len(rows(Assignment, "id")) == 1
    assign(team, key_alone("communication"))
    assert write(lambda s: service.reconcile_rule(s, standing.rule_public_id, at=AT)).plan.new == ()
    retitled = write(lambda s: service.plan_reconciling(s, standing.rule_public_id, at=AT))
    assert retitled.new == (), "the standing rule goes on, and still means nobody"


def test_a_standing_rule_of_such_a_level_goes_on(team: Team, make: Make) -> None:
    said = Statement(team.id, ENTRY, Criteria(), Due())
    expected = list(service.plan_statement(reading(), team.actor, said, at=AT).new)
    reading().rollback()
    made = write(lambda s: service.make_rule(s, team.actor, said, expected=expected, client_id=new_client_id(), at=AT))
    choose(team, "core")
    new = make.person("Newcomer")
    make.employment(new, team.id, since=date(2026, 1, 10))
    assert write(lambda s: service.reconcile_rule(s, made.rule_public_id, at=AT)).plan.new == (new.person_id,)


def test_the_command_passes_over_organizations_without_the_level(team: Team, content_app: Flask, tmp_path: Any) -> None:
    choose(team, "core")
    file = tmp_path / "people.csv"
    file.write_text(f"email\n{team.ana.email}\n{team.rosa.email}\n")
    refused = run(content_app, file)
    assert "row 2: This organization does not use the level of this track." in str(refused.exception)
    assert run(content_app, file, "--valid-rows-only").exit_code == 0
    assert [row.organization_id for row in rows(AssignmentBatch, "organization_id")] == [team.far]


# ── The page ──────────────────────────────────────────────────────────────────


@pytest.fixture
def browser(team: Team, content_app: Flask) -> Any:
    """Return the supervisor's browser."""
    content_app.config["WTF_CSRF_ENABLED"] = False
    content_app.test_client_class = Browser
    return sign_in(content_app.test_client(), team.boss)


def test_what_goes_on_is_named_before_it_is_saved(team: Team, browser: Any, content_app: Flask, make: Make) -> None:
    assign(team, ENTRY)
    people = [team.luis.person_id]
    write(
        lambda s: service.assign(s, team.actor, team.id, ENTRY, people, due_on=None, client_id=new_client_id(), at=AT)
    )
    earn(team.luis, "communication", "outreach")
    write(lambda s: service.refresh(s, current(s), people, at=AT) and None)
    said = Statement(team.id, ENTRY, Criteria(titles=("Nobody",)), Due())
    write(lambda s: service.make_rule(s, team.actor, said, expected=(), client_id=new_client_id(), at=AT))
    page = browser.get("/team/levels").get_data(as_text=True)
    assert page.count(" checked") == 5
    assert "/team/levels?organization=" in browser.get("/team/staff").get_data(as_text=True)
    assert 'value="first-steps"' in browser.get("/team/assign").get_data(as_text=True)
    look = browser.post("/team/levels", data={"levels": ["core", "lead"]})
    said_there = text_of(look)
    assert "Save these levels? Core · Senior or lead" in said_there
    assert "“First steps” is not offered any more 1 person is on the way and goes on: Ana" in said_there
    assert "Luis" not in said_there, "who has finished keeps it without being named"
    assert "1 standing rule goes on to ask for it." in said_there
    assert rows(OrganizationLevel, "id") == [], "looking changes nothing"
    assert "Please keep at least one level." in text_of(browser.post("/team/levels", data={}), 400)
    saved = browser.post("/team/levels", data={"levels": ["core", "lead"], "do": "save"}, follow_redirects=True)
    assert "Saved." in text_of(saved)
    assert saved.get_data(as_text=True).count(" checked") == 2
    for path in ("/team/assign", "/team/assign/file"):
        offered = browser.get(path).get_data(as_text=True)
        assert 'value="first-steps"' not in offered, path
        assert f'value="{CORE}"' in offered and f'value="{key_alone("communication")}"' in offered, path
    assert "No track falls away." in text_of(browser.post("/team/levels", data={"levels": list(LADDER)}))
    assert "Ana" in text_of(browser.get("/team")), "her assignment goes on"


def test_a_supervisor_of_two_organizations_is_offered_what_either_uses(
    team: Team, browser: Any, content_app: Flask, make: Make
) -> None:
    both = make.supervisor(team.id, "Both")
    office = sign_in(content_app.test_client(), make.person(roles=("administrator",)))
    page = office.get("/team/levels").get_data(as_text=True)
    assert "Rising Hope" in page and "Far Away" in page
    assert browser.get("/team/levels?organization=nothing").status_code == 404
    assert sign_in(content_app.test_client(), team.ana).get("/team/levels").status_code == 404
    assert sign_in(content_app.test_client(), both).get("/team/levels").status_code == 200
