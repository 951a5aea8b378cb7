"""Changes of the hours ledger on both databases: who may what, what is kept, and two at the same moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.fieldwork import queries, service
from lms.fieldwork.events import FieldworkCredited, HoursReturned
from lms.fieldwork.models import HoursAct, HoursEntry, HoursEvent
from lms.fieldwork.policy import hours as policy
from lms.fieldwork.queries import hours as ledger
from lms.fieldwork.service import hours as changes
from lms.ids import new_client_id
from lms.organizations.queries import spans_of
from tests.factories import Make
from tests.fieldwork.hours_story import AT, DAY, Team, days_ago, heard, make_team, states
from tests.organizations.conftest import actions, rows
from tests.racing import act_during, look_together, outcomes, race


@pytest.fixture
def team(make: Make, content_app: Flask) -> Team:
    return make_team(make)


def kinds() -> list[str]:
    return [kind for (kind,) in rows(HoursEvent.kind)]


def credited(team: Team) -> list[int]:
    found = [fact.minutes for fact in queries.credited_minutes(reading(), [team.ana.person_id])]
    reading().rollback()
    return found


def refused(code: str) -> Any:
    return pytest.raises(RuleBroken, match=f"^{code}$")


def test_entered_then_countersigned_counts(team: Team) -> None:
    with heard() as facts:
        first = team.enter(competencies=("chw-core/outreach",))
        assert (states(), credited(team)) == (["sent"], [])
        team.countersign(first)
    assert facts == [FieldworkCredited((team.ana.person_id,), AT)]
    (fact,) = queries.credited_minutes(reading(), None)
    assert (fact.kind, fact.competencies, fact.minutes) == ("practicum", ("chw-core/outreach",), 120)
    assert (fact.person_id, fact.done_on, fact.credited_at) == (team.ana.person_id, DAY, AT)
    assert actions() == ["fieldwork.hours_entered", "fieldwork.hours_countersigned"]
    assert kinds() == ["entered", "countersigned"]


def test_the_same_form_enters_once_and_other_words_are_refused(team: Team) -> None:
    key = new_client_id()
    first = team.enter(client_id=key, site=" Watts  library ")
    assert team.enter(client_id=key) == first
    team.countersign(first)
    assert team.enter(client_id=key, at=AT + timedelta(days=40)) == first  # a phone that had no signal for weeks
    with refused("sent-before"):
        team.enter(client_id=key, minutes=125)
    other = team.make.person()
    team.make.employment(other, team.place)
    assert team.enter(other, client_id=key) != first
    assert len(states()) == 2


def test_what_the_rules_refuse_is_not_written(team: Team) -> None:
    for code, what in (
        ("hours-too-old", {"done_on": days_ago(61)}),
        ("not-employed", {"organization_id": team.elsewhere}),
        ("competency-unknown", {"competencies": ("chw-core/flying",)}),
    ):
        with refused(code):
            team.enter(**what)
    nobody = team.make.person()
    with refused("not-employed"):
        team.enter(nobody)
    assert (states(), kinds()) == ([], [])


def test_a_day_is_full_over_all_organizations(team: Team) -> None:
    team.make.employment(team.ana, team.elsewhere)
    first = team.enter(minutes=900)
    team.enter(minutes=60, organization_id=team.elsewhere)
    with refused("day-full"):
        team.enter(minutes=15)
    team.enter(minutes=15, done_on=days_ago(1))
    replaced = team.enter(minutes=840, corrects=first, seen="sent")
    team.enter(minutes=60)
    actor = team.actor(team.ana)
    write(lambda s: service.withdraw(s, actor, replaced, seen="sent", at=AT))
    team.enter(minutes=840)


def test_nobody_countersigns_her_own(team: Team) -> None:
    own = team.enter(team.boss)
    for act in (lambda: team.countersign(own), lambda: team.give_back(own), lambda: team.paper(of=team.boss)):
        with pytest.raises(NotFound):
            act()
    team.countersign(own, by=team.second)
    assert states() == ["countersigned"]


def test_the_office_countersigns_for_supervisors_alone(team: Team) -> None:
    hers, boss = team.enter(), team.enter(team.boss)
    with pytest.raises(NotFound):
        team.countersign(hers, by=team.certifier)
    team.countersign(boss, by=team.certifier)
    office = team.make.supervisor(team.place, roles=("certifier",))
    own = team.enter(office)
    actor = team.actor(office, "certifier")
    with pytest.raises(NotFound):
        write(lambda s: service.countersign(s, actor, [own], client_id=new_client_id(), at=AT))
    assert states() == ["sent", "countersigned", "sent"]


def test_a_stranger_finds_nothing(team: Team) -> None:
    entry = team.enter()
    actor, ana = team.actor(team.stranger), team.actor(team.stranger)
    for act in (
        lambda: team.countersign(entry, by=team.stranger),
        lambda: team.give_back(entry, by=team.stranger),
        lambda: team.paper(by=team.stranger),
        lambda: team.enter(team.boss, corrects=entry, seen="sent"),
        lambda: write(lambda s: service.withdraw(s, ana, entry, seen="sent", at=AT)),
        lambda: write(lambda s: service.dispute(s, ana, entry, "It is right.", at=AT)),
        lambda: write(lambda s: service.undo_act(s, actor, "0" * 20, at=AT)),
    ):
        with pytest.raises(NotFound):
            act()
    assert (states(), kinds()) == (["sent"], ["entered"])


def test_who_supervised_before_does_not_any_more(team: Team) -> None:
    """Her page was made when she still did: the rows decide."""
    entry, actor = team.enter(), team.actor(team.boss)
    write(lambda s: s.connection().exec_driver_sql("UPDATE supervisions SET ended_on = '2026-03-01'") and None)
    with pytest.raises(NotFound):
        write(lambda s: service.countersign(s, actor, [entry], client_id=new_client_id(), at=AT))
    with pytest.raises(NotFound):
        write(lambda s: service.return_entry(s, actor, entry, "Which?", at=AT))


def test_returned_answered_and_countersigned_after_all(team: Team) -> None:
    entry, ana = team.enter(), team.actor(team.ana)
    with heard() as facts:
        team.give_back(entry, " Which   library? ")
        team.give_back(entry, "Which library?")  # a double tap
    (told,) = facts
    assert isinstance(told, HoursReturned)
    assert [(each.person_id, each.organization_id, each.words) for each in told.entries] == [
        (team.ana.person_id, team.place, "Which library?")
    ]
    for _ in range(2):
        write(lambda s: service.dispute(s, ana, entry, "The one in Watts.", at=AT))
    with refused("changed-meanwhile"):
        write(lambda s: service.dispute(s, ana, entry, "Another word.", at=AT))
    assert states() == ["disputed"]
    team.countersign(entry)
    team.give_back(entry, "It was Tuesday.")
    assert (states(), credited(team)) == (["returned"], [])
    assert kinds() == ["entered", "returned", "disputed", "countersigned", "returned"]


def test_words_of_a_return_and_an_answer_hold_no_client_data(team: Team) -> None:
    entry, ana = team.enter(), team.actor(team.ana)
    for words, code in (("", "words-empty"), ("Call 213 555 0144", "client-data-words")):
        with refused(code):
            team.give_back(entry, words)
    team.give_back(entry)
    with refused("words-empty"):
        write(lambda s: service.dispute(s, ana, entry, "  ", at=AT))


def test_a_correction_replaces_and_keeps_what_was(team: Team) -> None:
    first = team.enter()
    team.countersign(first)
    key = new_client_id()
    with refused("changed-meanwhile"):
        team.enter(minutes=90, corrects=first, seen="sent")
    second = team.enter(minutes=90, corrects=first, seen="countersigned", client_id=key)
    assert team.enter(minutes=90, corrects=first, seen="countersigned", client_id=key) == second
    assert (states(), credited(team)) == (["replaced", "sent"], [])
    with refused("changed-meanwhile"):
        team.enter(minutes=60, corrects=first, seen="replaced")
    assert ledger.find_replacing(reading(), rows(HoursEntry.id)[0][0]) == second
    with refused("changed-meanwhile"):
        team.countersign(first)


def test_what_was_returned_late_can_still_be_corrected(team: Team) -> None:
    first = team.enter(done_on=days_ago(59))
    team.give_back(first)
    late = AT + timedelta(days=30)
    with refused("hours-too-old"):
        team.enter(done_on=days_ago(58), corrects=first, seen="returned", at=late)
    team.enter(done_on=days_ago(59), minutes=60, corrects=first, seen="returned", at=late)
    assert states() == ["replaced", "sent"]


def test_an_entry_stands_as_its_newest_event_says(team: Team) -> None:
    """What the doctor mends: a state that somebody wrote by hand."""
    first, second = team.enter(), team.enter(done_on=days_ago(1))
    team.countersign(first)
    library = current(reading())

    def recompute(*person_ids: int) -> list[str]:
        found = write(lambda s: service.recompute_hours(s, library, at=AT, person_ids=person_ids or None))
        return [each.text for each in found]

    assert recompute() == []
    for public_id, state in ((first, "returned"), (second, "countersigned")):
        forged = update(HoursEntry).where(HoursEntry.public_id == public_id).values(state=state)
        write(lambda s, forged=forged: s.execute(forged) and None)  # type: ignore[misc]
    assert recompute(team.boss.person_id) == []
    assert recompute(team.ana.person_id) == [
        "entry 1 stood as returned, and its newest event is countersigned",
        "entry 2 stood as countersigned, and its newest event is entered",
    ]
    assert (states(), recompute()) == (["countersigned", "sent"], [])


def test_withdrawn_twice_is_once(team: Team) -> None:
    entry, ana = team.enter(), team.actor(team.ana)
    with refused("changed-meanwhile"):
        write(lambda s: service.withdraw(s, ana, entry, seen="returned", at=AT))
    for _ in range(2):
        write(lambda s: service.withdraw(s, ana, entry, seen="sent", at=AT))
    assert (states(), kinds()) == (["withdrawn"], ["entered", "withdrawn"])


def test_many_at_once_are_one_act_that_can_be_undone(team: Team) -> None:
    other = team.make.person()
    team.make.employment(other, team.place)
    entries = [team.enter(), team.enter(done_on=days_ago(1)), team.enter(other)]
    key = new_client_id()
    with heard() as facts:
        act = team.countersign(*entries, client_id=key)
        assert team.countersign(*entries, client_id=key) == act
    assert facts == [FieldworkCredited(tuple(sorted((team.ana.person_id, other.person_id))), AT)]
    with refused("sent-before"):
        team.countersign(entries[0], client_id=key)
    boss, second = team.actor(team.boss), team.actor(team.second)
    team.give_back(entries[1])
    found = ledger.find_latest_act(reading(), team.boss.account_id, AT)
    assert found is not None and (found.public_id, found.standing) == (act, 2)
    with pytest.raises(NotFound):
        write(lambda s: service.undo_act(s, second, act, at=AT))
    with refused("undo-late"):
        write(lambda s: service.undo_act(s, boss, act, at=AT + timedelta(hours=25)))
    assert write(lambda s: service.undo_act(s, boss, act, at=AT + timedelta(hours=24))) == 2
    assert write(lambda s: service.undo_act(s, boss, act, at=AT)) == 0
    assert states() == ["sent", "returned", "sent"]
    assert ledger.find_latest_act(reading(), team.boss.account_id, AT) is None


def test_undoing_leaves_what_was_countersigned_anew(team: Team) -> None:
    entry, boss = team.enter(), team.actor(team.boss)
    act = team.countersign(entry)
    team.give_back(entry)
    team.countersign(entry, by=team.second)
    assert write(lambda s: service.undo_act(s, boss, act, at=AT)) == 0
    assert states() == ["countersigned"]


def test_nothing_or_too_many_are_refused(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    with refused("nothing-chosen"):
        team.countersign()
    monkeypatch.setattr(changes, "MOST_AT_ONCE", 1)
    entries = [team.enter(), team.enter(done_on=days_ago(1))]
    with refused("too-many"):
        team.countersign(*entries)
    with pytest.raises(NotFound):
        team.countersign(entries[0], "0" * 20)
    assert rows(HoursAct.id) == []


def test_a_paper_log_counts_at_once_and_may_be_old(team: Team) -> None:
    key = new_client_id()
    with heard() as facts:
        entry = team.paper(done_on=days_ago(200), client_id=key)
        assert team.paper(done_on=days_ago(200), client_id=key) == entry
    assert facts == [FieldworkCredited((team.ana.person_id,), AT)]
    assert (states(), credited(team)) == (["countersigned"], [120])
    (source, sheet_on) = rows(HoursEntry.source, HoursEntry.sheet_on)[0]
    assert (source, sheet_on) == ("paper", DAY)
    ana = team.actor(team.ana)
    write(lambda s: service.withdraw(s, ana, entry, seen="countersigned", at=AT))
    assert credited(team) == []


def test_the_ledger_is_only_added_to(team: Team) -> None:
    entry = team.enter()
    for change in (
        update(HoursEntry).values(minutes=900),
        delete(HoursEntry),
        update(HoursEvent).values(words="x"),
        delete(HoursEvent),
    ):
        with pytest.raises(DBAPIError, match="never changed or deleted"):
            write(lambda s, change=change: s.execute(change) and None)  # type: ignore[misc]
    team.countersign(entry)
    assert states() == ["countersigned"]


@pytest.mark.parametrize(("left", "may"), [(0, True), (1, True), (30, True), (31, False), (400, False)])
def test_who_supervised_her_settles_her_last_hours_for_a_month(team: Team, left: int, *, may: bool) -> None:
    """The row filter says what the check says; what lies in the span stays in sight all the same."""
    days = left + 20
    away = team.make.person("Away")
    team.make.employment(away, team.elsewhere, since=days_ago(days), until=days_ago(left))
    entry = team.enter(away, organization_id=team.elsewhere, done_on=days_ago(days), at=AT - timedelta(days=left))
    actor, spans = team.actor(team.stranger), spans_of(reading(), [away.person_id])[away.person_id]
    assert [each.public_id for each in ledger.list_entries(reading(), policy.visible_entries(actor))] == [entry]
    assert [each.public_id for each in ledger.list_entries(reading(), policy.settled_by(actor))] == [entry] * may
    assert policy.can_settle(actor, away.person_id, spans, team.elsewhere, is_of_supervisor=False) is may
    reading().rollback()
    for act in (
        lambda: team.countersign(entry, by=team.stranger),
        lambda: team.give_back(entry, by=team.stranger),
        lambda: team.paper(by=team.stranger, of=away, organization_id=team.elsewhere, done_on=days_ago(days)),
    ):
        if may:
            act()
        else:
            with pytest.raises(NotFound):
                act()
    assert states() == (["returned", "countersigned"] if may else ["sent"])


def test_an_organization_sees_its_own_span_alone(team: Team) -> None:
    """The row filter says what the check says, also after she has left."""
    team.make.employment(team.ana, team.elsewhere, since=days_ago(50), until=days_ago(10))
    team.enter(done_on=days_ago(20))
    team.enter(done_on=days_ago(20), organization_id=team.elsewhere)
    team.enter(team.boss)
    office = team.make.person(roles=("administrator",))
    seen = {}
    for name, actor in (
        ("boss", team.actor(team.boss)),
        ("stranger", team.actor(team.stranger)),
        ("office", team.actor(office, "administrator")),
        ("certifier", team.actor(team.certifier)),
        ("ana", team.actor(team.ana)),
    ):
        by_filter = [row.id for row in ledger.list_entries(reading(), policy.visible_entries(actor))]
        every = ledger.list_entries(reading(), HoursEntry.id > 0)
        spans = spans_of(reading(), {row.person_id for row in every})
        by_check = [
            row.id
            for row in every
            if policy.can_see_entry(
                actor,
                spans[row.person_id],
                row.organization_id,
                row.done_on,
                is_of_supervisor=row.is_of_supervisor,
            )
        ]
        assert sorted(by_filter) == sorted(by_check), name
        seen[name] = len(by_filter)
        reading().rollback()
    assert seen == {"boss": 2, "stranger": 1, "office": 1, "certifier": 1, "ana": 0}
    entry = rows(HoursEntry.public_id)[1][0]
    team.countersign(entry, by=team.stranger)  # her last days there still count


def test_how_much_waits(team: Team) -> None:
    entry = team.enter()
    team.enter(team.boss)
    session, here = reading(), [team.place]
    assert queries.count_waiting(session, here, DAY) == 2
    assert queries.count_waiting(session, here, DAY, but_of=team.boss.person_id) == 1
    assert queries.count_waiting(session, [team.elsewhere], DAY) == queries.count_waiting(session, [], DAY) == 0
    team.countersign(entry)
    assert queries.count_waiting(reading(), here, DAY) == 1


# ── At the same moment ───────────────────────────────────────────────────────


def test_two_supervisors_countersign_at_once(team: Team, content_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = team.enter()
    look_together(monkeypatch, (changes, "_check_settles"))
    with heard() as facts:
        results = race(content_app, lambda: team.countersign(entry), lambda: team.countersign(entry, by=team.second))
    assert outcomes(results) == ["changed-meanwhile", "done"]
    assert kinds() == ["entered", "countersigned"]
    assert len(facts) == 1


def test_countersigned_and_corrected_at_once(team: Team, content_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = team.enter()
    look_together(monkeypatch, (changes, "_check_settles"), (changes, "_own"))
    results = race(
        content_app,
        lambda: team.countersign(entry),
        lambda: team.enter(minutes=90, corrects=entry, seen="sent"),
    )
    assert outcomes(results) == ["changed-meanwhile", "done"]
    assert states() in (["countersigned"], ["replaced", "sent"])
    assert sorted(kinds())[:2] != ["countersigned", "countersigned"]


def test_the_same_form_twice_at_once_enters_once(
    team: Team, content_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_client_id()
    look_together(monkeypatch, (changes, "_find_sent"))
    results = race(content_app, *[lambda: team.enter(client_id=key)] * 2)
    assert outcomes(results) == ["done", "done"]
    assert results[0] == results[1]
    assert states() == ["sent"]


def test_two_entries_at_once_do_not_fill_a_day_twice(
    team: Team, content_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_together(monkeypatch, (ledger, "minutes_on"))
    results = race(content_app, *[lambda: team.enter(minutes=600)] * 2)
    assert outcomes(results) == ["day-full", "done"]


def test_undone_while_it_is_returned(team: Team, content_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    entry, boss = team.enter(), team.actor(team.boss)
    act = team.countersign(entry)
    results = act_during(
        content_app,
        monkeypatch,
        (changes, "_newest_acts"),
        lambda: write(lambda s: service.undo_act(s, boss, act, at=AT)),
        lambda: team.give_back(entry, by=team.second),
    )
    assert outcomes(results) == ["done", "done"]
    assert kinds() == ["entered", "countersigned", "reopened", "returned"]
