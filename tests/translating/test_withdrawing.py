"""A review or an approval is taken back: the words are again what they were, and whatever counts them follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from lms.audit.models import AuditEvent
from lms.clock import local_date
from lms.content.library import current
from lms.content.po import Entry
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.people.models import Person
from lms.translating import queries, rules, service
from lms.translating.models import ProposalStep, StepWithdrawal
from lms.translating.queries import board
from lms.translating.rules import Decision, Filed, Signature, Version
from tests.conftest import AT
from tests.racing import outcomes, race
from tests.translating.desk import LESSON, QUIZ, Desk, file_says
from tests.translating.test_proposing import desk
from tests.translating.test_taking import SUMMARY, TITLE, Files, check_is_clean, files, put_entry

__all__ = ["desk", "files"]
ENGLISH = "Wash your hands."
BEAS = Decision("approved", "Bea", "2026-03-05")


def version(state: str = "in review", **changes: object) -> Version:
    made = Version(1, "p" * 20, ENGLISH, "Fufulu.", "Fufulu.", state, 1, withdrawn=frozenset({BEAS}))
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("filed", "stands"),
    [
        (Filed("Fufulu.", "approved", ENGLISH, by="Bea", on="2026-03-05"), True),
        (Filed("Fufulu.", "approved", ENGLISH, by="Bea (2)", on="2026-03-05"), True),
        (Filed("Fufulu.", "approved", ENGLISH), True),
        (Filed("Fufulu.", "approved", ENGLISH, by="Bea", on="2026-03-06"), False),
        (Filed("Fufulu.", "approved", ENGLISH, by="Bea, as she was called then", on="2026-03-05"), True),
        (Filed("Fufulu.", "reviewed", ENGLISH, by="Bea", on="2026-03-05"), False),
        (Filed("Fufulu.", "in review", ENGLISH), False),
        (Filed("Fufulu.", "draft", ENGLISH), True),
    ],
)
def test_it_stands_until_the_files_no_longer_have_what_was_withdrawn(filed: Filed, stands: bool) -> None:
    seen = rules.standing_of(ENGLISH, filed, [version()])
    assert (seen.version is not None) is stands
    assert seen.state == ("in review" if stands else filed.state)


@pytest.mark.parametrize(
    ("made", "entry", "outcome"),
    [
        (version(), Entry("a", ENGLISH, "Fufulu.", "approved", "Bea", "2026-03-05"), "taken"),
        (version("draft"), Entry("a", ENGLISH, "Fufulu.", "approved", "Bea", "2026-03-05"), "taken"),
        (version("approved"), Entry("a", ENGLISH, "Fufulu.", "approved", "Bea", "2026-03-05"), "taken"),
        (version(), Entry("a", ENGLISH, "Fufulu.", "approved", "Bea, as she was then", "2026-03-05"), "taken"),
        (version(), Entry("a", ENGLISH, "Fufulu.", "approved", "Clara", "2026-03-06"), "same"),
        (
            version("approved", signed=Decision("approved", "Clara", "2026-03-05")),
            Entry("a", ENGLISH, "Fufulu.", "approved", "Clara", "2026-03-05"),
            "same",
        ),
        (version(), Entry("a", ENGLISH, "Fufulu.", "in review"), "same"),
        (version(), Entry("a", ENGLISH, "Other.", "approved", "Bea", "2026-03-05"), "conflict"),
        (version(), Entry("a", ENGLISH, "Fufulu.", "approved", "Bea", "2026-03-05", is_fuzzy=True), "taken"),
    ],
)
def test_what_take_does_with_it(made: Version, entry: Entry, outcome: str) -> None:
    assert rules.outcome_of(made, ENGLISH, entry) == outcome


def test_what_was_withdrawn_is_not_undone_by_a_publication_that_still_had_it() -> None:
    entry = Entry("a", ENGLISH, "Fufulu.", "approved", "Bea", "2026-03-05")
    published = [Filed("Fufulu.", "approved", ENGLISH, by="Bea", on="2026-03-05")]
    assert not rules.is_undone(version(), entry, Signature("Ana", "", "2026-03-06"), published)
    lowered = replace(entry, state="draft", by="", on="")
    assert not rules.is_undone(version(), lowered, Signature("Ana", "", "2026-03-06"), published)
    published.append(Filed("Fufulu.", "in review", ENGLISH))
    assert rules.is_undone(version(), lowered, Signature("Ana", "", "2026-03-06"), published)


def test_an_approval_goes_and_may_come_again(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    desk.step(desk.bea, "approved")
    assert desk.place() not in desk.waiting(desk.clara)
    made = desk.withdraw(desk.bea, " It says hands, not feet. ")
    seen = desk.seen()
    assert (seen.standing.text, seen.standing.state, seen.newest and seen.newest.approved_by) == (
        "Lea foʻou",
        "in review",
        None,
    )
    assert desk.place() in desk.waiting(desk.clara)
    ((back,),) = [each.withdrawals for each in seen.versions]
    assert (back.step, back.taken_by, back.withdrawn_by) == ("approved", desk.bea.account_id, desk.bea.account_id)
    assert (back.taken_at, back.withdrawn_at, back.why) == (AT, AT, "It says hands, not feet.")
    event = reading().execute(select(AuditEvent).order_by(AuditEvent.id.desc())).scalars().first()
    assert event is not None
    assert (event.action, event.subject_id, event.actor_account_id) == (
        "translating.withdrawn",
        made,
        desk.bea.account_id,
    )
    assert event.details == {"content": "module/alpha", "language": "to", "address": LESSON, "step": "approved"}
    desk.step(desk.clara, "approved")
    assert desk.state() == "approved"
    desk.withdraw(desk.ana, "Hers, and wrong all the same.")
    desk.step(desk.clara, "approved")
    assert desk.state() == "approved"
    rows = reading().execute(select(ProposalStep.step, ProposalStep.round).order_by(ProposalStep.id))
    assert list(map(tuple, rows)) == [("in review", 0), ("approved", 0), ("approved", 1), ("approved", 2)]


def test_an_old_page_does_not_bring_it_back(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    sent = {"mark": desk.seen().step_mark, "client_id": new_client_id()}
    desk.step(desk.bea, "approved", **sent)
    desk.step(desk.bea, "approved", **sent)
    before = desk.seen().step_mark
    desk.withdraw(desk.clara, "Dangerous.")
    for who, mark in ((desk.bea, sent["mark"]), (desk.clara, sent["mark"]), (desk.clara, before)):
        with pytest.raises(RuleBroken, match="overtaken"):
            desk.step(who, "approved", **{**sent, "mark": mark})
    assert desk.state() == "in review"


def test_nor_does_a_page_of_words_that_were_taken_up(desk: Desk) -> None:
    sent = {"mark": desk.seen().step_mark, "client_id": new_client_id()}
    desk.step(desk.bea, "reviewed", **sent)
    assert desk.step(desk.bea, "reviewed", **sent) == desk.seen().versions[0].version.public_id
    desk.withdraw(desk.clara, "Not yet.")
    with pytest.raises(RuleBroken, match="overtaken"):
        desk.step(desk.bea, "reviewed", **sent)


def test_the_same_words_written_again_do_not_bring_it_back(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    desk.step(desk.bea, "approved")
    file_says(text="Lea foʻou", state="approved", by="Bea", on=local_date(AT).isoformat())
    assert desk.state() == "approved"
    desk.withdraw(desk.bea)
    desk.write(desk.clara, "Lea kehe")
    desk.write(desk.ana, "Lea foʻou")
    assert (desk.state(), desk.place() in desk.waiting(desk.clara)) == ("in review", True)
    with pytest.raises(RuleBroken, match="no_decision"):
        desk.withdraw(desk.bea)


def test_a_review_that_the_files_hold_is_what_an_approval_goes_back_to(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    desk.step(desk.bea, "reviewed")
    file_says(text="Lea foʻou", state="reviewed", by="Bea", on=local_date(AT).isoformat())
    desk.step(desk.clara, "approved")
    assert len(desk.seen().versions) == 1
    desk.withdraw(desk.clara)
    seen = desk.seen()
    assert (seen.standing.state, seen.standing.reviewers) == ("reviewed", {desk.bea.person_id})
    desk.withdraw(desk.ana, "Nor that.")
    assert desk.state() == "in review"


def test_a_review_beside_one_that_a_file_names_can_be_taken_back(desk: Desk) -> None:
    file_says(state="reviewed", by="Mele", on="2020-01-02")
    desk.step(desk.bea, "reviewed")
    assert desk.seen().standing.reviewers == {desk.bea.person_id}
    desk.withdraw(desk.clara, "She did not read it.")
    assert (desk.state(), desk.seen().standing.reviewers) == ("reviewed", frozenset())
    with pytest.raises(RuleBroken, match="review_first"):
        desk.step(desk.clara, "approved")


def test_it_goes_back_one_step_at_a_time(desk: Desk) -> None:
    desk.write(desk.ana, "Fehuʻi foʻou?", QUIZ)
    desk.step(desk.bea, "reviewed", QUIZ)
    desk.step(desk.clara, "approved", QUIZ)
    desk.withdraw(desk.clara, address=QUIZ)
    seen = desk.seen(QUIZ)
    assert (seen.standing.state, seen.standing.reviewers) == ("reviewed", {desk.bea.person_id})
    with pytest.raises(RuleBroken, match="own_review"):
        desk.step(desk.bea, "approved", QUIZ)
    desk.withdraw(desk.bea, address=QUIZ)
    seen = desk.seen(QUIZ)
    assert (seen.standing.state, seen.standing.reviewers) == ("in review", frozenset())
    with pytest.raises(RuleBroken, match="review_first"):
        desk.step(desk.clara, "approved", QUIZ)
    with pytest.raises(RuleBroken, match="no_decision"):
        desk.withdraw(desk.clara, address=QUIZ)
    desk.step(desk.clara, "reviewed", QUIZ)
    desk.step(desk.bea, "approved", QUIZ)
    assert desk.state(QUIZ) == "approved"


def test_words_of_the_project_are_what_the_files_say_again(desk: Desk) -> None:
    desk.step(desk.ana, "reviewed")
    desk.withdraw(desk.bea)
    seen = desk.seen()
    assert (seen.standing.state, seen.standing.version) == ("draft", None)
    assert desk.place() in desk.waiting(desk.ana)
    desk.step(desk.ana, "reviewed")
    assert desk.state() == "reviewed"


def test_words_that_the_files_had_as_sent_are_sent_again(desk: Desk) -> None:
    day = local_date(AT).isoformat()
    desk.write(desk.ana, "Lea foʻou")
    file_says(text="Lea foʻou", state="in review", translator="Ana")
    assert desk.seen().standing.version is None
    desk.step(desk.bea, "reviewed")
    desk.step(desk.clara, "approved")
    file_says(text="Lea foʻou", state="approved", translator="Ana", by="Clara", on=day)
    desk.withdraw(desk.bea)
    assert desk.state() == "reviewed"
    desk.withdraw(desk.clara)
    assert (desk.state(), desk.seen().standing.writers) == ("in review", {desk.ana.person_id})
    desk.step(desk.clara, "reviewed")
    desk.step(desk.bea, "approved")
    assert desk.state() == "approved"


def test_two_taps_take_one_back(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    desk.step(desk.bea, "reviewed")
    desk.step(desk.clara, "approved")
    once, mark = new_client_id(), desk.seen().decision_mark
    first = desk.withdraw(desk.clara, client_id=once, mark=mark)
    assert desk.withdraw(desk.clara, client_id=once, mark=mark) == first
    assert desk.state() == "reviewed", "and not the review as well"
    with pytest.raises(RuleBroken, match="overtaken"):
        desk.withdraw(desk.bea, mark=mark)
    desk.step(desk.clara, "approved")
    with pytest.raises(RuleBroken, match="overtaken"):
        desk.withdraw(desk.bea, mark=mark)
    assert desk.state() == "approved", "she has not seen this one"


def test_of_two_at_once_one_is_told(app: Flask, desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    desk.step(desk.bea, "approved")
    mark, place = desk.seen().decision_mark, desk.place()

    def act(who: object) -> object:
        said = {"why": "Wrong.", "mark": mark, "client_id": new_client_id(), "at": AT}
        return write(lambda s: service.withdraw(s, who, place, **said))  # type: ignore[arg-type]

    found = race(app, lambda: act(desk.bea), lambda: act(desk.clara))
    assert outcomes(found) == ["done", "overtaken"]
    reading().rollback()
    assert reading().execute(select(func.count()).select_from(StepWithdrawal)).scalar_one() == 1


@pytest.mark.parametrize(("why", "refused"), [("", "why_needed"), (" \n", "why_needed"), ("x" * 1001, "why_too_long")])
def test_it_needs_a_reason(desk: Desk, why: str, refused: str) -> None:
    desk.write(desk.ana, "Lea foʻou")
    desk.step(desk.bea, "approved")
    with pytest.raises(RuleBroken, match=refused):
        desk.withdraw(desk.bea, why)
    assert desk.state() == "approved"


def test_who_may(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    desk.step(desk.bea, "reviewed")
    for who in (desk.samoan, desk.certifier, replace(desk.bea, roles=frozenset({"worker", "administrator"}))):
        with pytest.raises(NotFound):
            desk.withdraw(who)
    desk.step(desk.clara, "approved")
    with pytest.raises(NotFound):
        desk.withdraw(desk.certifier)
    desk.withdraw(desk.ana, "Anybody who knows the language may.")
    desk.step(desk.certifier, "approved")
    desk.withdraw(desk.certifier, "Her own approval she may take back.")
    assert desk.state() == "reviewed"


def test_an_approval_by_another_account_of_hers_is_hers(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    desk.step(desk.bea, "reviewed")
    desk.step(desk.clara, "approved")
    assert not desk.seen().is_decided_by(desk.certifier.person_id)
    joined = update(Person).where(Person.id == desk.clara.person_id).values(merged_into_id=desk.certifier.person_id)
    write(lambda s: s.execute(joined) and None)
    desk.withdraw(desk.certifier)
    assert desk.state() == "reviewed"


def test_nothing_is_taken_back_where_nobody_decided(desk: Desk) -> None:
    for act in (lambda: None, lambda: desk.write(desk.ana, "Lea foʻou")):
        act()
        with pytest.raises(RuleBroken, match="no_decision"):
            desk.withdraw(desk.bea)
    file_says(QUIZ, state="approved")
    with pytest.raises(RuleBroken, match="no_decision"):
        desk.withdraw(desk.bea, address=QUIZ)
    desk.step(desk.bea, "approved")
    desk.write(desk.clara, "Lea kehe")
    with pytest.raises(RuleBroken, match="no_decision"):
        desk.withdraw(desk.bea)


def test_what_was_published_is_lowered_at_the_desk_at_once(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    desk.step(desk.bea, "approved")
    day = local_date(AT).isoformat()
    file_says(text="Lea foʻou", state="approved", by="Bea", on=day, translator="Ana")
    assert (desk.state(), desk.seen().standing.version) == ("approved", None)
    assert waiting_words() == 0
    desk.withdraw(desk.bea)
    seen = desk.seen()
    assert (seen.standing.state, seen.standing.has_moved) == ("in review", False)
    assert seen.standing.version is not None
    assert waiting_words() == 1, "the board tells that the files do not hold it yet"
    assert desk.place() in desk.waiting(desk.clara)
    listed = queries.list_sentences(current(reading()), ("module", "alpha", "to"), newest(), {})
    (here,) = [each for each in listed if each.address == LESSON]
    assert (here.state, here.is_waiting, rules.is_shown(here, "open")) == ("in review", True, True)
    file_says(text="Lea foʻou", state="in review", translator="Ana")
    assert (desk.state(), desk.seen().standing.version, waiting_words()) == ("in review", None, 0)


def test_what_somebody_else_approved_in_the_files_since_stands(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    desk.step(desk.bea, "approved")
    file_says(text="Lea foʻou", state="approved", by="Mele", on="2026-01-01", translator="Ana")
    with pytest.raises(RuleBroken, match="no_decision"):
        desk.withdraw(desk.bea)
    file_says(text="Lea foʻou", state="approved", by="Bea", on=local_date(AT).isoformat(), translator="Ana")
    desk.withdraw(desk.bea)
    file_says(text="Lea foʻou", state="approved", by="Mele", on="2026-01-01", translator="Ana")
    assert (desk.state(), desk.seen().standing.version) == ("approved", None)


def newest() -> dict[queries.Place, queries.Told]:
    reading().rollback()
    return queries.list_open(reading(), current(reading()), ["to"])


def waiting_words() -> int:
    return sum(board._count_waiting(current(reading()), newest()).values())


def test_a_withdrawal_is_kept_and_is_one_for_a_step(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    desk.step(desk.bea, "approved")
    desk.withdraw(desk.bea)
    for change in (update(StepWithdrawal).values(why="Forged"), delete(StepWithdrawal)):
        with pytest.raises(DBAPIError, match="never changed"):
            write(lambda s, change=change: s.execute(change) and None)
    row = dict(reading().execute(select(StepWithdrawal.__table__)).mappings().one())
    reading().rollback()
    with pytest.raises(IntegrityError):
        write(lambda s: s.execute(insert(StepWithdrawal), [{**row, "id": None, "client_id": "x"}]) and None)
    step = dict(reading().execute(select(ProposalStep.__table__).limit(1)).mappings().one())
    reading().rollback()
    with pytest.raises(IntegrityError):
        write(lambda s: s.execute(insert(ProposalStep), [{**step, "id": None}]) and None)


def test_take_lowers_what_it_took_and_signs_anew(files: Files) -> None:
    desk, title, summary = files.desk, files.place(TITLE), files.place(SUMMARY)
    later, day = AT + timedelta(days=3), local_date(AT).isoformat()
    desk.write(files.ana, "Talanoa lelei", place=title)
    desk.step(files.bea, "approved", place=title)
    desk.step(files.ana, "reviewed", place=summary)
    desk.step(files.bea, "approved", place=summary)
    files.run()
    files.publish()
    assert [files.entry(each).state for each in (TITLE, SUMMARY)] == ["approved", "approved"]
    assert "0 sentences" in files.run()
    for place in (title, summary):
        desk.withdraw(files.clara, place=place, at=later)
    said = files.run("--dry-run")
    assert f"{TITLE}: taken: in review" in said
    assert f"{SUMMARY}: taken: reviewed" in said
    assert "2 sentences were taken into 1 files; 0 conflicts." in files.run()
    first, second = files.entry(TITLE), files.entry(SUMMARY)
    assert (first.state, first.by, first.on) == ("in review", "", local_date(later).isoformat())
    assert (first.text, first.translated_by) == ("Talanoa lelei", "Ana ʻOtu")
    assert (second.state, second.by, second.on) == ("reviewed", "Ana ʻOtu", day)
    check_is_clean(files)
    after = files.bytes()
    assert "0 sentences were taken into 0 files; 0 conflicts." in files.run()
    files.publish()
    assert "0 sentences were taken into 0 files; 0 conflicts." in files.run()
    assert files.bytes() == after
    for place, state in ((title, "in review"), (summary, "reviewed")):
        seen = queries.get_seen(reading(), current(reading()), place)
        assert (seen.standing.state, seen.standing.version) == (state, None)
    desk.step(files.clara, "approved", place=title, at=later)
    files.run()
    entry = files.entry(TITLE)
    assert (entry.state, entry.by, entry.on) == ("approved", "Clara", local_date(later).isoformat())


def test_new_words_take_the_place_of_those_whose_approval_was_withdrawn(files: Files) -> None:
    desk, title, summary = files.desk, files.place(TITLE), files.place(SUMMARY)
    for place in (title, summary):
        desk.write(files.ana, "Talanoa lelei", place=place)
        desk.step(files.bea, "approved", place=place)
    files.run()
    files.publish()
    desk.withdraw(files.bea, place=title)
    for place in (title, summary):
        desk.write(files.clara, "Ko e talanoa lelei", place=place)
    said = files.run()
    assert f"{SUMMARY}: waits: " in said, "approved, and nobody took that back"
    assert "1 sentences were taken into 1 files; 0 conflicts." in said
    entry = files.entry(TITLE)
    assert (entry.text, entry.state, entry.by, entry.translated_by) == ("Ko e talanoa lelei", "in review", "", "Clara")
    assert files.entry(SUMMARY).state == "approved"
    check_is_clean(files)


def test_another_approval_before_it_was_taken_back_in_the_files_signs_them(files: Files) -> None:
    desk, place = files.desk, files.place(TITLE)
    desk.write(files.ana, "Talanoa lelei", place=place)
    desk.step(files.bea, "approved", place=place)
    files.run()
    files.publish()
    desk.withdraw(files.bea, place=place)
    desk.step(files.clara, "approved", place=place)
    assert "taken: approved" in files.run()
    assert files.entry(TITLE).by == "Clara"
    files.publish()
    assert queries.get_seen(reading(), current(reading()), place).standing.version is None
    desk.withdraw(files.clara, place=place)
    desk.step(files.clara, "approved", place=place)
    before = files.bytes()
    assert "0 sentences were taken into 0 files; 0 conflicts." in files.run(), "the same again"
    assert files.bytes() == before
    put_entry(files, TITLE, by="Mele", on="2026-01-01")
    assert "0 sentences were taken into 0 files; 0 conflicts." in files.run(), "hers in the file stays"
    assert files.entry(TITLE).by == "Mele"
