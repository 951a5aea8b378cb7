"""Changes of sign-offs on both databases: who may observe whom, what is signed for good, and what may follow."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from pydantic import ValidationError
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from lms.config import ROOT
from lms.content.folder import read_folder
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.fieldwork import queries, service
from lms.fieldwork.events import FieldworkCredited, ObservationSigned
from lms.fieldwork.models import Observation, ObservationDraft, ObservationEvent
from lms.fieldwork.policy import sign_offs as policy
from lms.fieldwork.queries import sign_offs as observations
from lms.fieldwork.service import ObserveForm
from lms.fieldwork.service import sign_offs as changes
from lms.fieldwork.specs import ChecklistSpec
from lms.ids import new_client_id
from lms.organizations.queries import spans_of
from lms.publish import SHAPES
from tests.factories import MadePerson, Make
from tests.fieldwork.hours_story import (
    AT,
    CHECKLIST,
    DAY,
    Team,
    days_ago,
    heard,
    levels,
    make_team,
    revision_id,
)
from tests.organizations.conftest import actions, rows
from tests.racing import look_together, outcomes, race


@pytest.fixture
def team(make: Make, content_app: Flask) -> Team:
    return make_team(make)


def refused(code: str) -> Any:
    return pytest.raises(RuleBroken, match=f"^{code}$")


def note(team: Team, noted: dict[str, Any], *, seen: int, by: MadePerson | None = None) -> int:
    """Save a draft of Ana and return its version."""
    actor, form = team.actor(by or team.boss), ObserveForm(CHECKLIST, 0, seen)
    return write(lambda s: service.save_draft(s, actor, team.ana.person_id, form, noted, at=AT))


def answer(team: Team, public_id: str, words: str, *, by: MadePerson | None = None) -> None:
    actor = team.actor(by or team.ana)
    write(lambda s: service.answer_observation(s, actor, public_id, words, at=AT))


def withdraw(team: Team, public_id: str, words: str = "Wrong person.", *, by: MadePerson | None = None) -> None:
    actor = team.actor(by or team.boss)
    write(lambda s: service.withdraw_observation(s, actor, public_id, words, at=AT))


def test_a_passed_observation_counts_until_its_last_day(team: Team) -> None:
    with heard() as facts:
        made = team.sign(comment=" You listen. ")
    assert isinstance(facts[0], ObservationSigned)
    assert (facts[0].public_id, facts[0].person_id, facts[0].passed) == (made, team.ana.person_id, True)
    assert facts[1:] == [FieldworkCredited((team.ana.person_id,), AT)]
    (fact,) = queries.signed_off(reading(), [team.ana.person_id])
    assert (fact.checklist_key, fact.passed_on, fact.passed_at) == (CHECKLIST, DAY, AT)
    assert (fact.valid_until, fact.is_independent) == (date(DAY.year + 2, DAY.month, DAY.day), False)
    assert queries.signed_off(reading(), None) == [fact]
    assert queries.signed_off(reading(), [team.boss.person_id]) == []
    assert rows(Observation.comment) == [("You listen.",)]
    assert actions() == ["fieldwork.observation_signed"]


def test_what_did_not_pass_is_kept_and_does_not_count(team: Team) -> None:
    with heard() as facts:
        team.sign(levels=levels(role="with-help"))
    assert [type(fact) for fact in facts] == [ObservationSigned]
    assert queries.signed_off(reading(), None) == []
    assert rows(Observation.passed, Observation.valid_until) == [(False, None)]


def test_only_who_is_entitled_signs(team: Team) -> None:
    colleague = team.make.person()
    team.make.employment(colleague, team.place)
    for by, of in ((team.stranger, team.ana), (colleague, team.ana), (team.ana, team.ana), (team.boss, team.boss)):
        with pytest.raises(NotFound):
            team.sign(by=by, of=of)
    with pytest.raises(NotFound):
        team.sign(by=team.certifier, of=team.certifier)
    team.sign(by=team.second)
    team.sign(by=team.certifier)
    assert rows(Observation.organization_id, Observation.is_independent) == [(team.place, False), (None, True)]


def test_a_supervisor_signs_for_days_on_which_both_were_there(team: Team) -> None:
    late = team.make.person()
    team.make.employment(late, team.place, since=days_ago(5))
    with pytest.raises(NotFound):
        team.sign(of=late, observed_on=days_ago(6))
    team.sign(of=late, observed_on=days_ago(5))
    write(lambda s: s.connection().exec_driver_sql(f"UPDATE supervisions SET started_on = '{days_ago(3)}'") and None)
    with pytest.raises(NotFound):
        team.sign(of=late, observed_on=days_ago(4))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"observed_on": date(2026, 3, 6)}, "observed-ahead"),
        ({"observed_on": date(2026, 2, 1)}, "observed-long-ago"),
        ({"levels": {}}, "items-open"),
        ({"place": "  "}, "site-empty"),
        ({"place": "x" * 121}, "words-long"),
        ({"comment": "x" * 1001}, "words-long"),
        ({"place": "Call 213 555 0144"}, "client-data-site"),
        ({"comment": "ana@example.org"}, "client-data-comment"),
        ({"revision": 1_000_000}, "checklist-changed"),
        ({"seen": 3}, "changed-meanwhile"),
    ],
)
def test_what_cannot_be_signed(team: Team, changed: dict[str, Any], code: str) -> None:
    with refused(code):
        team.sign(**changed)
    assert rows(Observation.id) == []


def test_the_same_form_signs_once(team: Team) -> None:
    key = new_client_id()
    made = team.sign(key=key)
    assert team.sign(key=key) == made
    with refused("sent-before"):
        team.sign(key=key, place="Elsewhere")
    other = team.make.person()
    team.make.employment(other, team.place)
    with refused("sent-before"):
        team.sign(key=key, of=other)
    assert len(rows(Observation.id)) == 1


def test_a_draft_is_its_observers_and_goes_when_she_signs(team: Team) -> None:
    assert note(team, {"place": "Market"}, seen=0) == 1
    assert note(team, {"place": "Library"}, seen=1) == 2
    with refused("changed-meanwhile"):
        note(team, {"place": "Old window"}, seen=1)
    with refused("changed-meanwhile"):
        team.sign(seen=1)
    assert note(team, {}, seen=0, by=team.second) == 1
    found = observations.find_draft(reading(), team.boss.account_id, team.ana.person_id, CHECKLIST)
    assert (found.version, found.noted) == (2, {"place": "Library"})
    team.sign(seen=2)
    assert rows(ObservationDraft.observed_by) == [(team.second.account_id,)]


def test_only_who_may_observe_notes(team: Team) -> None:
    for by in (team.stranger, team.ana):
        with pytest.raises(NotFound):
            note(team, {}, seen=0, by=by)
    actor, form = team.actor(team.boss), ObserveForm("nothing", 0, 0)
    with pytest.raises(NotFound):
        write(lambda s: service.save_draft(s, actor, team.ana.person_id, form, {}, at=AT))
    assert note(team, {}, seen=0, by=team.certifier) == 1


def test_the_worker_answers_once(team: Team) -> None:
    made = team.sign()
    with pytest.raises(NotFound):
        answer(team, made, "Not mine.", by=team.boss)
    for words, code in ((" ", "words-empty"), ("Call 213 555 0144", "client-data-words")):
        with refused(code):
            answer(team, made, words)
    answer(team, made, "I was  alone.")
    answer(team, made, "I was alone.")
    with refused("answered-before"):
        answer(team, made, "Something else.")
    row = observations.get_observation(reading(), observations.is_of(team.ana.person_id), made)
    assert (row.answer, row.answered_at, row.withdrawn_at) == ("I was alone.", AT, None)


def test_a_wrong_one_is_withdrawn_with_a_reason(team: Team) -> None:
    made = team.sign()
    for by in (team.stranger, team.ana):
        with pytest.raises(NotFound):
            withdraw(team, made, by=by)
    with refused("words-empty"):
        withdraw(team, made, "  ")
    withdraw(team, made, by=team.second)
    withdraw(team, made, "Again.")
    assert queries.signed_off(reading(), None) == []
    answer(team, made, "I see.")
    assert rows(ObservationEvent.kind, ObservationEvent.words) == [
        ("withdrawn", "Wrong person."),
        ("answered", "I see."),
    ]
    team.sign()
    assert len(queries.signed_off(reading(), None)) == 1


def test_nobody_withdraws_one_of_herself(team: Team) -> None:
    """Also when she has become a certifier or a supervisor since."""
    made = team.sign(by=team.second, of=team.boss)
    with pytest.raises(NotFound):
        withdraw(team, made, by=team.boss)


def test_who_supervised_before_withdraws_no_more(team: Team) -> None:
    made, actor = team.sign(), team.actor(team.boss)
    write(lambda s: s.connection().exec_driver_sql("UPDATE supervisions SET ended_on = '2026-03-01'") and None)
    with pytest.raises(NotFound):
        write(lambda s: service.withdraw_observation(s, actor, made, "Wrong.", at=AT))
    withdraw(team, made, by=team.certifier)


def test_what_was_signed_stays(team: Team) -> None:
    answer(team, team.sign(), "Thank you.")
    for change in (
        update(Observation).values(passed=False),
        delete(Observation),
        update(ObservationEvent).values(words="x"),
        delete(ObservationEvent),
    ):
        with pytest.raises(DBAPIError, match="never changed or deleted"):
            write(lambda s, change=change: s.execute(change) and None)  # type: ignore[misc]


def test_the_filter_says_what_the_check_says(team: Team) -> None:
    team.make.employment(team.ana, team.elsewhere, since=days_ago(50), until=days_ago(10))
    team.sign()
    team.sign(by=team.stranger, observed_on=days_ago(20))
    team.sign(by=team.certifier)
    seen = {}
    for name, actor in (
        ("boss", team.actor(team.boss)),
        ("stranger", team.actor(team.stranger)),
        ("certifier", team.actor(team.certifier)),
        ("ana", team.actor(team.ana)),
    ):
        by_filter = [row.id for row in observations.list_observations(reading(), policy.visible_observations(actor))]
        every = observations.list_observations(reading(), Observation.id > 0)
        spans = spans_of(reading(), [team.ana.person_id])[team.ana.person_id]
        by_check = [
            row.id
            for row in every
            if policy.can_see_observation(
                actor, spans, row.organization_id, row.observed_on, observed_by=row.observed_by
            )
        ]
        assert by_filter == by_check, name
        seen[name] = len(by_filter)
        reading().rollback()
    assert seen == {"boss": 1, "stranger": 1, "certifier": 3, "ana": 0}


def test_signed_twice_at_once_is_once(team: Team, content_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    key = new_client_id()
    look_together(monkeypatch, (changes, "_find_signed"))
    with heard() as facts:
        results = race(content_app, *[lambda: team.sign(key=key)] * 2)
    assert outcomes(results) == ["done", "done"]
    assert results[0] == results[1]
    assert len(rows(Observation.id)) == 1
    assert len(facts) >= 2


def test_two_windows_do_not_overwrite_each_other(
    team: Team, content_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_together(monkeypatch, (changes, "_seen_version"))
    results = race(content_app, *[lambda: note(team, {"place": "Market"}, seen=0)] * 2)
    assert outcomes(results) == ["changed-meanwhile", "done"]


# ── The checklist as a file ──────────────────────────────────────────────────


def test_the_real_checklist_asks_for_seven_of_ten() -> None:
    source = read_folder(ROOT / "content", SHAPES).objects["checklist", CHECKLIST].source()
    checklist = ChecklistSpec.from_source(source)
    assert (len(checklist.items), checklist.at_least, checklist.highest) == (10, 7, "alone")
    assert [item.item_id for item in checklist.asked if item.is_critical] == ["asks-leave", "explains", "role", "safe"]
    told = [each.address for each in checklist.told()]
    assert (len(told), told[:3]) == (16, ["title", "summary", "level.not-seen"])
    assert {each.kind for each in checklist.references()} == {"competency"}


@pytest.mark.parametrize(
    "changed",
    [
        {"at_least": 0},
        {"at_least": 3},
        {
            "at_least": 1,
            "items": [{"id": "a", "text": "A", "critical": True}, {"id": "b", "text": "B", "critical": True}],
        },
        {"items": [{"id": "a", "text": "A"}, {"id": "a", "text": "B"}]},
        {"items": [{"id": "title", "text": "A"}, {"id": "b", "text": "B"}]},
        {"levels": [{"id": "yes", "title": "Yes"}]},
        {"competencies": ["s/a", "s/a"]},
    ],
)
def test_a_checklist_that_cannot_be_met_is_refused(changed: dict[str, Any]) -> None:
    right = {
        "key": "k",
        "title": "T",
        "summary": "S",
        "competencies": ["s/a"],
        "levels": [{"id": "no", "title": "No"}, {"id": "yes", "title": "Yes"}],
        "items": [{"id": "a", "text": "A"}, {"id": "b", "text": "B"}],
        "at_least": 1,
    }
    assert ChecklistSpec.read(right).at_least == 1
    with pytest.raises(ValidationError):
        ChecklistSpec.read(right | changed)


def test_a_form_from_before_a_new_checklist_keeps_what_was_typed(team: Team) -> None:
    """The draft stays when signing is refused because the checklist was changed."""
    note(team, {"place": "Market"}, seen=0)
    with refused("checklist-changed"):
        team.sign(seen=1, revision=revision_id() + 1)
    assert len(rows(ObservationDraft.id)) == 1


def test_a_re_check_is_a_new_observation(team: Team) -> None:
    team.sign(at=AT)
    team.sign(at=AT + timedelta(days=400))
    found = queries.signed_off(reading(), [team.ana.person_id])
    assert [fact.passed_on for fact in found] == [DAY, DAY + timedelta(days=400)]
