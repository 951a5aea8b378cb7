"""A track may ask for approved wording: who is blocked is named before assigning, and learns on another route."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from lms.content.library import current
from lms.content.service import Draft, draft, publish
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.organizations.rules import Criteria
from lms.publish.service import alone_tracks
from lms.tracks import queries, rules, service
from lms.tracks.models import Assignment, Enrolment, WordingDemand, WordingRoute
from lms.tracks.rules import Asked, Due, FileRow, Gap, Meant, Routes
from lms.tracks.service import Statement
from lms.tracks.service.uploading import ask_rows
from tests.conftest import AT, Browser
from tests.databases import written_content
from tests.factories import MadePerson, Make, sign_in
from tests.organizations.conftest import actions, actor_of
from tests.tracks.test_choosing import text_of
from tests.tracks.test_files import Team as FileTeam
from tests.tracks.test_files import run
from tests.tracks.test_service import Counter, rows

TRACK = "first-steps"
NONE = Routes()


class Team(FileTeam):
    """A CBO with workers of three languages, and somebody of the consortium."""

    def __init__(self, make: Make) -> None:
        super().__init__(make)
        self.sina, self.mele, self.tala = (
            make.person(name, language=tag) for name, tag in (("Sina", "sm"), ("Mele", "to"), ("Tala", "sm"))
        )
        for person in (self.sina, self.mele, self.tala):
            make.employment(person, self.id, since=date(2026, 1, 10))
        self.office = make.person("Office", roles=("certifier",))

    def ask(self, *, is_asked: bool = True, client_id: str = "") -> bool:
        """Let the consortium ask for approved wording, or no longer."""
        wish = {"is_asked": is_asked, "client_id": client_id or new_client_id()}
        actor = actor_of(self.office, "certifier")
        return write(lambda s: service.set_demand(s, actor, TRACK, **wish, at=AT))

    def assign(self, *people: MadePerson, routes: Routes = NONE, client_id: str = "", due_on: Any = None) -> Any:
        """Assign the track to these people."""
        key, ids = client_id or new_client_id(), [each.person_id for each in people]
        wish = {"due_on": due_on, "client_id": key, "routes": routes}
        return write(lambda s: service.assign(s, self.actor, self.id, TRACK, ids, **wish, at=AT))


@pytest.fixture
def team(content_app: Flask, make: Make) -> Team:
    """Return a CBO with staff, on the published content: every translation of it is a draft."""
    return Team(make)


def asked() -> set[int]:
    """Return who is asked for something."""
    return {row.person_id for row in rows(Assignment, "person_id")}


def approve(locale: str) -> None:
    """Publish the content with every sentence of one language approved."""

    def approved(each: Draft) -> Draft:
        if each.locale != locale:
            return each
        words = {at: {**entry, "state": "approved"} for at, entry in each.body["words"].items()}
        return draft(each.kind, each.key, each.locale, {"words": words})

    found = [approved(each) for each in written_content()]
    write(lambda s: publish(s, [*found, *alone_tracks(found)], None, at=AT) and None)


# ── Rules ─────────────────────────────────────────────────────────────────────

STATES = ("missing", "stale", "draft", "in review", "reviewed", "approved")


@given(st.lists(st.sampled_from(STATES)))
def test_a_module_has_a_gap_unless_all_of_it_is_approved(states: list[str]) -> None:
    gap = rules.gap_of("m", states)
    assert (gap is None) == (set(states) <= {"approved"})
    if gap is not None:
        assert (gap.total, gap.count) == (len(states), sum(each != "approved" for each in states))


_CHOICES = st.sampled_from([*rules.CHOICES, "", "nonsense"])


@given(
    st.dictionaries(st.integers(1, 9), st.sampled_from(["es", "to", "sm"])),
    st.dictionaries(st.sampled_from(["es", "to", "sm"]), _CHOICES),
    st.dictionaries(st.integers(1, 9), _CHOICES),
)
def test_everybody_who_is_blocked_has_one_fate(
    people: dict[int, str], languages: dict[str, str], persons: dict[int, str]
) -> None:
    routing = rules.route_people(people, Routes(languages, persons))
    fates = [set(routing.routes), set(routing.out), set(routing.undecided)]
    assert set.union(*fates) == set(people)
    assert sum(map(len, fates)) == len(people)
    assert set(routing.routes.values()) <= set(rules.ROUTES)
    for person_id in people:
        own = persons.get(person_id)
        if own in rules.ROUTES:
            assert routing.routes[person_id] == own, "her own way comes before that of her language"


def test_who_is_blocked_and_which_rows_cannot_be_done() -> None:
    gaps = {"sm": (Gap("m", 2, {"draft": 1}),)}
    assert rules.blocked({1: "en", 2: "sm", 3: "to"}, gaps) == {2: "sm"}
    found = [Meant(FileRow(2, {}), None, 1, 1), Meant(FileRow(3, {}), None, 2, 1), Meant(FileRow(4, {}), "shared", 2)]
    assert [each.fault for each in rules.without_wording(found, {2})] == [None, "wording", "shared"]


# ── The setting ───────────────────────────────────────────────────────────────


def test_no_track_asks_unless_somebody_said_so_and_what_was_said_is_kept(team: Team) -> None:
    assert not queries.asks_for_approved(reading(), TRACK)
    reading().rollback()
    key = new_client_id()
    assert team.ask(client_id=key)
    assert not team.ask(client_id=key), "a second tap"
    assert not team.ask(), "asked already"
    assert queries.asks_for_approved(reading(), TRACK)
    assert not queries.asks_for_approved(reading(), "core")
    reading().rollback()
    assert team.ask(is_asked=False)
    assert not team.ask(client_id=key), "the first form, sent once more"
    assert [row.is_asked for row in queries.list_demands(reading(), TRACK)] == [False, True]
    assert {row.set_by for row in queries.list_demands(reading())} == {team.office.account_id}
    reading().rollback()
    assert actions() == ["tracks.wording_asked"] * 2


def test_only_the_consortium_sets_it_and_only_for_a_track_that_is_there(team: Team) -> None:
    for actor in (team.actor, actor_of(team.ana), actor_of(team.ana, "trainer", "analyst", "translator")):
        with pytest.raises(NotFound):
            write(lambda s, actor=actor: service.set_demand(s, actor, TRACK, is_asked=True, client_id="a" * 32, at=AT))
    office = actor_of(team.office, "administrator")
    with pytest.raises(NotFound):
        write(lambda s: service.set_demand(s, office, "nothing", is_asked=True, client_id="a" * 32, at=AT))
    assert rows(WordingDemand, "id") == []


# ── Assigning ─────────────────────────────────────────────────────────────────


def test_who_is_blocked_is_not_asked_without_a_way(team: Team) -> None:
    team.assign(team.mele)
    team.ask()
    assert team.assign(team.ana).assigned == 1, "English is the source"
    assert team.assign(team.mele).already == 1, "who was asked before stays so"
    with pytest.raises(RuleBroken, match="wording-undecided"):
        team.assign(team.sina)
    with pytest.raises(RuleBroken, match="wording-undecided"):
        team.assign(team.sina, routes=Routes({"to": "oral"}))
    assert asked() == {team.ana.person_id, team.mele.person_id}


def test_each_learns_on_the_way_that_was_chosen_or_is_left_out(team: Team) -> None:
    team.ask()
    key, routes = new_client_id(), Routes({"sm": "oral", "to": "out"}, {team.tala.person_id: "both"})
    people = (team.ana, team.sina, team.tala, team.mele)
    done = team.assign(*people, routes=routes, client_id=key)
    assert done.assigned == 3
    again = team.assign(*people, routes=routes, client_id=key)
    assert again.batch_public_id == done.batch_public_id, "a second tap"
    assert team.mele.person_id not in asked()
    kept = {row.person_id: (row.route, row.language, row.chosen_by) for row in rows(
        WordingRoute, "person_id", "route", "language", "chosen_by"
    )}  # fmt: skip
    by = team.boss.account_id
    assert kept == {team.sina.person_id: ("oral", "sm", by), team.tala.person_id: ("both", "sm", by)}
    assert queries.route_of(reading(), team.sina.person_id, TRACK) == "oral"
    assert queries.routes_in_batch(reading(), done.batch_id) == {
        team.sina.person_id: "oral",
        team.tala.person_id: "both",
    }
    reading().rollback()
    write(lambda s: service.undo_batch(s, team.actor, done.batch_public_id, at=AT) and None)
    assert queries.route_of(reading(), team.sina.person_id, TRACK) is None, "taken back with what it belongs to"
    reading().rollback()
    with pytest.raises(RuleBroken, match="nobody-chosen"):
        team.assign(team.mele, routes=routes)
    wanted = [Asked(team.mele.person_id, team.id)]
    with pytest.raises(RuleBroken, match="nobody-chosen"):
        write(
            lambda s: ask_rows(s, [team.id], TRACK, Due(), wanted, made_by=team.actor.account_id, at=AT, routes=routes)
        )


def test_nobody_is_blocked_once_the_words_are_approved(team: Team) -> None:
    team.ask()
    approve("sm")
    assert set(queries.gaps_of(current(reading()), TRACK)) == {"es", "to"}
    reading().rollback()
    assert team.assign(team.sina).assigned == 1
    assert rows(WordingRoute, "id") == []
    with pytest.raises(RuleBroken, match="wording-undecided"):
        team.assign(team.mele)


def test_a_file_names_who_is_blocked(team: Team, content_app: Flask, tmp_path: Any) -> None:
    team.ask()
    waiting = team.stage(team.ana.email, team.sina.email, track=TRACK)
    with pytest.raises(RuleBroken, match="wording-undecided"):
        team.apply(waiting)
    wish = {"valid_only": False, "routes": Routes({"sm": "session"})}
    done = write(lambda s: service.apply_upload(s, team.actor, waiting, **wish, at=AT))
    assert done.assigned == 2
    assert [row.route for row in rows(WordingRoute, "route")] == ["session"]


def test_the_command_names_who_is_blocked_and_takes_a_way(team: Team, content_app: Flask, tmp_path: Any) -> None:
    team.ask()
    file = tmp_path / "people.csv"
    file.write_text(f"email\n{team.ana.email}\n{team.sina.email}\n{team.mele.email}\n")
    refused = str(run(content_app, file).exception)
    assert "row 3: The words of this track are not approved in her language yet." in refused
    assert "row 4: " in refused
    assert "row 2: " not in refused
    assert run(content_app, file, "--route", "sm=aloud").exit_code == 2
    assert asked() == set()
    assert run(content_app, file, "--route", "sm=oral", "--route", "to=out").exit_code == 0
    assert asked() == {team.ana.person_id, team.sina.person_id}
    assert [row.chosen_by for row in rows(WordingRoute, "chosen_by")] == [None]


def test_a_standing_rule_waits_for_the_words(team: Team) -> None:
    """It asks nobody who is blocked, names them, and asks them once the words are approved."""
    team.ask()
    said = Statement(team.id, TRACK, Criteria(languages=("sm", "en")), Due())
    plan = service.plan_statement(reading(), team.actor, said, at=AT)
    reading().rollback()
    assert set(plan.unworded) == {team.sina.person_id, team.tala.person_id}
    wish = {"expected": {*plan.new, *plan.unworded}, "client_id": new_client_id()}
    made = write(lambda s: service.make_rule(s, team.actor, said, **wish, at=AT))
    assert not asked() & {team.sina.person_id, team.tala.person_id}
    approve("sm")
    then = write(lambda s: service.reconcile_rule(s, made.rule_public_id, at=AT)).plan
    assert set(then.new) == {team.sina.person_id, team.tala.person_id}
    team.ask(is_asked=False)
    assert write(lambda s: service.reconcile_rule(s, made.rule_public_id, at=AT)).plan.unworded == ()


def test_the_number_of_statements_does_not_grow_with_people(team: Team, make: Make) -> None:
    team.ask()
    more = [make.person(language="sm") for _ in range(6)]
    for person in more:
        make.employment(person, team.id, since=date(2026, 1, 10))
    routes = Routes({"sm": "oral"})
    with Counter() as few:
        team.assign(team.sina, routes=routes)
    with Counter() as many:
        team.assign(*more, routes=routes)
    assert many.count == few.count


# ── Pages ─────────────────────────────────────────────────────────────────────


def browser_of(app: Flask, person: MadePerson) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return sign_in(app.test_client(), person)


def test_the_consortiums_page_shows_whom_it_touches_and_keeps_who_said_so(team: Team, content_app: Flask) -> None:
    team.assign(team.sina)
    office = browser_of(content_app, team.office)
    assert "First steps" in text_of(office.get("/certify/wording"))
    page = office.get(f"/certify/wording/{TRACK}")
    said = text_of(page)
    assert "This track does not ask for approved wording." in said
    assert re.search(r"Gagana Sāmoa .*Of \d+ sentences: \d+ drafts\..*1 person is on the way in this language\.", said)
    html = page.get_data(as_text=True)
    key = re.search(r'name="client_id"[^>]*value="([0-9a-f]{32})"', html)
    assert key
    sent = office.post(f"/certify/wording/{TRACK}", data={"asked": "1", "client_id": key[1]}, follow_redirects=True)
    assert "This track asks for approved wording." in text_of(sent)
    assert "Asked for Office" in text_of(sent)
    assert "Asks for approved wording" in text_of(office.get("/certify/wording"))
    assert office.post(f"/certify/wording/{TRACK}", data={"asked": "2", "client_id": key[1]}).status_code == 400
    assert len(rows(WordingDemand, "id")) == 1
    assert office.get("/certify/wording/nothing").status_code == 404
    assert browser_of(content_app, team.boss).get("/certify/wording").status_code == 404


def look(boss: FlaskClient, *people: MadePerson) -> Any:
    """Return the last look before assigning the track to these people."""
    person = [each.person_public_id for each in people]
    place = re.search(r'name="organization" value="(\w+)"', boss.get("/team/assign").get_data(as_text=True))
    assert place
    form = {"organization": place[1], "track": TRACK, "who": "some", "person": person, "do": "look"}
    return boss.post("/team/assign", data=form)


def hidden(page: Any) -> dict[str, str]:
    """Return the hidden fields of the last look."""
    html = page.get_data(as_text=True)
    return dict(re.findall(r'<input[^>]*?name="(\w+)"[^>]*?type="hidden"[^>]*?value="([^"]*)"', html)) | dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html)
    )


def test_the_last_look_names_who_is_blocked_and_asks_for_a_way(team: Team, content_app: Flask) -> None:
    boss = browser_of(content_app, team.boss)
    assert "not approved" not in text_of(look(boss, team.sina)), "nothing is said where the track does not ask"
    team.ask()
    page = look(boss, team.ana, team.sina, team.tala)
    said = text_of(page)
    assert "For 2 people the words are not approved yet: Gagana Sāmoa Sina Tala" in said
    assert re.search(r"Of \d+ sentences: \d+ drafts\.", said)
    refused = boss.post("/team/assign/confirm", data=hidden(page))
    assert "Please choose how those learn whose language has no approved words yet." in text_of(refused, 400)
    one = {f"route-of-{team.tala.person_public_id}": "both"}
    refused = boss.post("/team/assign/confirm", data={**hidden(page), **one})
    assert re.search(r'<option value="both" selected>', refused.get_data(as_text=True)), "what was chosen is kept"
    done = boss.post("/team/assign/confirm", data={**hidden(refused), **one, "route-sm": "oral"}, follow_redirects=True)
    said = text_of(done)
    assert "Sina A trainer reads it with her" in said
    assert "Tala With English beneath" in said
    assert "Sina" in text_of(boss.get("/team/reading"))
    assert "A trainer reads it with her." in text_of(boss.get(f"/team/people/{team.sina.person_public_id}"))
    trainer = browser_of(content_app, team.office)
    assert trainer.get("/team/reading").status_code == 404


def test_the_last_look_at_a_file_asks_for_a_way(team: Team, content_app: Flask) -> None:
    team.ask()
    boss = browser_of(content_app, team.boss)
    form = {"track": TRACK, "lines": team.sina.email, "client_id": new_client_id()}
    path = boss.post("/team/assign/file", data=form).headers["Location"]
    assert "For 1 person the words are not approved yet: Gagana Sāmoa" in text_of(boss.get(path))
    assert "Please choose how" in text_of(boss.post(f"{path}/apply"), 400)
    boss.post(f"{path}/apply", data={f"route-of-{team.sina.person_public_id}": "session"})
    assert [row.route for row in rows(WordingRoute, "route")] == ["session"]


def test_who_begins_by_herself_is_told_kindly_and_may_read_english_too(team: Team, content_app: Flask) -> None:
    sina = browser_of(content_app, team.sina)
    path = f"/tracks/{TRACK}"
    before = sina.get(path).get_data(as_text=True)
    assert 'name="english"' not in before
    team.ask()
    page = sina.get(path).get_data(as_text=True)
    assert 'href="tel:' in page
    assert 'name="english" value="1"' in page
    sina.post(f"{path}/enrol")
    assert rows(Enrolment, "id") == [], "a page that was open before does not begin it either"
    sina.post(f"{path}/enrol", data={"english": "1"})
    sina.post(f"{path}/enrol", data={"english": "1"})
    assert [(row.route, row.chosen_by) for row in rows(WordingRoute, "route", "chosen_by")] == [
        ("both", team.sina.account_id)
    ]
    assert len(rows(Enrolment, "id")) == 1
    ana = browser_of(content_app, team.ana)
    ana.post(f"{path}/enrol")
    assert len(rows(Enrolment, "id")) == 2, "in English nothing is missing"
