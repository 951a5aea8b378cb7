"""Her name on the certificate: asked for before it is made, drawn as it will stand, waited for fourteen days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, event, select, update

from lms.certificates import queries, service
from lms.certificates.jobs import finish_issues, mend_names, settle_names
from lms.certificates.jobs.naming import reserve_one
from lms.certificates.models import Application, Award, Edition, NameConfirmation, NameRequest, SigningKey
from lms.certificates.queries.naming import select_unnamed
from lms.certificates.rules import naming as rules
from lms.certificates.rules.decisions import Choice
from lms.clock import local_date
from lms.competencies.models import Evidence
from lms.db import db, reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.people.models import Person
from tests.certificates.story import (
    actor_of,
    application_of,
    award_of,
    complete,
    config_of,
    confirm,
    decide,
    said_of,
)
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.keys import ensure_keys
from tests.racing import outcomes, race

DAY = timedelta(days=1)
OVER = AT + 15 * DAY


def broken(call: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(RuleBroken) as raised:
        call(*args, **more)
    return raised.value.code


def all_of(statement: Any) -> list[Any]:
    reading().rollback()
    found = list(reading().scalars(statement))
    reading().rollback()
    return found


def state_of(person: MadePerson) -> str:
    (found,) = all_of(select(Application.state).where(Application.person_id == person.person_id))
    return str(found)


def name_on(person: MadePerson) -> str:
    """Return the name on her newest edition."""
    known = queries.get_known(reading(), award_of(person).public_id)
    reading().rollback()
    return str(known.newest.payload["name"])


def rename(person: MadePerson, name: str) -> None:
    write(lambda s: s.execute(update(Person).where(Person.id == person.person_id).values(name=name)) and None)


@pytest.fixture
def certifier(content_app: Flask, make: Make) -> MadePerson:
    ensure_keys(config_of(content_app), at=AT - 30 * DAY)
    return make.person("Certifier One", roles=("certifier",))


@pytest.fixture
def worker(certifier: MadePerson, make: Make) -> MadePerson:
    """Somebody who finished and has not confirmed her name."""
    person = make.person("Malia ʻAnau", language="to")
    complete(person, language="to+en", is_named=False)
    return person


# The rules


@pytest.mark.parametrize(
    ("typed", "better"),
    [
        ("Vā'inga", "Vāʻinga"),
        ("'Anau", "ʻAnau"),
        ("Sione ‘Akau’ola", "Sione ʻAkauʻola"),
        ("Fa`alogo-`Aiga", "Faʻalogo-ʻAiga"),
        ("Maʼafu ´Ofa", "Maʻafu ʻOfa"),
        ("Vāʻinga", None),
        ("O'Brien", None),
        ("Sarah D'Angelo", None),
        ("Maria dell'Orto", None),
        ("Ana María Núñez", None),
    ],
)
def test_a_glottal_stop_is_suggested_where_one_is_likely(typed: str, better: str | None) -> None:
    assert rules.suggest_glottal(typed) == better


@given(st.text(alphabet="aeiouāKl'’‘`ʻ -", max_size=20))
def test_a_suggestion_suggests_nothing_more(typed: str) -> None:
    better = rules.suggest_glottal(typed)
    assert better is None or rules.suggest_glottal(better) is None
    assert better is None or len(better) == len(typed)


def test_it_waits_fourteen_whole_days() -> None:
    opened = date(2028, 2, 20)
    until = rules.name_until(opened)
    assert until == date(2028, 3, 5)
    assert not rules.is_named(until, until, is_confirmed=False)
    assert rules.is_named(until, until + DAY, is_confirmed=False)
    assert rules.is_named(until, opened, is_confirmed=True)


def test_what_confirming_does_to_an_application() -> None:
    after = rules.state_after_name
    assert after("certified", is_made=False, has_same_letters=True) == "certified"
    assert after("certified", is_made=False, has_same_letters=False) == "waiting"
    assert after("appealed", is_made=False, has_same_letters=False) == "appealed"
    assert broken(after, "certified", is_made=True, has_same_letters=True) == "certificate_is_made"
    assert broken(after, "refused", is_made=False, has_same_letters=True) == "nothing_to_confirm"


# Confirming


def test_certifying_waits_for_her_word(content_app: Flask, worker: MadePerson, certifier: MadePerson) -> None:
    decided = decide(certifier, worker)
    assert (decided.state, decided.award_public_id) == ("certified", None)
    assert finish_issues(content_app, at=AT) == 0
    naming = queries.get_naming(reading(), worker.person_id, application_of(worker))
    assert naming.waits_until(local_date(AT)) == local_date(AT) + 14 * DAY
    assert naming.waits_until(local_date(OVER)) is None, "that day is over"
    reading().rollback()
    done = confirm(worker, "Mālia ʻAnau", at=AT + DAY)
    assert done == service.Confirmed("certified", award_of(worker).public_id)
    assert award_of(worker).decision_id is not None
    assert name_on(worker) == "Mālia ʻAnau", "as she confirmed it, not as her account has it"
    assert finish_issues(content_app, at=AT + DAY) == 1
    assert broken(confirm, worker) == "certificate_is_made"


def test_what_she_confirmed_before_is_reserved_when_certified(worker: MadePerson, certifier: MadePerson) -> None:
    first = confirm(worker)
    assert first == service.Confirmed("waiting", None)
    confirm(worker, "Malia Ana ʻAnau")
    naming = queries.get_naming(reading(), worker.person_id, application_of(worker))
    waits = naming.waits_until(local_date(AT))
    assert (naming.name, naming.has_same_letters, waits) == ("Malia Ana ʻAnau", False, None)
    reading().rollback()
    decide(certifier, worker)
    assert name_on(worker) == "Malia Ana ʻAnau"


def test_the_certifier_must_have_seen_another_name(worker: MadePerson, certifier: MadePerson) -> None:
    seen, public_id, actor = said_of(application_of(worker)), application_of(worker), actor_of(certifier)
    confirm(worker, "Somebody Else")
    (said,) = [each for each in queries.list_said(reading(), _application_id(worker)) if each.kind == "name"]
    assert (said.text, said.by) == ("Somebody Else", None)
    reading().rollback()
    certify = lambda: write(  # noqa: E731
        lambda s: service.decide(s, actor, public_id, Choice("certify"), seen=seen, client_id=new_client_id(), at=AT)
    )
    assert broken(certify) == "changed_meanwhile"
    confirm(worker, "Malia ʻĀnau")
    assert said_of(public_id) == 1, "other marks need nobody to look"


def _application_id(person: MadePerson) -> int:
    (found,) = all_of(select(Application.id).where(Application.person_id == person.person_id))
    return int(found)


def test_another_name_after_certifying_goes_back_to_the_certifier(worker: MadePerson, certifier: MadePerson) -> None:
    decide(certifier, worker)
    assert confirm(worker, "Somebody Else") == service.Confirmed("waiting", None)
    assert all_of(select(Award.id)) == []
    decide(certifier, worker)
    assert name_on(worker) == "Somebody Else"


def test_renaming_the_account_is_no_way_around(worker: MadePerson, certifier: MadePerson) -> None:
    decide(certifier, worker)
    rename(worker, "Somebody Else")
    assert confirm(worker, "Somebody Else").state == "waiting"


def test_other_signs_are_seen_by_the_certifier(worker: MadePerson, certifier: MadePerson) -> None:
    decide(certifier, worker)
    assert confirm(worker, "<Malia> ʻAnau ®").state == "waiting"
    assert all_of(select(Award.id)) == []


def test_a_double_tap_confirms_once(worker: MadePerson) -> None:
    actor, public_id, key = actor_of(worker), application_of(worker), new_client_id()

    def tap() -> service.Confirmed:
        return write(lambda s: service.confirm_name(s, actor, public_id, "Malia ʻAnau", client_id=key, at=AT))

    assert tap() == tap()
    assert len(all_of(select(NameConfirmation.id))) == 1


def test_she_confirms_while_the_job_settles(content_app: Flask, worker: MadePerson, certifier: MadePerson) -> None:
    decide(certifier, worker)
    actor, public_id, number = actor_of(worker), application_of(worker), _application_id(worker)
    key = new_client_id()
    said = race(
        content_app,
        lambda: write(lambda s: service.confirm_name(s, actor, public_id, "Malia ʻAnau", client_id=key, at=OVER)),
        lambda: write(lambda s: service.reserve_overdue(s, number, at=OVER)),
    )
    assert outcomes(said) in (["done", "done"], ["certificate_is_made", "done"])
    assert len(all_of(select(Award.id))) == len(all_of(select(Edition.id))) == 1


def test_she_confirms_while_she_is_certified(content_app: Flask, worker: MadePerson, certifier: MadePerson) -> None:
    actor, judge, public_id = actor_of(worker), actor_of(certifier), application_of(worker)
    one, two = new_client_id(), new_client_id()
    said = race(
        content_app,
        lambda: write(lambda s: service.confirm_name(s, actor, public_id, "Malia ʻAnau", client_id=one, at=AT)),
        lambda: write(lambda s: service.decide(s, judge, public_id, Choice("certify"), client_id=two, at=AT)),
    )
    assert outcomes(said) == ["done", "done"]
    assert len(all_of(select(Award.id))) == len(all_of(select(Edition.id))) == 1


@pytest.mark.parametrize(
    ("typed", "code"),
    [("", "name_empty"), ("漢字", "name_letter"), ("Ana\u0007", "name_characters"), ("A" * 201, "name_too_long")],
)
def test_the_gate_refuses_what_cannot_be_printed(worker: MadePerson, typed: str, code: str) -> None:
    actor, public_id, key = actor_of(worker), application_of(worker), new_client_id()
    send = lambda: write(  # noqa: E731
        lambda s: service.confirm_name(s, actor, public_id, typed, client_id=key, at=AT)
    )
    assert broken(send) == code
    assert all_of(select(NameConfirmation.id)) == []


def test_nobody_confirms_for_another(worker: MadePerson, make: Make) -> None:
    other, public_id = actor_of(make.person()), application_of(worker)
    with pytest.raises(NotFound):
        write(lambda s: service.confirm_name(s, other, public_id, "X Y", client_id=new_client_id(), at=AT))
    with pytest.raises(NotFound):
        queries.get_naming(reading(), other.person_id, public_id)


def test_what_is_refused_has_no_name_to_confirm(worker: MadePerson, certifier: MadePerson) -> None:
    decide(certifier, worker, Choice("refuse", "requirements-not-met"))
    assert broken(confirm, worker) == "nothing_to_confirm"
    naming = queries.get_naming(reading(), worker.person_id, application_of(worker))
    assert naming.waits_until(local_date(AT)) is None


# Fourteen days


def test_after_fourteen_days_it_is_made_with_the_accounts_name(
    content_app: Flask, worker: MadePerson, certifier: MadePerson
) -> None:
    decide(certifier, worker)
    rename(worker, "Mālia ʻĀnau")
    config = config_of(content_app)
    assert settle_names(config, at=AT + 14 * DAY) == ""
    assert settle_names(config, at=OVER) == "1 settled"
    assert settle_names(config, at=OVER) == ""
    assert name_on(worker) == "Mālia ʻĀnau", "as it is spelled then"
    assert finish_issues(content_app, at=OVER) == 1


def test_another_account_name_by_then_is_seen_first(
    content_app: Flask, worker: MadePerson, certifier: MadePerson
) -> None:
    decide(certifier, worker)
    rename(worker, "Somebody Else")
    assert settle_names(config_of(content_app), at=OVER) == "1 settled"
    assert (state_of(worker), all_of(select(Award.id))) == ("waiting", [])
    decide(certifier, worker, at=OVER)
    assert name_on(worker) == "Somebody Else"


def test_who_is_certified_late_does_not_wait(worker: MadePerson, certifier: MadePerson) -> None:
    assert decide(certifier, worker, at=OVER).award_public_id is not None


def test_her_word_is_kept_where_the_certificate_cannot_be_reserved(
    content_app: Flask, worker: MadePerson, certifier: MadePerson
) -> None:
    decide(certifier, worker)
    retire = update(SigningKey).values(retired_at=AT)
    write(lambda s: s.execute(retire) and None)
    assert confirm(worker) == service.Confirmed("certified", None)
    assert settle_names(config_of(content_app), at=AT) == "1 cannot be made: no_key"
    (told,) = mend_names(at=AT, fix=True)
    assert (told.mendable, "no_key" in told.text) == (False, True)
    write(lambda s: s.execute(update(SigningKey).values(retired_at=None)) and None)
    (told,) = mend_names(at=AT, fix=True)
    assert told.mendable
    assert mend_names(at=AT, fix=True) == []
    assert finish_issues(content_app, at=AT) == 1


def test_nothing_is_left_of_a_certificate_that_could_not_be_reserved_whole(
    worker: MadePerson, certifier: MadePerson
) -> None:
    decide(certifier, worker)

    def refuse(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO editions"):
            raise RuleBroken("no_key")

    event.listen(db.engines["write"], "before_cursor_execute", refuse)
    try:
        assert confirm(worker) == service.Confirmed("certified", None)
    finally:
        event.remove(db.engines["write"], "before_cursor_execute", refuse)
    assert (all_of(select(Award.id)), len(all_of(select(NameConfirmation.id)))) == ([], 1)
    (told,) = mend_names(at=AT, fix=True)
    assert told.mendable
    assert len(all_of(select(Award.id))) == len(all_of(select(Edition.id))) == 1


def test_what_is_certified_is_taken_back_while_it_waits_for_her_name(worker: MadePerson, certifier: MadePerson) -> None:
    decide(certifier, worker)
    assert broken(decide, certifier, worker) == "already_certified"
    assert decide(certifier, worker, Choice("refuse", "evidence-not-hers")).state == "refused"
    assert all_of(select(Application.certified_name)) == [None]
    assert broken(confirm, worker) == "nothing_to_confirm"
    assert write(lambda s: service.reserve_overdue(s, _application_id(worker), at=OVER)) == ""
    assert all_of(select(Award.id)) == []


def test_what_is_made_is_not_taken_back(worker: MadePerson, certifier: MadePerson) -> None:
    decide(certifier, worker)
    confirm(worker)
    assert broken(decide, certifier, worker, Choice("refuse", "evidence-not-hers")) == "already_certified"
    assert state_of(worker) == "certified"


def test_those_that_are_overdue_are_told_and_mended(worker: MadePerson, certifier: MadePerson) -> None:
    decide(certifier, worker)
    assert mend_names(at=AT + 14 * DAY, fix=True) == []
    (told,) = mend_names(at=OVER, fix=False)
    assert (told.mendable, "no certificate was reserved" in told.text) == (True, True)
    assert all_of(select(Award.id)) == [], "to look changes nothing"
    assert mend_names(at=OVER, fix=True) == [told]
    assert len(all_of(select(Award.id))) == 1
    assert write(lambda s: service.reserve_overdue(s, _application_id(worker), at=OVER)) == ""


def test_those_that_cannot_be_made_hold_nobody_up(
    content_app: Flask, worker: MadePerson, certifier: MadePerson, make: Make
) -> None:
    other = make.person("Ana Ruiz")
    complete(other, is_named=False)
    for person in (worker, other):
        decide(certifier, person)
    write(lambda s: s.execute(delete(Evidence).where(Evidence.person_id == worker.person_id)) and None)
    assert settle_names(config_of(content_app), at=OVER) == "1 settled, 1 cannot be made: evidence_missing"
    assert name_on(other) == "Ana Ruiz"


def test_what_a_joined_record_left_behind_is_nobodys_to_make(
    content_app: Flask, worker: MadePerson, certifier: MadePerson, make: Make
) -> None:
    decide(certifier, worker)
    joined = update(Person).where(Person.id == worker.person_id).values(merged_into_id=make.person().person_id)
    write(lambda s: s.execute(joined) and None)
    assert mend_names(at=OVER, fix=True) == []
    assert settle_names(config_of(content_app), at=OVER) == ""
    assert reserve_one(_application_id(worker), at=OVER) is None
    assert reading().execute(select_unnamed(local_date(AT))).all() == []
    seen = queries.list_applications(reading(), actor_of(certifier), queries.Filter())
    reading().rollback()
    assert seen == []


def test_what_forbids_a_certificate_is_told_when_certifying(worker: MadePerson, certifier: MadePerson) -> None:
    rename(worker, "漢字")
    assert broken(decide, certifier, worker) == "name_letter"
    assert state_of(worker) == "waiting"


# Another spelling afterwards


def test_other_marks_are_made_at_once_and_other_letters_are_looked_at(
    content_app: Flask, worker: MadePerson, certifier: MadePerson
) -> None:
    decide(certifier, worker, at=OVER)
    assert finish_issues(content_app, at=OVER) == 1
    own, award = actor_of(worker), award_of(worker).public_id

    def ask(name: str) -> bool:
        return write(lambda s: service.request_name(s, own, award, name, "", at=OVER))

    assert ask("¡Malia ʻAnau!") is False, "other signs are looked at by a person"
    (asked,) = all_of(select(NameRequest.public_id))
    no = actor_of(certifier)
    write(lambda s: service.settle_name(s, no, asked, grant=False, at=OVER))
    for number, name in enumerate(("Mālia ʻAnau", "MALIA ʻANAU", "Malia ʻĀnau")):
        assert ask(name) is True
        assert broken(ask, "Malia Anau") == "still_preparing"
        assert finish_issues(content_app, at=OVER + timedelta(minutes=number)) == 1
        assert name_on(worker) == name
    assert ask("Malia ʻAnau") is False, "the fourth in a day is looked at by a person"
    (_refused, request) = all_of(select(NameRequest.name).order_by(NameRequest.id))
    assert request == "Malia ʻAnau"
