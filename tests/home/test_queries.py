"""Reads of the gathering pages on both engines: facts, lines and counts of a team, the download."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.sql.util import find_tables

from lms.actor import Span
from lms.certificates.models import Award
from lms.certificates.queries import list_certificates
from lms.certificates.rules import states
from lms.content.library import current
from lms.courses import queries as courses
from lms.db import Base, reading
from lms.home import policy, queries
from lms.home.queries import team as sql
from lms.home.queries.export import sections
from lms.home.rules import STATUSES, TeamFilter, is_lapsing
from lms.organizations.models import EmploymentTerms
from lms.people.models import Device
from lms.tracks import queries as tracks
from lms.tracks import service
from lms.tracks.models import Enrolment
from lms.tracks.rules import due_state
from tests.factories import MadePerson, Make, day
from tests.home.conftest import CORE, FIRST, Story, counted, instant


def gathered(person: MadePerson, kinds: tuple[str, ...] = queries.OWN) -> queries.Gathered:
    return queries.gather(reading(), current(reading()), [person.person_id], kinds, day())


def parts() -> queries.Parts:
    return queries.parts_of(current(reading()))


def team(organizations: list[int], **wanted: str) -> list[queries.Line]:
    return queries.list_lines(reading(), organizations, TeamFilter(**wanted), day(), parts=parts())


def names(organizations: list[int], **wanted: str) -> list[str]:
    return [line.name for line in team(organizations, **wanted)]


def counts(organizations: list[int], **wanted: str) -> queries.TeamCounts:
    return queries.count_team(reading(), organizations, TeamFilter(**wanted), day(), parts=parts())


def test_facts_agree_with_the_features_that_own_them(make: Make, story: Story) -> None:
    person, organization = make.person(), make.organization()
    supervisor = make.supervisor(organization)
    make.employment(person, organization)
    story.assign(supervisor, organization, [person], due=5)
    story.complete(person, "communication", language="es")
    story.lesson(person, "outreach", "being-findable")
    story.attempt(person, "outreach", passed=False)
    story.survey(person, "outreach")
    library, me = current(reading()), person.person_id
    found = gathered(person)
    for key in (FIRST, CORE):
        progress = tracks.progress_of(reading(), library, [me], [key])[me, key]
        assert found.standing.progress(me, key) == progress
    modules = ("communication", "outreach", "public-health")
    expected = courses.progress_of(reading(), library, [me], modules)
    unfinished = expected[me, "communication"].completed_on
    assert unfinished is not None
    for key in modules[1:]:
        assert found.of(me).module_progress(library, key) == expected[me, key]
    assert found.of(me).module_progress(library, "communication").completed_on == unfinished
    assert found.of(me).completed == {"communication"}
    assert [(each.track_key, each.organization_id, each.due_on) for each in found.of(me).asked] == [
        (FIRST, organization, day(5))
    ]


@pytest.mark.parametrize(
    ("passed", "waits", "stand"),
    [(True, False, "passed"), (False, False, "failed"), (None, False, "open"), (None, True, "waiting")],
)
def test_how_a_quiz_stands(make: Make, story: Story, passed: bool | None, waits: bool, stand: str) -> None:
    person = make.person()
    story.attempt(person, "outreach", passed=False)
    story.attempt(person, "outreach", passed=passed, number=2, waits=waits)
    library = current(reading())
    assert gathered(person).of(person.person_id).module_progress(library, "outreach").quiz == stand
    assert gathered(person).of(person.person_id).module_progress(library, "communication").quiz == "todo"


def test_certificates_agree_with_their_own_feature(make: Make, story: Story) -> None:
    person = make.person()
    story.award(person, "one", until=-1)
    story.award(person, "two", kinds=())
    story.award(person, "three", kinds=("issued", "suspended"))
    story.award(person, "four", kinds=("issued", "suspended", "lifted"), until=None)
    story.award(person, "five", kinds=("issued", "revoked"))
    story.award(person, "six", editions=2)
    story.award(person, "seven", editions=2, kinds=())
    rows = list_certificates(reading(), [person.person_id], today=day())
    mine = {each.track_key: each for each in gathered(person).of(person.person_id).holdings}
    assert len(mine) == 7
    for row in rows:
        found = mine[row.track_key]
        assert (found.public_id, found.serial, found.state) == (row.public_id, row.serial, row.state)
        if row.state != "preparing":
            assert (found.edition, found.valid_until) == (row.edition, row.valid_until)


def test_the_newest_cycle_of_an_enrolment_counts_in_whatever_order_it_was_written(make: Make, story: Story) -> None:
    person = make.person()
    story.enrol(person)
    revision = current(reading()).get("track", FIRST).revision_id
    again = {"person_id": person.person_id, "track_key": FIRST, "started_at": instant(-1), "revision_id": revision}
    story.run(lambda session: session.add(Enrolment(cycle=3, **again)))
    story.run(lambda session: session.add(Enrolment(cycle=2, **again)))
    assert gathered(person).standing.enrolments[person.person_id, FIRST].cycle == 3


def test_nobody_asked_for_needs_no_query(story: Story) -> None:
    library = current(reading())
    with counted() as statements:
        assert queries.gather(reading(), library, [], queries.OWN, day()).people == {}
    assert statements == []


def test_cases_come_newest_first_and_shares_only_while_they_last(make: Make, story: Story) -> None:
    person, one, two = make.person(), make.organization(), make.organization()
    story.finish_first(person)
    award = story.award(person)
    story.share(award, one)
    story.share(award, two, withdrawn=True)
    assert [each.state for each in gathered(person).of(person.person_id).cases] == ["waiting"]
    assert gathered(person, queries.SEEN).of(person.person_id).shares == {award: {one}}


# ── The team ─────────────────────────────────────────────────────────────────


@pytest.fixture
def crowd(make: Make, story: Story) -> tuple[int, dict[str, MadePerson]]:
    """Return an organization and its people, one in each state, by name."""
    place = make.organization("Kāinga Lelei")
    supervisor = make.supervisor(place, "Zora Supervisor")
    people = {name: make.person(name) for name in ("Late", "Later", "Soon", "Far", "Undated", "Done", "None", "Left")}
    for name, person in people.items():
        make.employment(person, place, until=day(-1) if name == "Left" else None, title=f"Title {name}")
    for name, due in (("Late", -9), ("Later", -1), ("Soon", 30), ("Far", 31), ("Undated", None), ("Done", -5)):
        story.assign(supervisor, place, [people[name]], due=due)
    story.assign(supervisor, place, [people["Late"]], CORE, due=12)
    story.complete(people["Done"], "communication", "outreach", on=-6)
    return place, people


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["Done", "Far", "Late", "Later", "None", "Soon", "Undated", "Zora Supervisor"]),
        ({"status": "late"}, ["Late", "Later"]),
        ({"status": "due-soon"}, ["Late", "Soon"]),
        ({"status": "on-time"}, ["Far", "Undated"]),
        ({"status": "done"}, ["Done"]),
        ({"status": "none"}, ["None", "Zora Supervisor"]),
        ({"status": "left"}, ["Left"]),
        ({"status": "lapsing"}, []),
        ({"track_key": CORE}, ["Late"]),
        ({"track_key": CORE, "status": "late"}, []),
        ({"track_key": CORE, "status": "none"}, ["Done", "Far", "Later", "None", "Soon", "Undated", "Zora Supervisor"]),
        ({"title": "Title Soon"}, ["Soon"]),
        ({"title": "Title Left", "status": "left"}, ["Left"]),
        ({"search": "LATÉ"}, ["Late", "Later"]),
        ({"search": "visor  zora"}, ["Zora Supervisor"]),
        ({"search": "a b c d e"}, []),
    ],
)
def test_filters_of_a_team(crowd: tuple[int, Any], wanted: dict[str, str], expected: list[str]) -> None:
    place, _people = crowd
    assert names([place], **wanted) == expected
    assert counts([place], **wanted).listed == len(expected)


def test_a_line_shows_what_is_most_urgent_and_how_much_more_there_is(crowd: tuple[int, Any]) -> None:
    place, _people = crowd
    lines = {line.name: line for line in team([place])}
    assert (lines["Late"].track_key, lines["Late"].due_on, lines["Late"].others) == (FIRST, day(-9), 1)
    assert (lines["Done"].completed_on, lines["Done"].others) == (day(), 0)
    assert (lines["None"].track_key, lines["None"].others) == (None, 0)
    assert {line.name: line.due_on for line in team([place], status="due-soon")} == {"Late": day(12), "Soon": day(30)}


def test_states_in_sql_are_those_of_the_rule(crowd: tuple[int, Any]) -> None:
    place, _people = crowd
    for status in ("late", "due-soon", "on-time", "done"):
        for line in team([place], status=status):
            assert due_state(line.due_on, day(), line.completed_on) == status
    found = counts([place])
    assert (found.late, found.due_soon, found.lapsing) == (2, 2, 0)


def test_the_order_follows_the_date_where_there_is_one(crowd: tuple[int, Any], make: Make, story: Story) -> None:
    place, _people = crowd
    assert names([place], status="late") == ["Late", "Later"]
    make.employment(make.person("Left Before"), place, until=day(-40))
    assert names([place], status="left") == ["Left", "Left Before"]


def test_who_came_back_has_not_left(make: Make, story: Story) -> None:
    place, person = make.organization(), make.person("Mele")
    make.employment(person, place, since=date(2020, 1, 1), until=day(-50))
    assert names([place], status="left") == ["Mele"]
    make.employment(person, place, since=day(4))
    assert names([place], status="left") == []
    assert names([place]) == []


def test_a_team_has_pages(make: Make, story: Story) -> None:
    place = make.organization()
    for number in range(53):
        make.employment(make.person(f"Person {number:02}"), place)
    last = queries.list_lines(reading(), [place], TeamFilter(), day(), parts=parts(), page=2)
    assert [line.name for line in last] == ["Person 50", "Person 51", "Person 52"]
    assert len(team([place])) == 50
    assert counts([place]).listed == 53


def test_two_organizations_make_two_lines_of_one_person(make: Make, story: Story) -> None:
    one, two, other = make.organization("One"), make.organization("Two"), make.organization("Other")
    person = make.person("Sina")
    for place in (one, two, other):
        make.employment(person, place)
    supervisor = make.supervisor(one, "Ana")
    story.assign(supervisor, one, [person], due=-1)
    lines = team([one, two])
    assert [(line.name, line.organization, line.track_key) for line in lines] == [
        ("Ana", "One", None), ("Sina", "One", FIRST), ("Sina", "Two", None),
    ]  # fmt: skip
    assert counts([one, two]).late == 1
    assert counts([two]).late == 0
    assert names([two], status="none") == ["Sina"]


def test_what_was_taken_back_is_not_asked(make: Make, story: Story) -> None:
    place, person = make.organization(), make.person("Sina")
    supervisor = make.supervisor(place, "Ana")
    make.employment(person, place)
    batch = story.assign(supervisor, place, [person], due=-1)
    actor = story.actor(supervisor)
    story.run(lambda session: service.undo_batch(session, actor, batch, at=instant(0)))
    assert counts([place]).late == 0
    assert names([place], status="none") == ["Ana", "Sina"]


EVENTS = [
    (),
    ("issued",),
    ("issued", "suspended"),
    ("issued", "suspended", "lifted"),
    ("issued", "revoked"),
    ("issued", "suspended", "lifted", "suspended"),
]


def test_lapsing_in_sql_is_what_the_rule_says(make: Make, story: Story) -> None:
    place = make.organization()
    for number, (kinds, until, editions) in enumerate(product(EVENTS, (-1, 0, 90, 91, None), (1, 2))):
        person = make.person(f"P{number:02}")
        make.employment(person, place)
        award = story.award(person, kinds=kinds, until=until, editions=editions)
        story.share(award, place)
    lapsing = {line.name: line.valid_until for line in team([place], status="lapsing")}
    expected = {}
    for line in team([place]) + queries.list_lines(reading(), [place], TeamFilter(), day(), parts=parts(), page=2):
        found = queries.gather(reading(), current(reading()), [line.person_id], queries.SEEN, day())
        for each in found.of(line.person_id).holdings:
            if is_lapsing(each, day()):
                expected[line.name] = each.valid_until
    assert len(expected) == 8 + 2  # valid ones with two dates, and the corrected ones that are prepared again
    assert lapsing == expected
    assert counts([place]).lapsing == len(expected)


def test_what_stands_in_sql_is_what_the_rule_says_for_every_history(make: Make, story: Story) -> None:
    happens = [(1, "issued"), (2, "issued"), (2, "revoked"), (2, "suspended"), (2, "lifted")]
    histories = [each for length in range(5) for each in product(happens, repeat=length)]
    story.histories(make.person(), histories)
    awards = Base.metadata.tables["awards"].c
    found = {
        int(track): until
        for track, until in reading().execute(select(awards.track_key, sql._valid_until()).where(sql._stands()))
    }
    expected = {}
    for number, history in enumerate(histories, 1):
        standing = states.standing_of(states.Event(*event) for event in history)
        if not standing.is_revoked and not standing.is_suspended:
            expected[number] = day(standing.edition) if standing.edition else None
    assert found == expected
    assert 0 < len(found) < len(histories) == 781


def test_lapsing_certificates_are_counted_only_where_they_may_be_seen(make: Make, story: Story) -> None:
    place, elsewhere = make.organization(), make.organization()
    supervisor = make.supervisor(place, "Zora")
    asked, shared, hidden, withdrawn, other, late = people = [make.person(name) for name in "ABCDEF"]
    for person in people:
        make.employment(person, place)
    story.assign(supervisor, place, [asked], due=None, at=instant(-9))
    story.assign(supervisor, place, [late], due=None, at=instant(-1))
    for person in (asked, hidden, late):
        story.award(person, until=20)
    story.share(story.award(shared, until=10), place)
    story.share(story.award(withdrawn, until=10), place, withdrawn=True)
    story.share(story.award(other, until=10), elsewhere)
    assert names([place], status="lapsing") == ["B", "A"]
    assert names([place], status="lapsing", track_key=CORE) == []
    assert counts([place]).lapsing == 2


def test_a_renewed_certificate_does_not_lapse_and_the_first_of_several_is_shown(make: Make, story: Story) -> None:
    place, person = make.organization(), make.person("A")
    make.employment(person, place)
    for track, until, cycle in ((FIRST, 5, 1), (FIRST, 700, 2), (CORE, 50, 1), ("third", 60, 1)):
        story.share(story.award(person, track, until=until, cycle=cycle), place)
    (line,) = team([place], status="lapsing")
    assert (line.track_key, line.valid_until, line.others) == (CORE, day(50), 1)


def test_titles_are_those_of_today(make: Make, story: Story) -> None:
    place, person = make.organization(), make.person("A")
    employment = make.employment(person, place, title="Volunteer")
    make.employment(make.person("B"), place, title="Volunteer")
    make.employment(make.person("C"), place, until=day(-1), title="Gone")
    for since, title in ((day(-5), "Promotora"), (day(5), "Lead")):
        terms = EmploymentTerms(employment_id=employment, since=since, title=title, kind="employee")
        story.run(lambda session, terms=terms: session.add(terms))
    assert queries.list_choices(reading(), [place], day()).titles == ("Promotora", "Volunteer")
    assert names([place], title="Promotora") == ["A"]
    assert names([place], title="Lead") == []


@pytest.mark.parametrize("status", ["", *STATUSES])
def test_every_list_is_two_statements_whatever_the_filters(make: Make, story: Story, status: str) -> None:
    place = make.organization()
    make.employment(make.person("Ana"), place)
    wanted = {"status": status, "track_key": FIRST, "title": "Promotora", "search": "ana"}
    asked, known = TeamFilter(**wanted), parts()
    with counted() as statements:
        queries.list_lines(reading(), [place], asked, day(), parts=known)
        queries.count_team(reading(), [place], asked, day(), parts=known)
    assert len(statements) == 2


# ── The download ─────────────────────────────────────────────────────────────

#: Tables that name a person, or a row that does, and are left out of the download, each with the reason.
LEFT_OUT = {
    "people": "her name, language and id stand at the top",
    "spare_codes": "hashes of the codes that stand for her phone when it is lost",
    "accounts": "password hash, stamp and secret are no use to her and of use to a thief",
    "access_links": "an open link lets in; the letters that carried them are listed",
    "audit_events": "who looked is listed; the rest is the site's own log",
    "unsigned_reports": "name nobody but the staff who decided; nothing ties them to her",
    "artifacts": "the files themselves, by the names of their contents",
    "issue_tasks": "when a file is made",
    "name_checks": "a stranger compared a name; it says nothing of who",
    "assignment_rule_changes": "her own acts as a supervisor concern others",
    "assignment_batches": "her own acts as a supervisor concern others",
    "hours_acts": "her own acts as a supervisor concern others",
    "observation_drafts": "what an observer has noted and nobody has signed; signed ones are listed",
    "cohort_organizations": "whose staff may join a cohort says nothing of a person",
    "training_imports": "her own acts as staff concern others",
    "staff_imports": "her own acts as a supervisor concern others; what a list said of her is listed",
    "assignment_uploads": "her own acts as a supervisor concern others; a row that means her is listed",
    "wording_demands": "her own acts as staff concern nobody; on which way she learns is listed",
    "content_changes": "her own acts as a publisher concern nobody; what a change did to her is listed",
    "regrades": "her own acts as a certifier concern others; what one did to her is listed",
    "survey_findings": "her own acts as staff concern nobody",
    "change_notes": "her own acts as staff concern nobody",
    "proposals": "her own acts as a translator concern nobody",
    "proposal_steps": "her own acts as a translator concern nobody",
    "step_withdrawals": "her own acts as a translator concern nobody",
    "publications": "her own acts as a publisher concern nobody",
    "publication_items": "what such a publication holds",
}


def test_the_download_reads_every_table_that_names_a_person() -> None:
    def points_at(table: Any, names: set[str]) -> bool:
        return any(key.column.table.name in names for key in table.foreign_keys)

    tables = Base.metadata.tables
    naming = {name for name, table in tables.items() if points_at(table, {"people", "accounts"})}
    naming |= {name for name, table in tables.items() if points_at(table, naming)}
    read = {table.name for statement in sections().values() for table in find_tables(statement, include_joins=False)}
    assert len(naming) > 25
    assert naming - set(LEFT_OUT) - read == set()


def test_the_download_holds_all_of_one_person_and_nothing_of_another(make: Make, story: Story) -> None:
    place = make.organization("Fale Ola")
    me, she = make.person("Me"), make.person("She", roles=("analyst",))
    make.employment(me, place, until=day(-1))
    story.run(lambda s: s.execute(update(EmploymentTerms).values(hours_per_week=37.5)) and None)
    for person in (me, she):
        story.finish_first(person)
        story.attempt(person, "outreach", passed=True)
        story.survey(person, "outreach")
        story.lesson(person, "public-health", "a-first-lesson")
    award = story.award(me)
    story.share(award, place)
    story.decide(me, she, "ask")
    account = {"account_id": me.account_id, "token_hash": "0" * 64, "label": "My phone"}
    story.run(lambda s: s.add(Device(**account, created_at=instant(-1), expires_at=instant(20))))
    with counted() as statements:
        found = queries.read_export(reading(), me.person_id)
    assert len(statements) == 1
    assert set(found) == set(sections())
    assert found["employments"] == [
        {"started_on": "2025-01-01", "ended_on": day(-1).isoformat(), "end_reason": "other", "organization": "Fale Ola"}
    ]
    assert found["employment_terms"][0]["hours_per_week"] == 37.5
    assert found["certificate_editions"][0]["payload"]["name"] == "As signed"
    assert [row["label"] for row in found["devices"]] == ["My phone"]
    assert [row["text"] for row in found["replies"]] == ["Tuesday"]
    assert found["quizzes"][0]["passed"] is True
    assert found["tracks_completed"][0]["counted"][0]["module"] == "communication"
    for name in ("quizzes", "lessons", "surveys_answered", "tracks", "applications", "employment_terms"):
        assert len(found[name]) == 1, name
    hers = queries.read_export(reading(), she.person_id)
    assert [row["role"] for row in hers["roles"]] == ["analyst"]
    assert hers["certificates"] == hers["employments"] == hers["devices"] == []


# ── The office ───────────────────────────────────────────────────────────────


def test_an_empty_office(story: Story) -> None:
    assert queries.count_letters(reading()) == {}
    assert queries.list_jobs(reading()) == []
    assert queries.find_published_at(reading(), 1) is not None
    assert queries.find_published_at(reading(), 99) is None
    assert queries.count_office(reading()) == queries.OfficeCounts(0, 0, 0)


def test_awarded_days_are_local(make: Make, story: Story) -> None:
    person = make.person()
    award = story.award(person)
    late = instant(0).replace(hour=5)  # the evening before, in Los Angeles
    story.run(lambda s: s.execute(update(Award).where(Award.public_id == award).values(awarded_at=late)))
    (holding,) = gathered(person).of(person.person_id).holdings
    assert holding.awarded_on == day(-1)


@pytest.mark.parametrize(
    ("since", "until", "opens"),
    [(-9, None, True), (-9, -1, True), (-9, 5, True), (0, None, True), (1, None, False)],
)
def test_the_policy_of_a_page_and_its_row_filter_agree(
    make: Make, story: Story, since: int, until: int | None, opens: bool
) -> None:
    place, person = make.organization(), make.person()
    actor = story.actor(make.supervisor(place))
    stranger = story.actor(make.supervisor(make.organization()))
    make.employment(person, place, since=day(since), until=None if until is None else day(until))
    spans = [Span(place, day(since), None if until is None else day(until))]
    for reader, allowed in ((actor, opens), (stranger, False)):
        found = queries.list_spells_here(reading(), policy.visible_spells(reader), person.person_public_id)
        assert policy.can_open(reader, spans) is allowed
        assert bool(found) is allowed


def test_only_she_and_the_employer_that_recorded_it_read_why_a_spell_ended(make: Make, story: Story) -> None:
    place, elsewhere, person = make.organization(), make.organization(), make.person()
    supervisor = story.actor(make.supervisor(place), "supervisor")
    assert policy.can_read_reason(supervisor, person.person_id, place)
    assert not policy.can_read_reason(supervisor, person.person_id, elsewhere)
    assert policy.can_read_reason(story.actor(person), person.person_id, elsewhere)
