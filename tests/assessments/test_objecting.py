"""A worker objects to what was entered for her: once, seen by who had no part in it, answered, and never in the log."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from lms.actor import Actor
from lms.assessments import policy, queries, service
from lms.assessments.models import Attempt, AttemptGrant, EntryObjection, ResultEntry
from lms.audit.models import AuditEvent
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.home.queries.export import read_export
from lms.ids import new_client_id
from tests.assessments.assessing import (
    PICTURE,
    RIGHT,
    Cast,
    as_actor,
    enter,
    entered,
    hand_in,
    make_sheet,
    publish,
)
from tests.conftest import AT
from tests.factories import MadePerson, Make, sign_in
from tests.racing import outcomes, race

CANARY = "Canary: I ticked the other one."
WRONG = {"q-one": ("b",), "q-two": ("c",)}


@pytest.fixture
def cast(app: Flask, make: Make) -> Cast:
    publish()
    return Cast.of(make)


def entry_of(cast: Cast, by: Actor, chosen: Any = RIGHT, *, at_once: bool = True) -> str:
    """Enter a result for the worker, and return the public id of the entry."""
    sheet = {} if at_once else {"sheet": PICTURE}
    made = enter(by, cast.ana, entered(make_sheet(cast.certifier), chosen, **sheet), reach=cast.class_).entry
    assert made
    reading().rollback()
    return made


def say(actor: Actor, entry: str, words: str = CANARY, key: str = "") -> None:
    client = key or new_client_id()
    write(lambda s: service.object_to_entry(s, actor, entry, words, client_id=client, at=AT))
    reading().rollback()


def reply(actor: Actor, entry: str, outcome: str = "kept", words: str = "The sheet says the same.") -> None:
    write(lambda s: service.answer_objection(s, actor, entry, outcome, words, at=AT))
    reading().rollback()


def said_of(entry: str) -> Any:
    reading().rollback()
    found = select(EntryObjection).join(ResultEntry).where(ResultEntry.public_id == entry)
    return reading().execute(found).scalar_one_or_none()


def entry_row(entry: str) -> ResultEntry:
    reading().rollback()
    return reading().execute(select(ResultEntry).where(ResultEntry.public_id == entry)).scalar_one()


def seen_by(actor: Actor) -> list[str]:
    rows = queries.list_entries(reading(), policy.answerable(actor) & policy.unanswered())
    return [row.public_id for row in rows]


class TestSaying:
    def test_it_is_kept_once_and_the_same_form_again_changes_nothing(self, app: Flask, cast: Cast) -> None:
        entry, key = entry_of(cast, cast.trainer), new_client_id()
        told = outcomes(race(app, *([lambda: say(cast.worker, entry, key=key)] * 3)))
        assert told == ["done"] * 3
        with pytest.raises(RuleBroken, match="objected_before"):
            say(cast.worker, entry, "Something else")
        assert said_of(entry).words == CANARY

    @pytest.mark.parametrize("words", ["  ", "x" * 1001])
    def test_it_needs_a_few_words(self, cast: Cast, words: str) -> None:
        with pytest.raises(RuleBroken, match="words_"):
            say(cast.worker, entry_of(cast, cast.trainer), words)

    def test_of_others_and_of_what_was_rejected_there_is_nothing_to_say(self, cast: Cast) -> None:
        entry = entry_of(cast, cast.supervisor, at_once=False)
        for other in (cast.supervisor, cast.trainer, cast.certifier):
            with pytest.raises(NotFound):
                say(other, entry)
        with pytest.raises(NotFound):
            say(cast.worker, "nothing")
        write(lambda s: service.reject_entry(s, cast.trainer, entry, "Another sheet.", at=AT))
        with pytest.raises(NotFound):
            say(cast.worker, entry)

    def test_the_log_tells_that_it_was_said_and_not_what(self, cast: Cast) -> None:
        entry = entry_of(cast, cast.trainer)
        say(cast.worker, entry)
        reply(cast.other, entry, words="Canary answer")
        rows = (
            reading()
            .execute(select(AuditEvent.action, AuditEvent.details, AuditEvent.subject_id).order_by(AuditEvent.id))
            .all()
        )
        told = [row for row in rows if "objected" in row.action or "objection" in row.action]
        assert [(row.action, row.subject_id) for row in told] == [
            ("assessments.objected", entry),
            ("assessments.objection_kept", entry),
        ]
        assert "Canary" not in str(rows)

    def test_it_is_in_her_download(self, cast: Cast) -> None:
        say(cast.worker, entry_of(cast, cast.trainer))
        assert CANARY in str(read_export(reading(), cast.ana.person_id)["quiz_entries_objected"])


class TestAnswering:
    def test_who_had_a_part_in_it_neither_sees_nor_answers(self, cast: Cast) -> None:
        entry = entry_of(cast, cast.supervisor, at_once=False)
        write(lambda s: service.confirm_entry(s, cast.trainer, entry, at=AT))
        say(cast.worker, entry)
        for actor in (cast.supervisor, cast.trainer, cast.worker, as_actor(cast.boss, "trainer")):
            assert seen_by(actor) == []
            with pytest.raises(NotFound):
                reply(actor, entry)
        assert seen_by(cast.other) == seen_by(cast.certifier) == [entry]
        reply(cast.other, entry)
        assert seen_by(cast.certifier) == []

    def test_what_nobody_said_has_no_answer(self, cast: Cast) -> None:
        with pytest.raises(NotFound):
            reply(cast.other, entry_of(cast, cast.trainer))

    def test_it_is_answered_once(self, cast: Cast) -> None:
        entry = entry_of(cast, cast.trainer)
        say(cast.worker, entry)
        with pytest.raises(RuleBroken, match="answer_open"):
            reply(cast.other, entry, "")
        with pytest.raises(RuleBroken, match="words_empty"):
            reply(cast.other, entry, words=" ")
        reply(cast.other, entry)
        reply(cast.other, entry)
        for actor, outcome in ((cast.other, "withdrawn"), (cast.certifier, "kept")):
            with pytest.raises(RuleBroken, match="answered_before"):
                reply(actor, entry, outcome)
        row = said_of(entry)
        assert (row.outcome, row.answered_by, row.answer) == ("kept", cast.tom.account_id, "The sheet says the same.")

    def test_what_waits_does_not_count_before_it_is_answered(self, cast: Cast) -> None:
        entry = entry_of(cast, cast.supervisor, at_once=False)
        say(cast.worker, entry)
        with pytest.raises(RuleBroken, match="objected"):
            write(lambda s: service.confirm_entry(s, cast.trainer, entry, at=AT))
        reply(cast.other, entry)
        assert write(lambda s: service.confirm_entry(s, cast.trainer, entry, at=AT))

    def test_what_waits_is_not_rejected_before_it_is_answered(self, cast: Cast) -> None:
        entry = entry_of(cast, cast.supervisor, at_once=False)
        say(cast.worker, entry)
        with pytest.raises(RuleBroken, match="objected"):
            write(lambda s: service.reject_entry(s, cast.trainer, entry, "Another sheet.", at=AT))
        reply(cast.other, entry)
        write(lambda s: service.reject_entry(s, cast.trainer, entry, "Another sheet.", at=AT))
        assert entry_row(entry).outcome == "rejected"

    @pytest.mark.parametrize("outcome", ["kept", "withdrawn"])
    def test_one_that_was_rejected_all_the_same_is_answered_and_stays_rejected(self, cast: Cast, outcome: str) -> None:
        entry = entry_of(cast, cast.supervisor, at_once=False)
        write(lambda s: service.reject_entry(s, cast.trainer, entry, "Another sheet.", at=AT))
        key, before = new_client_id(), entry_row(entry)
        said = {"entry_id": before.id, "words": CANARY, "objected_at": AT, "client_id": key}
        write(lambda s: s.execute(insert(EntryObjection).values(said)) and None)
        reply(cast.other, entry, outcome)
        after = entry_row(entry)
        assert (after.outcome, after.settled_by, after.reason) == ("rejected", cast.tess.account_id, "Another sheet.")
        assert reading().execute(select(AttemptGrant)).all() == []

    def test_what_waits_and_is_withdrawn_never_counts(self, cast: Cast) -> None:
        entry = entry_of(cast, cast.supervisor, at_once=False)
        say(cast.worker, entry)
        reply(cast.other, entry, "withdrawn")
        row = entry_row(entry)
        assert (row.outcome, row.settled_by, row.reason) == ("rejected", cast.tom.account_id, "")
        assert reading().execute(select(Attempt)).scalars().all() == []

    @pytest.mark.parametrize(
        ("chosen", "outcome", "given"),
        [(WRONG, "withdrawn", ["The sheet says the same."]), (WRONG, "kept", []), (RIGHT, "withdrawn", [])],
    )
    def test_a_failed_try_is_given_back_and_a_pass_stays(
        self, cast: Cast, chosen: Any, outcome: str, given: list[str]
    ) -> None:
        entry = entry_of(cast, cast.trainer, chosen)
        before = reading().execute(select(Attempt.passed, Attempt.percent)).one()
        say(cast.worker, entry)
        reply(cast.other, entry, outcome)
        assert reading().execute(select(AttemptGrant.reason)).scalars().all() == given
        assert reading().execute(select(Attempt.passed, Attempt.percent)).one() == before

    def test_who_answered_reads_on_until_she_answers_for_the_workers_work(self, cast: Cast) -> None:
        entry = entry_of(cast, cast.trainer)
        say(cast.worker, entry)
        reply(cast.other, entry)
        over = replace(cast.other, roles=cast.other.roles | {"supervisor"}, supervises=(cast.place,))
        for actor, seen in ((cast.other, [entry]), (over, []), (cast.certifier, [])):
            rows = queries.list_entries(reading(), policy.answerable(actor))
            assert [row.public_id for row in rows] == seen


def page(client: FlaskClient, person: MadePerson, path: str, **sent: str) -> str:
    """Return a page as one person reads it, after she has sent something if anything is to be sent."""
    browser = sign_in(client, person)
    if sent:
        shown = browser.get(path).get_data(as_text=True)
        hidden = re.findall(r'name="(csrf_token|client_id)"[^>]*value="([^"]*)"', shown)
        answer = browser.post(path, data={**dict(hidden), **sent}, follow_redirects=True)
    else:
        answer = browser.get(path)
    assert answer.status_code == (400 if sent.get("refused") else 200), path
    return answer.get_data(as_text=True)


def test_from_her_page_to_the_answer(client: FlaskClient, cast: Cast) -> None:
    entry = entry_of(cast, cast.trainer, WRONG)
    own, theirs = f"/quiz-entries/{entry}", f"/assess/entries/{entry}/objection"
    assert f'href="{own}"' in page(client, cast.ana, "/modules/eps/quiz")
    assert "Please fill this in." in sign_in(client, cast.ana).post(own, data={"words": ""}).get_data(as_text=True)
    assert CANARY in page(client, cast.ana, own, words=CANARY)
    assert "You said that this is not right" in page(client, cast.ana, "/modules/eps/quiz")
    entered_it = page(client, cast.tess, f"/assess/entries/{entry}")
    assert "She says that this is not right" in entered_it
    assert CANARY not in entered_it
    for person in (cast.tess, cast.boss, cast.ana):
        assert sign_in(client, person).get(theirs).status_code == 404
    assert theirs in page(client, cast.cleo, "/assess")
    looked = page(client, cast.cleo, theirs)
    assert CANARY in looked
    assert "She chose:" in looked
    assert "You chose:" not in looked, "the reader chose nothing"
    assert CANARY in page(client, cast.tom, theirs)
    assert "Please choose one." in page(client, cast.cleo, theirs, answer="Right.", do="x", refused="y")
    assert theirs not in page(client, cast.cleo, theirs, answer="You are right.", do="withdrawn")
    assert "Withdrawn" in page(client, cast.cleo, theirs)
    assert sign_in(client, cast.tom).get(theirs).status_code == 404, "once it is answered it is out of others' sight"
    result = page(client, cast.ana, "/modules/eps/quiz")
    assert "You are right: it does not stand" in result
    assert "You are right." in page(client, cast.ana, own)
    assert sign_in(client, cast.boss).get(own).status_code == 404


def test_where_it_waits_she_can_say_it_too(client: FlaskClient, cast: Cast) -> None:
    entry = entry_of(cast, cast.supervisor, at_once=False)
    assert f"/quiz-entries/{entry}" in page(client, cast.ana, "/modules/eps/quiz")
    page(client, cast.ana, f"/quiz-entries/{entry}", words=CANARY)
    shown = page(client, cast.tess, f"/assess/entries/{entry}", do="confirm", compared="y", refused="y")
    assert "That is answered first." in shown
    assert "That is answered first." in page(
        client, cast.tess, f"/assess/entries/{entry}", do="reject", reason="Another sheet.", refused="y"
    )
    waits = page(client, cast.ana, "/modules/eps/quiz")
    assert "You said that this is not right" in waits
    assert ">This is not right<" not in waits
    reply(cast.other, entry, "withdrawn", "Canary answer")
    assert "it does not stand" in page(client, cast.ana, f"/quiz-entries/{entry}")
    for path in ("/modules/eps/quiz", "/modules/eps/quiz"):
        found = page(client, cast.ana, path)
        assert f'href="/quiz-entries/{entry}"' in found
        assert "You are right: it does not stand" in found
        if "Begin the quiz" in found:
            hand_in(cast.worker, WRONG, "eps")
    assert "Try again" in found, "the page of a later result leads there too"
    hand_in(cast.worker, RIGHT, "eps")
    assert "You passed the quiz" in page(client, cast.ana, "/modules/eps/quiz")
    assert f'href="/quiz-entries/{entry}"' in page(client, cast.ana, "/modules/eps/quiz/attempts")
    for path in ("/assess/people", f"/assess/entries/{entry}"):
        theirs = page(client, cast.boss, path)
        assert "She said that this is not right: withdrawn" in theirs
        assert "Canary answer" not in theirs
        assert "Enter it anew" not in theirs


def test_one_that_was_kept_and_then_rejected_says_that_it_does_not_count(client: FlaskClient, cast: Cast) -> None:
    entry = entry_of(cast, cast.supervisor, at_once=False)
    say(cast.worker, entry)
    reply(cast.other, entry)
    assert "It stays as it was entered" in page(client, cast.ana, "/modules/eps/quiz")
    write(lambda s: service.reject_entry(s, cast.trainer, entry, "Another sheet.", at=AT))
    for path in ("/modules/eps/quiz", f"/quiz-entries/{entry}"):
        found = page(client, cast.ana, path)
        assert "Does not count" in found
        assert "It stays as it was entered" not in found
    assert "Enter it anew" in page(client, cast.boss, f"/assess/entries/{entry}")


def test_what_was_rejected_without_her_word_is_missing(client: FlaskClient, cast: Cast) -> None:
    entry = entry_of(cast, cast.supervisor, at_once=False)
    write(lambda s: service.reject_entry(s, cast.trainer, entry, "Another sheet.", at=AT))
    assert sign_in(client, cast.ana).get(f"/quiz-entries/{entry}").status_code == 404
