"""What people see and are written of a certificate's life: corrections of facts, renewals, suspension, revocation."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from lms.certificates import messages, queries, service
from lms.certificates.jobs import finish_issues
from lms.certificates.models import Edition
from lms.certificates.queries import Known, Renewing
from lms.certificates.rules.lives import Phase
from lms.certificates.rules.serials import show_serial
from lms.certificates.service.restating import STATED
from lms.certificates.views import restating
from lms.clock import local_date, now
from lms.courses.models import ModuleCompletion
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.notifications.jobs import plan_reminders, send_letters
from lms.notifications.models import Letter, Reminder
from lms.notifications.queries import Moment, get_facts
from lms.notifications.service import claim_letters
from lms.tracks.models import TrackCompletion
from lms.tracks.rules import Renewal
from tests.certificates.story import TRACK, actor_of, award_of, complete, config_of, confirm, decide, republish
from tests.certificates.test_life import publish_renewed
from tests.certificates.test_views import counted, text_of
from tests.conftest import AT
from tests.factories import MadePerson, Make, sign_in
from tests.keys import ensure_keys

DAY = timedelta(days=1)


def broken(call: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(RuleBroken) as raised:
        call(*args, **more)
    return raised.value.code


@pytest.fixture
def certifier(content_app: Flask, make: Make) -> MadePerson:
    ensure_keys(config_of(content_app), at=AT - 30 * DAY)
    return make.person("Certifier One", roles=("certifier",))


@pytest.fixture
def worker(content_app: Flask, certifier: MadePerson, make: Make) -> MadePerson:
    """Somebody with a released certificate."""
    person = make.person("Malia ʻAnau", language="en")
    complete(person)
    decide(certifier, person)
    assert finish_issues(content_app, at=AT) == 1
    return person


def known_of(person: MadePerson) -> Known:
    reading().rollback()
    known = queries.get_known(reading(), award_of(person).public_id)
    reading().rollback()
    return known


def restated(person: MadePerson) -> service.Restated:
    known = known_of(person)
    found = service.restate(reading(), known)
    reading().rollback()
    return found


def correct(certifier: MadePerson, person: MadePerson, seal: str, *, at: datetime = AT + DAY) -> int:
    actor, award = actor_of(certifier, at=at), award_of(person).public_id
    return write(lambda s: service.correct_data(s, actor, award, seal=seal, at=at))


# Facts


def test_what_a_correction_changes_is_seen_and_made(
    content_app: Flask, certifier: MadePerson, worker: MadePerson
) -> None:
    assert restated(worker).changes == ()
    assert broken(correct, certifier, worker, restated(worker).seal) == "nothing_to_correct"
    publish_renewed("completion", title="First steps, corrected")
    minutes = update(ModuleCompletion).where(ModuleCompletion.module_key == "outreach").values(minutes=999)
    write(lambda s: s.execute(minutes) and None)
    found = restated(worker)
    assert [each.member for each in found.changes] == ["track", "minutes"]
    assert found.changes[0].after["title"]["en"] == "First steps, corrected"
    assert broken(correct, certifier, worker, "another seal") == "facts_changed"
    before = known_of(worker)
    correct(certifier, worker, found.seal)
    assert broken(restated, worker) == "still_preparing"
    assert finish_issues(content_app, at=AT + DAY) == 1
    after = known_of(worker)
    assert [event.kind for event in after.events] == ["issued", "issued", "replaced"]
    kept = ("serial", "name", "language", "awarded_at", "awarded_on", "round", "valid_until", "template")
    assert [after.shown.payload[each] for each in kept] == [before.shown.payload[each] for each in kept]
    assert (after.shown.number, after.shown.payload["minutes"]["class"]) == (2, found.changes[1].after["class"])
    reason = reading().scalar(select(Edition.reason).where(Edition.number == 2))
    assert reason == "data_correction"
    assert restated(worker).changes == ()


def test_nothing_is_frozen_that_was_not_seen(certifier: MadePerson, worker: MadePerson) -> None:
    publish_renewed("completion", title="First steps, corrected")
    seen = restated(worker).seal
    assert restated(worker).seal == seen
    publish_renewed("completion", title="First steps, corrected")
    assert [each.member for each in restated(worker).changes] == ["track"]
    assert broken(correct, certifier, worker, seen) == "facts_changed", "the content is another"


def test_level_first_day_and_provider_are_shown_too(certifier: MadePerson, worker: MadePerson) -> None:
    known = known_of(worker)
    assert known.newest.payload["level"] and known.newest.payload["started_on"]
    payload = {**known.newest.payload, "level": None, "started_on": "2020-01-01"}
    payload["issuer"] = {**payload["issuer"], "provider_number": "CE-1"}
    stated = replace(known, editions=(replace(known.newest, payload=payload),))
    members = [each.member for each in service.restate(reading(), stated).changes]
    reading().rollback()
    assert members == ["level", "started_on", "provider_number"]


def test_a_corrected_certificate_keeps_the_name_that_stands_on_it(certifier: MadePerson, worker: MadePerson) -> None:
    republish(without=("track", TRACK))
    assert restated(worker).changes == (), "a track that is taught no more keeps its title"
    assert restated(worker).drafted.facts.name == "Malia ʻAnau"


def test_who_may_correct_facts(certifier: MadePerson, worker: MadePerson, make: Make) -> None:
    for other in (worker, make.person(roles=("administrator",))):
        with pytest.raises(NotFound):
            correct(other, worker, "seal")


@pytest.mark.parametrize(("lost", "code"), [(TrackCompletion, "not_completed"), (ModuleCompletion, "evidence_missing")])
def test_what_the_record_does_not_prove_any_more(
    certifier: MadePerson, worker: MadePerson, lost: Any, code: str
) -> None:
    write(lambda s: s.execute(delete(lost)) and None)
    assert broken(restated, worker) == code


def test_a_certificate_that_does_not_stand_is_not_corrected(
    content_app: Flask, certifier: MadePerson, worker: MadePerson, make: Make
) -> None:
    first, second, award = actor_of(certifier), actor_of(make.person(roles=("certifier",))), award_of(worker).public_id
    asked = write(lambda s: service.request_revocation(s, first, award, "issued-in-error", "", at=AT))
    write(lambda s: service.settle_revocation(s, second, asked, confirm=True, at=AT))
    assert broken(restated, worker) == "already_revoked"


def test_the_page_shows_what_changes_before_it_does(
    client: FlaskClient, certifier: MadePerson, worker: MadePerson
) -> None:
    sign_in(client, certifier)
    path = f"/certify/certificates/{award_of(worker).public_id}"
    assert f'href="{path}/facts"' in client.get(path).get_data(as_text=True)
    assert "There is nothing to correct" in text_of(client.get(f"{path}/facts"))
    publish_renewed("completion", title="First steps, corrected")
    completed = (
        update(ModuleCompletion).where(ModuleCompletion.module_key == "outreach").values(minutes=999, language="es")
    )
    write(lambda s: s.execute(completed) and None)
    with counted() as sent:
        page = client.get(f"{path}/facts")
    assert len(sent) <= 12
    text = text_of(page)
    assert "First steps First steps, corrected" in text
    assert "in class: " in text
    found = re.search(r'name="seal"[^>]*value="(\w+)"', page.get_data(as_text=True))
    assert found is not None
    stale = client.post(f"{path}/facts", data={"seal": "0" * 64})
    assert stale.status_code == 400
    assert "The record has changed" in text_of(stale)
    done = client.post(f"{path}/facts", data={"seal": found[1]})
    assert done.headers["Location"] == path
    assert "A new edition is being prepared" in text_of(client.get(f"{path}/facts"))
    assert "Edition 2 is being made." in text_of(client.get(path))
    sign_in(client, worker)
    assert client.get(f"{path}/facts").status_code == 404


def test_every_member_that_can_change_has_words(content_app: Flask) -> None:
    samples: dict[str, Any] = {
        "track": {"title": {"en": "T"}},
        "level": {"key": "core", "title": {"en": "Core"}},
        "competencies": [{"title": {"en": "Outreach"}, "minutes": 60}],
        "minutes": {"class": 60, "practicum": 30, "other": 5},
        "language_of_instruction": "to+en",
        "started_on": "2026-03-01",
        "completed_on": "2026-03-05",
        "valid_until": None,
        "issuer": "The consortium",
        "provider_number": "",
        "signers": [{"name": "Ana", "title": {"en": "Director"}}],
        "disclaimers": {"en": "No license."},
    }
    with content_app.test_request_context():
        assert set(restating.members()) == set(STATED) == set(samples)
        for member, value in samples.items():
            label, before, after = restating.row_of(service.Change(member, value, value))
            assert label and before and before == after
        assert restating.row_of(service.Change("level", None, samples["level"]))[1:] == ("none", "Core")


# Renewing


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        ("early", "You can renew it from"),
        ("open", "Please renew it by"),
        ("late", "it has expired for whoever checks it"),
        ("lapsed", "counts anew"),
        ("renewed", "The newer certificate counts"),
    ],
)
def test_words_for_every_phase(content_app: Flask, phase: Phase, words: str) -> None:
    today = local_date(AT)
    with content_app.test_request_context():
        assert words in messages.renewal_words(Renewing(phase, Renewal(today, today, today)))
        assert messages.renewal_words(Renewing("endless", None)) == ""


def test_the_holder_and_the_public_see_the_end(
    client: FlaskClient, content_app: Flask, certifier: MadePerson, make: Make
) -> None:
    publish_renewed("completion", months=1, grace=30)
    person, then = make.person("Mele"), now() - 40 * DAY
    complete(person, at=then)
    decide(certifier, person, at=then)
    assert finish_issues(content_app, at=then) == 1
    known = known_of(person)
    shown = text_of(client.get(f"/verify/{show_serial(known.serial)}"))
    assert "This certificate has expired" in shown
    assert "renew" not in shown.casefold(), "days of grace are between her and her organization"
    sign_in(client, person)
    page = client.get(f"/record/certificates/{known.public_id}")
    assert "you can still renew it in time" in text_of(page)
    assert f'href="/tracks/{TRACK}"' in page.get_data(as_text=True)


# Letters


def letters(app: Flask, at: datetime) -> list[tuple[str, str]]:
    """Return kind and state of the letters about what became of certificates, once they were sent."""
    send_letters(app, at=at)
    reading().rollback()
    rows = reading().execute(select(Letter.kind, Letter.state, Letter.values).order_by(Letter.id)).all()
    reading().rollback()
    return [(row.values["change"], row.state) for row in rows if row.kind == "certificate_status"]


def test_a_holder_is_written_what_became_of_it(
    content_app: Flask, certifier: MadePerson, worker: MadePerson, make: Make
) -> None:
    actor, second, award = actor_of(certifier), actor_of(make.person(roles=("certifier",))), award_of(worker).public_id
    write(lambda s: service.suspend(s, actor, award, "under-review", at=AT))
    assert letters(content_app, AT) == [("suspended", "pending")], "a slip can be taken back"
    assert letters(content_app, AT + timedelta(minutes=6)) == [("suspended", "sent")]
    write(lambda s: service.lift(s, actor, award, at=AT + DAY))
    assert letters(content_app, AT + DAY + timedelta(minutes=6))[-1] == ("lifted", "sent")
    write(lambda s: service.suspend(s, actor, award, "under-review", at=AT + 2 * DAY))
    write(lambda s: service.lift(s, actor, award, at=AT + 2 * DAY + timedelta(minutes=1)))
    told = letters(content_app, AT + 2 * DAY + timedelta(minutes=8))
    assert told[-2:] == [("suspended", "dropped"), ("lifted", "sent")]
    asked = write(lambda s: service.request_revocation(s, actor, award, "issued-in-error", "", at=AT + 3 * DAY))
    assert letters(content_app, AT + 3 * DAY) == told, "what a second person has not confirmed is not told"
    write(lambda s: service.settle_revocation(s, second, asked, confirm=True, at=AT + 3 * DAY))
    assert letters(content_app, AT + 3 * DAY)[-1] == ("revoked", "sent")


def test_she_is_told_that_it_is_lifted_after_its_last_day_too(
    content_app: Flask, certifier: MadePerson, make: Make
) -> None:
    publish_renewed("completion", months=1, grace=30)
    person = make.person("Mele")
    complete(person)
    decide(certifier, person)
    assert finish_issues(content_app, at=AT) == 1
    actor, award, late = actor_of(certifier), award_of(person).public_id, AT + 40 * DAY
    write(lambda s: service.suspend(s, actor, award, "under-review", at=AT))
    write(lambda s: service.lift(s, actor, award, at=late))
    (letter,) = write(
        lambda s: [each for each in claim_letters(s, "one", at=late + DAY, limit=50) if _change_of(each) == "lifted"]
    )
    (item,) = get_facts(reading(), letter, Moment(late + DAY, (late + DAY).date())).values["items"]
    reading().rollback()
    assert item.values["change"] == "late"


def _change_of(letter: Any) -> Any:
    return letter.values.get("change")


def test_who_has_not_confirmed_is_reminded_once(content_app: Flask, certifier: MadePerson, make: Make) -> None:
    person, later = make.person("Mele"), AT + 3 * DAY
    complete(person, is_named=False)
    other = make.person("Sina")
    complete(other, is_named=False)
    for each in (person, other):
        decide(certifier, each)
    complete(make.person("Not certified"), is_named=False)
    confirm(other, at=later)
    config, sent = config_of(content_app), {}
    own = select(Reminder.person_id).join(Letter, Letter.id == Reminder.letter_id).where(Reminder.kind == "name")
    for number in range(16):
        at = AT + number * DAY
        plan_reminders(config, at=at)
        send_letters(content_app, at=at)
        reading().rollback()
        sent[number] = list(reading().scalars(own.where(Letter.state == "sent")))
    reading().rollback()
    assert sent[6] == []
    assert sent[7] == sent[15] == [person.person_id]


def test_a_reminder_that_is_out_of_date_says_nothing(content_app: Flask, certifier: MadePerson, make: Make) -> None:
    person = make.person("Mele")
    complete(person, is_named=False)
    decide(certifier, person)
    plan_reminders(config_of(content_app), at=AT + 7 * DAY)
    (letter,) = write(
        lambda s: [each for each in claim_letters(s, "one", at=AT + 7 * DAY, limit=50) if each.kind == "reminder"]
    )
    items = get_facts(reading(), letter, Moment(AT + 7 * DAY, (AT + 7 * DAY).date())).values["items"]
    assert "name" in [item.kind for item in items]
    reading().rollback()
    confirm(person, at=AT + 7 * DAY)
    items = get_facts(reading(), letter, Moment(AT + 7 * DAY, (AT + 7 * DAY).date())).values["items"]
    assert "name" not in [item.kind for item in items]
