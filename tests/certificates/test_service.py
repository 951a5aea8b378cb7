"""Deciding, reserving and what becomes of certificates, on both engines."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from lms.audit.models import AuditEvent
from lms.certificates import queries, service
from lms.certificates.events import DecisionMade, decision_made
from lms.certificates.jobs import finish_issues
from lms.certificates.models import (
    Application,
    Award,
    CertificateShare,
    Decision,
    Edition,
    IssueTask,
    NameRequest,
    Reply,
    RevocationRequest,
    SigningKey,
    StatusEvent,
)
from lms.certificates.rules import names, places, serials
from lms.certificates.rules.decisions import Choice
from lms.certificates.rules.kinds import SIGNING_PURPOSES
from lms.certificates.rules.payloads import Place
from lms.certificates.service import places as drawing_places
from lms.certificates.service import sharing
from lms.competencies.models import Evidence
from lms.content.library import current
from lms.courses.models import ModuleCompletion
from lms.db import reading, write
from lms.differences import Difference
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.people.models import Person
from lms.tracks.events import TrackCompleted, TrackDone, track_completed
from lms.tracks.models import TrackCompletion
from tests.certificates import story
from tests.certificates.story import TRACK, actor_of, application_of, award_of, complete, config_of, decide
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.keys import ensure_keys
from tests.racing import look_together, outcomes, race

ASK = Choice("ask", "dates-unclear", "Which day was it?")
REFUSE = Choice("refuse", "requirements-not-met")
LATER = AT + timedelta(days=1)


def broken(call: Callable[..., Any], *args: Any, **more: Any) -> str:
    with pytest.raises(RuleBroken) as raised:
        call(*args, **more)
    return raised.value.code


def missing(call: Callable[..., Any], *args: Any, **more: Any) -> None:
    with pytest.raises(NotFound):
        call(*args, **more)


def count(model: Any, *where: Any) -> int:
    found = reading().execute(select(func.count()).select_from(model).where(*where)).scalar_one()
    reading().rollback()
    return int(found)


def state_of(person: MadePerson) -> str:
    return read(select(Application.state).where(Application.public_id == application_of(person)))


def read(statement: Any) -> Any:
    reading().rollback()
    found = reading().execute(statement).scalar_one()
    reading().rollback()
    return found


def actions() -> list[str]:
    found = list(reading().scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
    reading().rollback()
    return found


def answer(person: MadePerson, text: str, *, is_appeal: bool = False, client_id: str | None = None) -> str:
    actor, public_id, at = actor_of(person), application_of(person), AT + timedelta(hours=1)
    key = client_id or new_client_id()
    return write(lambda s: service.answer(s, actor, public_id, text, is_appeal=is_appeal, client_id=key, at=at))


@pytest.fixture
def certifier(content_app: Flask, make: Make) -> MadePerson:
    ensure_keys(config_of(content_app), at=AT - timedelta(days=30))
    return make.person("Certifier One", roles=("certifier",))


@pytest.fixture
def worker(certifier: MadePerson, make: Make) -> MadePerson:
    person = make.person("Malia ʻAnau", language="to")
    complete(person, language="to+en")
    return person


@pytest.fixture
def issued(content_app: Flask, worker: MadePerson, certifier: MadePerson) -> str:
    """The public id of a released certificate."""
    decide(certifier, worker)
    assert finish_issues(content_app, at=AT) == 1
    return str(award_of(worker).public_id)


# Applications


def test_a_completed_track_opens_one_application(worker: MadePerson) -> None:
    done = TrackDone(worker.person_id, TRACK, 1, AT, date(2026, 3, 5), "to", revision_of(TRACK))
    write(lambda session: track_completed.send(TrackCompleted((done,)), session=session) and None)
    assert count(Application) == 1
    assert state_of(worker) == "waiting"


def revision_of(track: str) -> int:
    found = current(reading()).get("track", track).revision_id
    reading().rollback()
    return found


def test_a_track_without_certificate_opens_none(worker: MadePerson) -> None:
    story.republish(plain_track=True)
    plain = TrackDone(worker.person_id, "plain", 1, AT, date(2026, 3, 5), "to", revision_of("plain"))
    assert write(lambda session: service.open_applications(session, [plain])) == []


def test_a_track_that_was_retired_since_still_opens_one(make: Make, certifier: MadePerson) -> None:
    person = make.person("Late")
    complete(person, is_named=False)
    write(lambda s: s.execute(Application.__table__.delete()) and None)
    story.republish(without=("track", TRACK))
    (told,) = write(lambda s: service.recompute(s, current(s), at=AT))
    assert told.mendable
    assert state_of(person) == "waiting"


def test_certifying_reserves_a_certificate(worker: MadePerson, certifier: MadePerson) -> None:
    heard: list[DecisionMade] = []
    with decision_made.connected_to(lambda fact, session: heard.append(fact)):
        decided = decide(certifier, worker)
    award = award_of(worker)
    assert (decided.state, decided.award_public_id) == ("certified", award.public_id)
    assert award.award_key == f"{worker.person_id}:{TRACK}:1"
    assert serials.read_serial(award.serial) == award.serial
    edition = reading().execute(select(Edition)).scalar_one()
    payload = json.loads(edition.payload)
    assert payload["name"] == "Malia ʻAnau"
    assert payload["serial"] == serials.show_serial(award.serial)
    assert (payload["awarded_on"], payload["completed_on"]) == ("2026-03-05", "2026-03-05")
    assert payload["valid_until"] == "2028-03-05" == edition.valid_until.isoformat()
    assert payload["language_of_instruction"] == "to+en"
    assert payload["minutes"] == {"class": sum(each["minutes"] for each in payload["competencies"])}
    assert set(payload["track"]["title"]) == {"en", "to"}
    assert [each["code"] for each in payload["competencies"]] == ["communication", "outreach"]
    assert payload["keys"] == queries.keys_of(reading(), [edition.id])[edition.id]
    assert set(payload["content"]["revisions"]) == {"track", "certificate", "words"}
    assert edition.words_revision_id is not None
    assert reading().execute(select(IssueTask.done_at)).scalar_one() is None
    assert (heard[0].outcome, heard[0].reason_code, heard[0].person_id) == ("certify", None, worker.person_id)
    assert actions()[-2:] == ["certificates.decided", "certificates.reserved"]


def test_every_language_of_instruction_is_named(worker: MadePerson, certifier: MadePerson) -> None:
    """One module in Tongan with English beneath, the other in Spanish: the last one alone would be half the truth."""
    first, second = (each["module"] for each in reading().execute(select(TrackCompletion.counted)).scalar_one())
    for module, language in ((first, "to+en"), (second, "es")):
        done = update(ModuleCompletion).where(ModuleCompletion.module_key == module).values(language=language)
        write(lambda session, done=done: session.execute(done) and None)
    decide(certifier, worker)
    payload = json.loads(reading().execute(select(Edition)).scalar_one().payload)
    assert payload["language_of_instruction"] == "to+en+es"


def test_an_english_certificate_has_english_alone(make: Make, certifier: MadePerson) -> None:
    person = make.person("Ann Lee", language="en")
    complete(person)
    decide(certifier, person)
    edition = reading().execute(select(Edition)).scalar_one()
    payload = json.loads(edition.payload)
    assert set(payload["track"]["title"]) == {"en"}
    assert set(payload["content"]["revisions"]) == {"track", "certificate"}
    assert edition.words_revision_id is None


def test_the_same_form_twice_decides_once(worker: MadePerson, certifier: MadePerson) -> None:
    actor, public_id, key = actor_of(certifier), application_of(worker), new_client_id()

    def send(choice: Choice) -> service.Decided:
        return write(lambda s: service.decide(s, actor, public_id, choice, client_id=key, at=AT))

    first = send(ASK)
    assert send(ASK) == first
    assert count(Decision) == 1
    assert broken(send, REFUSE) == "sent_before"
    assert count(Decision) == 1


def test_certifying_twice_is_one_award(worker: MadePerson, certifier: MadePerson, make: Make) -> None:
    decide(certifier, worker)
    other = make.person("Certifier Two", roles=("certifier",))
    assert broken(decide, other, worker) == "already_certified"
    case = service.awards.Case((worker.person_id, TRACK, 1), None)
    assert write(lambda s: service.reserve(s, [case], today=date(2026, 3, 5), at=AT)) == []
    assert count(Award) == 1


def test_nobody_certifies_herself(content_app: Flask, make: Make) -> None:
    ensure_keys(config_of(content_app), at=AT)
    person = make.person("Both", roles=("certifier",))
    complete(person)
    missing(decide, person, person)
    actor = actor_of(person)
    ids = [application_of(person)]
    missing(lambda: write(lambda s: service.certify_many(s, actor, ids, client_id=new_client_id(), at=AT)))
    assert queries.list_applications(reading(), actor, queries.Filter()) == []
    assert state_of(person) == "waiting"


def test_only_a_certifier_decides(worker: MadePerson, make: Make) -> None:
    for role in ("administrator", "trainer", "analyst"):
        missing(decide, make.person(roles=(role,)), worker)
    missing(decide, make.person(), worker)
    actor = actor_of(make.person(roles=("certifier",)))
    missing(lambda: write(lambda s: service.decide(s, actor, "nothing", ASK, client_id=new_client_id(), at=AT)))


def test_ask_and_answer(worker: MadePerson, certifier: MadePerson) -> None:
    assert decide(certifier, worker, ASK).state == "asked"
    assert broken(decide, certifier, worker) == "waits_for_worker"
    assert broken(answer, worker, "no", is_appeal=True) == "nothing_to_answer"
    key = new_client_id()
    assert answer(worker, " On Monday ", client_id=key) == "waiting"
    assert answer(worker, "On Monday", client_id=key) == "waiting"
    assert read(select(Reply.text)) == "On Monday"
    assert decide(certifier, worker, at=LATER).state == "certified"
    said = queries.list_said(reading(), read(select(Application.id)))
    assert [each.kind for each in said] == ["ask", "answer", "certify"]


def test_refuse_and_appeal_to_another(worker: MadePerson, certifier: MadePerson, make: Make) -> None:
    assert decide(certifier, worker, REFUSE).state == "refused"
    assert broken(answer, worker, "why") == "nothing_to_answer"
    assert answer(worker, "I did it all", is_appeal=True) == "appealed"
    assert broken(decide, certifier, worker) == "another_certifier_decides"
    other = make.person("Certifier Two", roles=("certifier",))
    assert decide(other, worker, REFUSE).state == "refused"
    assert list(reading().scalars(select(Decision.on_appeal).order_by(Decision.id))) == [False, True]
    assert broken(answer, worker, "again", is_appeal=True) == "already_appealed"
    assert actions()[-2:] == ["certificates.appealed", "certificates.decided"]


def test_an_appeal_never_comes_back_to_who_refused(worker: MadePerson, certifier: MadePerson, make: Make) -> None:
    other = make.person("Certifier Two", roles=("certifier",))
    decide(certifier, worker, REFUSE)
    answer(worker, "I did it all", is_appeal=True)
    assert decide(other, worker, ASK).state == "asked"
    assert answer(worker, "On Monday") == "appealed"
    assert broken(decide, certifier, worker, REFUSE) == "another_certifier_decides"
    write(lambda s: s.execute(update(Application).values(state="waiting")) and None)  # as it was written before
    assert broken(decide, certifier, worker) == "another_certifier_decides"
    assert broken(batch, certifier, [worker]) == "not_for_a_batch"
    assert decide(other, worker).state == "certified"


def test_a_decision_from_a_stale_page_is_refused(worker: MadePerson, certifier: MadePerson) -> None:
    actor, public_id = actor_of(certifier), application_of(worker)
    decide(certifier, worker, ASK)
    answer(worker, "On Monday")
    send = lambda **seen: write(  # noqa: E731
        lambda s: service.decide(s, actor, public_id, Choice("certify"), client_id=new_client_id(), at=LATER, **seen)
    )
    many = lambda **seen: write(  # noqa: E731
        lambda s: service.certify_many(s, actor, [public_id], client_id=new_client_id(), at=LATER, **seen)
    )
    assert broken(send) == broken(send, seen=1) == "changed_meanwhile"
    assert broken(many) == broken(many, seen={public_id: 1}) == "changed_meanwhile"
    assert many(seen={public_id: 2}) == service.Batch(1, 0)


def test_nobody_answers_for_another(worker: MadePerson, certifier: MadePerson, make: Make) -> None:
    decide(certifier, worker, ASK)
    stranger = actor_of(make.person())
    public_id = application_of(worker)
    missing(
        lambda: write(
            lambda s: service.answer(s, stranger, public_id, "x", is_appeal=False, client_id=new_client_id(), at=AT)
        )
    )


# Batches


def batch(certifier: MadePerson, people: list[MadePerson], client_id: str | None = None) -> service.Batch:
    actor, ids = actor_of(certifier), [application_of(each) for each in people]
    key = client_id or new_client_id()
    return write(lambda s: service.certify_many(s, actor, ids, client_id=key, at=AT))


def test_a_batch_certifies_all_and_counts_once(content_app: Flask, make: Make, certifier: MadePerson) -> None:
    people = [make.person(f"Worker {n}") for n in range(5)]
    complete(*people)
    key = new_client_id()
    assert batch(certifier, people[:3], key) == service.Batch(3, 0)
    assert batch(certifier, people, key) == service.Batch(2, 3)
    assert count(Award) == count(Decision) == 5
    assert finish_issues(content_app, at=AT) == 5


def test_one_bad_name_keeps_the_whole_batch_back(make: Make, certifier: MadePerson) -> None:
    people = [make.person("Good Name"), make.person("漢字")]
    complete(*people, is_named=False)
    with pytest.raises(RuleBroken) as raised:
        batch(certifier, people)
    assert (raised.value.code, raised.value.values) == ("name_letter", {"letter": "漢", "name": "漢字"})
    assert count(Award) == count(Decision) == count(Edition) == 0
    assert state_of(people[0]) == "waiting"


def test_a_batch_takes_only_those_that_wait(make: Make, certifier: MadePerson) -> None:
    people = [make.person("One"), make.person("Two")]
    complete(*people)
    decide(certifier, people[1], REFUSE)
    assert broken(batch, certifier, people) == "not_for_a_batch"
    assert count(Award) == 0


def test_a_batch_has_a_bound_and_no_strangers(worker: MadePerson, certifier: MadePerson) -> None:
    actor = actor_of(certifier)

    def send(ids: list[str]) -> None:
        write(lambda s: service.certify_many(s, actor, ids, client_id=new_client_id(), at=AT))

    assert broken(send, [str(n) for n in range(101)]) == "too_many"
    missing(send, [application_of(worker), "unknown"])
    assert count(Award) == 0


# Reserving


def test_without_a_key_nothing_is_reserved(content_app: Flask, make: Make) -> None:
    person, certifier = make.person("Ann"), make.person(roles=("certifier",))
    complete(person)
    assert broken(decide, certifier, person) == "no_key"
    assert (count(Award), count(Decision), state_of(person)) == (0, 0, "waiting")


def test_a_completion_that_is_not_there_is_not_certified(worker: MadePerson) -> None:
    case = service.awards.Case((worker.person_id, TRACK, 2), None)
    assert broken(lambda: write(lambda s: service.reserve(s, [case], today=date(2026, 3, 5), at=AT))) == "not_completed"


def test_an_unknown_competency_stops_the_certificate(worker: MadePerson, certifier: MadePerson) -> None:
    story.republish(without=("framework", "chw-core"))
    assert broken(decide, certifier, worker) == "competency_unknown"


@pytest.mark.parametrize("lost", [Evidence, ModuleCompletion])
def test_what_the_record_does_not_prove_is_not_certified(
    worker: MadePerson, certifier: MadePerson, lost: type[Evidence | ModuleCompletion]
) -> None:
    key = lost.source_key if lost is Evidence else lost.module_key
    write(lambda s: s.execute(lost.__table__.delete().where(key == "outreach")) and None)
    assert broken(decide, certifier, worker) == broken(batch, certifier, [worker]) == "evidence_missing"
    assert (count(Award), state_of(worker)) == (0, "waiting")


def test_words_that_cannot_be_printed_stop_the_certificate(
    worker: MadePerson, certifier: MadePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "_DRAWN_IN_WORDS", names.DRAWN - {"“"})
    monkeypatch.setattr(names, "is_drawn", lambda letter: letter != "“")
    assert broken(decide, certifier, worker) == "words_letter"


def test_nothing_is_awarded_before_it_is_completed(make: Make, certifier: MadePerson) -> None:
    person = make.person("Early")
    complete(person, at=LATER)
    decide(certifier, person)
    payload = json.loads(read(select(Edition.payload)))
    assert (payload["completed_on"], payload["awarded_on"]) == ("2026-03-06", "2026-03-06")
    assert payload["valid_until"] == "2028-03-06"


def test_what_was_never_released_can_be_revoked(worker: MadePerson, certifier: MadePerson, make: Make) -> None:
    decide(certifier, worker)
    award, first = award_of(worker).public_id, actor_of(certifier)
    second = actor_of(make.person(roles=("administrator",)))
    request = write(lambda s: service.request_revocation(s, first, award, "issued-in-error", "", at=AT))
    write(lambda s: service.settle_revocation(s, second, request, confirm=True, at=AT))
    known = queries.get_known(reading(), award)
    assert known.state_of(known.shown, date(2026, 3, 6)) == "revoked"
    assert read(select(IssueTask.problem)) == "given up: the certificate was revoked"
    assert broken(lambda: write(lambda s: service.redraft(s, first, award, at=AT))) == "already_revoked"


def test_what_was_never_released_can_be_drafted_anew(
    content_app: Flask, worker: MadePerson, certifier: MadePerson
) -> None:
    decide(certifier, worker)
    award, actor = award_of(worker).public_id, actor_of(certifier)
    write(lambda s: s.execute(update(Person).values(name="Malia Tupou")) and None)
    missing(lambda: write(lambda s: service.redraft(s, actor_of(worker), award, at=AT)))
    write(lambda s: service.redraft(s, actor, award, at=AT))
    assert queries.get_known(reading(), award).shown.payload["name"] == "Malia ʻAnau", "as she confirmed it"
    reading().rollback()
    assert finish_issues(content_app, at=AT) == 1
    known = queries.get_known(reading(), award)
    assert (known.shown.number, known.shown.payload["serial"]) == (2, serials.show_serial(known.serial))
    assert [event.kind for event in known.events] == ["issued"]
    reading().rollback()
    assert count(IssueTask, IssueTask.problem == "given up: it was drafted anew") == 1
    assert broken(lambda: write(lambda s: service.redraft(s, actor, award, at=AT))) == "issued_already"


def test_evidence_of_other_sources_rounds_and_modules_is_not_counted(worker: MadePerson, certifier: MadePerson) -> None:
    def more(session: Any) -> None:
        for module, number in (("outreach", 2), ("public-health", 1)):
            session.execute(
                insert(Evidence).values(
                    person_id=worker.person_id,
                    competency="chw-core/knowledge",
                    source_kind="module",
                    source_key=module,
                    round=number,
                    minutes=500,
                    earned_on=date(2026, 3, 5),
                )
            )

    write(more)
    decide(certifier, worker)
    payload = json.loads(read(select(Edition.payload)))
    assert [each["code"] for each in payload["competencies"]] == ["communication", "outreach"]


def test_a_design_that_is_gone_stops_the_certificate(worker: MadePerson, certifier: MadePerson) -> None:
    story.republish(without=("certificate", "first-steps"))
    assert broken(decide, certifier, worker) == "no_certificate"


def test_a_track_that_is_retired_is_still_certified_as_it_was(worker: MadePerson, certifier: MadePerson) -> None:
    story.republish(without=("track", TRACK))
    assert decide(certifier, worker).state == "certified"
    track = json.loads(read(select(Edition.payload)))["track"]
    assert (track["key"], track["title"]) == (TRACK, {"en": "First steps"})


def test_a_serial_that_was_drawn_before_is_drawn_again(
    make: Make, certifier: MadePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [make.person("One"), make.person("Two")]
    complete(*people)
    drawn = iter([7, 7, 7, 8])
    monkeypatch.setattr(secrets, "randbits", lambda bits: next(drawn))
    batch(certifier, people)
    assert {award_of(each).serial for each in people} == {serials.serial_from(7), serials.serial_from(8)}


def test_a_broken_source_of_random_bits_is_told(
    make: Make, certifier: MadePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [make.person("One"), make.person("Two")]
    complete(*people)
    monkeypatch.setattr(secrets, "randbits", lambda bits: 7)
    with pytest.raises(RuntimeError):
        batch(certifier, people)
    assert count(Award) == 0


def test_the_next_cycle_renews_the_award(content_app: Flask, worker: MadePerson, certifier: MadePerson) -> None:
    decide(certifier, worker)
    first = award_of(worker)
    complete(worker, cycle=2, at=LATER)
    actor, public_id = actor_of(certifier, at=LATER), application_of(worker, cycle=2)
    write(lambda s: service.decide(s, actor, public_id, Choice("certify"), client_id=new_client_id(), at=LATER))
    second = award_of(worker)
    assert (second.renews_award_id, second.cycle, second.serial != first.serial) == (first.id, 2, True)


def test_a_certificate_keeps_what_it_says(issued: str, worker: MadePerson) -> None:
    write(lambda s: s.execute(update(Person).values(name="Other")) and None)
    assert queries.get_known(reading(), issued).shown.payload["name"] == "Malia ʻAnau"


# Names


def test_a_corrected_name_is_a_new_edition(content_app: Flask, issued: str, certifier: MadePerson) -> None:
    actor = actor_of(certifier)
    before = queries.get_known(reading(), issued)
    write(lambda s: service.correct_name(s, actor, issued, "  Malia  ʻAnau Fīfita ", at=LATER))
    waiting = queries.get_known(reading(), issued)
    assert waiting.state_of(waiting.shown, date(2026, 3, 6)) == "valid"
    reading().rollback()
    assert broken(lambda: write(lambda s: service.correct_name(s, actor, issued, "X", at=LATER))) == "still_preparing"
    assert finish_issues(content_app, at=LATER) == 1
    after = queries.get_known(reading(), issued)
    assert (after.serial, after.shown.number, after.shown.payload["name"]) == (before.serial, 2, "Malia ʻAnau Fīfita")
    old, new = after.editions
    assert [after.state_of(each, date(2026, 3, 6)) for each in (old, new)] == ["replaced", "valid"]
    assert old.payload == before.shown.payload
    own = dict.fromkeys(("name", "edition", "frozen_at", "status"))
    assert {**new.payload, **own} == {**old.payload, **own}
    assert new.payload["status"] != old.payload["status"]
    assert [event.kind for event in after.events] == ["issued", "issued", "replaced"]
    reading().rollback()
    assert read(select(Edition.supersedes_id).where(Edition.number == 2)) == old.edition_id


def test_which_names_are_refused(issued: str, certifier: MadePerson, worker: MadePerson) -> None:
    actor, own = actor_of(certifier), actor_of(worker)
    for name, code in (
        ("", "name_empty"),
        ("Malia ʻAnau", "name_is_the_same"),
        ("漢字", "name_letter"),
        ("A" * 201, "name_too_long"),
    ):
        assert broken(lambda n=name: write(lambda s: service.correct_name(s, actor, issued, n, at=AT))) == code
        assert broken(lambda n=name: write(lambda s: service.request_name(s, own, issued, n, "", at=AT))) == code
    long = "x" * 1001
    assert broken(lambda: write(lambda s: service.request_name(s, own, issued, "New", long, at=AT))) == "text_too_long"


def test_a_holder_asks_and_a_certifier_grants(
    content_app: Flask, issued: str, certifier: MadePerson, worker: MadePerson
) -> None:
    own, actor = actor_of(worker), actor_of(certifier)
    ask = lambda name: write(lambda s: service.request_name(s, own, issued, name, " marks ", at=AT))  # noqa: E731
    assert ask("Malia Tupou ʻĀnau") is False
    assert broken(ask, "Malia A") == "already_asked"
    line = queries.list_open_requests(reading(), actor)[1][0]
    assert (line.name, line.note, line.holder) == ("Malia Tupou ʻĀnau", "marks", "Malia ʻAnau")
    settle = lambda who, grant: write(  # noqa: E731
        lambda s: service.settle_name(s, actor_of(who), line.public_id, grant=grant, at=AT)
    )
    missing(settle, worker, True)
    settle(certifier, True)
    settle(certifier, False)
    assert read(select(NameRequest.granted)) is True
    assert finish_issues(content_app, at=AT) == 1
    assert queries.get_known(reading(), issued).shown.payload["name"] == "Malia Tupou ʻĀnau"


def test_a_certifier_keeps_the_name(issued: str, certifier: MadePerson, worker: MadePerson) -> None:
    own = actor_of(worker)
    write(lambda s: service.request_name(s, own, issued, "Somebody Else", "", at=AT))
    public_id = read(select(NameRequest.public_id))
    write(lambda s: service.settle_name(s, actor_of(certifier), public_id, grant=False, at=AT))
    assert read(select(NameRequest.granted)) is False
    assert count(Edition) == 1
    assert actions()[-1] == "certificates.name_kept"


def test_who_may_not_touch_names(issued: str, worker: MadePerson, make: Make) -> None:
    stranger = actor_of(make.person())
    missing(lambda: write(lambda s: service.request_name(s, stranger, issued, "X", "", at=AT)))
    missing(lambda: write(lambda s: service.request_name(s, stranger, "nothing", "X", "", at=AT)))
    missing(lambda: write(lambda s: service.correct_name(s, stranger, issued, "X", at=AT)))
    missing(lambda: write(lambda s: service.correct_name(s, actor_of(worker), issued, "X", at=AT)))
    missing(lambda: write(lambda s: service.settle_name(s, stranger, "nothing", grant=True, at=AT)))


# Revoking, suspending


def test_revoking_takes_two_and_is_final(issued: str, certifier: MadePerson, worker: MadePerson, make: Make) -> None:
    first, second = actor_of(certifier), actor_of(make.person(roles=("administrator",)))
    request = write(lambda s: service.request_revocation(s, first, issued, "issued-in-error", " oops ", at=AT))
    assert (
        broken(lambda: write(lambda s: service.request_revocation(s, first, issued, "other", "x", at=AT)))
        == "already_asked"
    )
    settle = lambda who, confirm: write(  # noqa: E731
        lambda s: service.settle_revocation(s, who, request, confirm=confirm, at=AT)
    )
    assert broken(settle, first, True) == "second_person_needed"
    missing(settle, actor_of(worker), True)
    missing(settle, actor_of(make.person()), True)
    assert count(StatusEvent, StatusEvent.kind == "revoked") == 0
    settle(second, True)
    settle(second, True)
    settle(first, False)
    known = queries.get_known(reading(), issued)
    assert known.state_of(known.shown, date(2030, 1, 1)) == "revoked"
    reading().rollback()
    assert count(StatusEvent, StatusEvent.kind == "revoked") == 1
    for change in (
        lambda: write(lambda s: service.suspend(s, first, issued, "under-review", at=AT)),
        lambda: write(lambda s: service.lift(s, first, issued, at=AT)),
        lambda: write(lambda s: service.correct_name(s, first, issued, "New", at=AT)),
        lambda: write(lambda s: service.request_revocation(s, first, issued, "issued-in-error", "", at=AT)),
    ):
        assert broken(change) == "already_revoked"


def test_a_request_to_revoke_can_be_withdrawn(issued: str, certifier: MadePerson) -> None:
    actor = actor_of(certifier)
    request = write(lambda s: service.request_revocation(s, actor, issued, "other", "a note", at=AT))
    write(lambda s: service.settle_revocation(s, actor, request, confirm=False, at=AT))
    assert read(select(RevocationRequest.confirmed)) is False
    assert actions()[-1] == "certificates.revocation_withdrawn"
    assert queries.find_open_revocation(reading(), award_id_of(issued)) is None
    reading().rollback()
    write(lambda s: service.request_revocation(s, actor, issued, "other", "again", at=AT))


def award_id_of(public_id: str) -> int:
    return int(read(select(Award.id).where(Award.public_id == public_id)))


def test_a_revocation_needs_its_reason(issued: str, certifier: MadePerson) -> None:
    actor = actor_of(certifier)
    for code, expected in (("bored", "reason_needed"), ("other", "note_needed")):
        ask = lambda c=code: write(lambda s: service.request_revocation(s, actor, issued, c, "", at=AT))  # noqa: E731
        assert broken(ask) == expected
    missing(lambda: write(lambda s: service.settle_revocation(s, actor, "nothing", confirm=True, at=AT)))


def test_an_administrator_alone_does_not_ask(issued: str, make: Make) -> None:
    administrator = actor_of(make.person(roles=("administrator",)))
    missing(lambda: write(lambda s: service.request_revocation(s, administrator, issued, "issued-in-error", "", at=AT)))


def test_suspending_and_lifting(issued: str, certifier: MadePerson, worker: MadePerson) -> None:
    actor, today = actor_of(certifier), date(2026, 3, 6)
    suspend = lambda who, why="under-review": write(  # noqa: E731
        lambda s: service.suspend(s, who, issued, why, at=AT)
    )
    assert broken(suspend, actor, "bored") == "reason_needed"
    missing(suspend, actor_of(worker))
    suspend(actor)
    known = queries.get_known(reading(), issued)
    assert known.state_of(known.shown, today) == "suspended"
    reading().rollback()
    assert broken(suspend, actor) == "already_suspended"
    write(lambda s: service.lift(s, actor, issued, at=AT))
    known = queries.get_known(reading(), issued)
    assert known.state_of(known.shown, today) == "valid"
    reading().rollback()
    assert broken(lambda: write(lambda s: service.lift(s, actor, issued, at=AT))) == "not_suspended"
    assert actions()[-2:] == ["certificates.suspended", "certificates.lifted"]


# Sharing


def test_sharing_with_a_present_employer(issued: str, worker: MadePerson, make: Make) -> None:
    present, past = make.organization(), make.organization()
    spells = [make.employment(worker, present), make.employment(worker, past, until=date(2025, 6, 1))]
    actor, award_id = actor_of(worker), award_id_of(issued)
    rows = queries_spells(worker)
    now_id, then_id = rows[spells[0]], rows[spells[1]]
    change = lambda what, who, spell: write(lambda s: what(s, who, issued, spell, at=AT))  # noqa: E731
    for who, spell in ((actor, then_id), (actor, "nothing"), (actor_of(make.person()), now_id)):
        missing(change, service.share, who, spell)
    change(service.share, actor, now_id)
    change(service.share, actor, now_id)
    assert queries.shared_with(reading(), award_id) == {present}
    reading().rollback()
    missing(change, service.withdraw_share, actor_of(make.person()), now_id)
    missing(change, service.withdraw_share, actor, "nothing")
    change(service.withdraw_share, actor, now_id)
    change(service.withdraw_share, actor, now_id)
    assert queries.shared_with(reading(), award_id) == set()
    reading().rollback()
    change(service.share, actor, now_id)
    assert queries.shared_with(reading(), award_id) == {present}
    assert count(CertificateShare) == 1
    assert actions().count("certificates.share_withdrawn") == 1


def queries_spells(person: MadePerson) -> dict[int, str]:
    from lms.organizations.queries import list_spells  # noqa: PLC0415 -- one use

    found = {each.employment_id: each.employment_public_id for each in list_spells(reading(), person.person_id)}
    reading().rollback()
    return found


# Comparing names


def test_ten_names_in_ten_minutes(issued: str) -> None:
    serial = read(select(Award.serial))
    ask = lambda name, at=AT: write(lambda s: service.compare_name(s, serial, name, at=at))  # noqa: E731
    assert ask("malia anau") is True
    assert ask("Somebody Else") is False
    for _ in range(8):
        ask("x")
    assert broken(ask, "malia anau") == "too_many_names"
    assert ask("malia anau", AT + timedelta(minutes=11)) is True


def test_an_eleventh_name_at_the_same_moment_is_refused(
    content_app: Flask, issued: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    serial = read(select(Award.serial))
    ask = lambda: write(lambda s: service.compare_name(s, serial, "x", at=AT))  # noqa: E731
    for _ in range(9):
        ask()
    look_together(monkeypatch, (sharing, "is_same_name"))
    assert outcomes(race(content_app, ask, ask)) == ["done", "too_many_names"]


def test_no_names_of_unknown_or_revoked_certificates(issued: str, certifier: MadePerson, make: Make) -> None:
    serial = read(select(Award.serial))
    missing(lambda: write(lambda s: service.compare_name(s, "0" * 13, "x", at=AT)))
    first, second = actor_of(certifier), actor_of(make.person(roles=("certifier",)))
    request = write(lambda s: service.request_revocation(s, first, issued, "evidence-false", "", at=AT))
    write(lambda s: service.settle_revocation(s, second, request, confirm=True, at=AT))
    missing(lambda: write(lambda s: service.compare_name(s, serial, "malia anau", at=AT)))


def test_no_names_of_a_certificate_in_preparation(worker: MadePerson, certifier: MadePerson) -> None:
    decide(certifier, worker)
    serial = read(select(Award.serial))
    missing(lambda: write(lambda s: service.compare_name(s, serial, "malia anau", at=AT)))


# Keys


def test_keys_are_added_once_and_marked(content_app: Flask) -> None:
    new = [service.NewKey(f"{purpose}-key", purpose, purpose.encode()) for purpose in SIGNING_PURPOSES]
    add = lambda: write(lambda s: service.add_keys(s, new, issuer_url="https://a.example", at=AT))  # noqa: E731
    in_force = lambda at=AT: (queries.find_keys_in_force(reading(), at), reading().rollback())[0]  # noqa: E731
    assert in_force() is None
    add()
    add()
    assert count(SigningKey) == 4
    assert actions().count("certificates.key_added") == 4
    found = in_force()
    assert found is not None
    assert (found.issuer_url, found.by_purpose["code"]) == ("https://a.example", "code-key")
    assert in_force(AT - timedelta(days=1)) is None
    moved = service.NewKey("moved", "badge", b"moved")
    write(lambda s: service.add_keys(s, [moved], issuer_url="https://b.example", at=AT + timedelta(days=1)))
    assert in_force() == found
    assert in_force(AT + timedelta(days=2)) is None, "keys of two sites make no set"
    write(lambda s: service.retire_key(s, "moved", at=AT))
    assert in_force(AT + timedelta(days=2)) == found
    for at in (AT, AT + timedelta(days=3)):
        write(lambda s, at=at: service.retire_key(s, "jwt-key", at=at))
    assert in_force() is None
    assert read(select(SigningKey.retired_at).where(SigningKey.key_id == "jwt-key")) == AT
    assert actions().count("certificates.key_retired") == 2
    missing(lambda: write(lambda s: service.compromise_key(s, "nothing", at=AT)))


def test_places_are_free_ones_in_a_list_with_room(
    worker: MadePerson, certifier: MadePerson, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = lambda number: write(lambda s: service.draw_places(s, number, at=AT))  # noqa: E731
    first = draw(50)
    assert len({each.position for each in first}) == 50
    assert {each.list_number for each in first} == {1}
    drawn = iter([3, 3, 3, 4])
    monkeypatch.setattr(secrets, "randbelow", lambda size: next(drawn))
    decide(certifier, worker)
    assert draw(1) == [Place(1, 4)], "place 3 is taken"
    assert draw(0) == []
    drawn = iter([5, 5, 3, 3, 6, 5, 7])
    assert draw(3) == [Place(1, each) for each in (5, 6, 7)], "twice, taken, and again beside what was found"
    monkeypatch.setattr(drawing_places, "_ASKED", 2)
    drawn = iter([3, 8, 9, 3, 10])
    assert draw(3) == [Place(1, each) for each in (8, 9, 10)], "asked about in two parts"
    monkeypatch.setattr(places, "_FULL", 1)
    monkeypatch.setattr(secrets, "randbelow", lambda size: 3)
    assert draw(1) == [Place(2, 3)], "the first list is half full"


# Mending


def test_what_is_missing_is_opened_and_scheduled(worker: MadePerson, certifier: MadePerson, make: Make) -> None:
    decide(certifier, worker)
    forgotten = make.person("Forgotten")
    complete(forgotten, is_named=False)

    def lose(session: Any) -> None:
        session.execute(Application.__table__.delete().where(Application.person_id == forgotten.person_id))
        session.execute(IssueTask.__table__.delete())

    write(lose)
    lines = write(lambda s: service.recompute(s, current(s), at=AT))
    assert len(lines) == 2
    assert all(each.mendable for each in lines)
    assert f"person {forgotten.person_id}" in lines[0].text
    assert state_of(forgotten) == "waiting"
    assert write(lambda s: service.recompute(s, current(s), at=AT)) == []


def test_overdue_and_hollow_releases_are_told(content_app: Flask, worker: MadePerson, certifier: MadePerson) -> None:
    decide(certifier, worker)
    (line,) = write(lambda s: service.recompute(s, current(s), at=LATER))
    assert "reserved and not released: it waits" in line.text
    assert not line.mendable
    edition = read(select(Edition.id))
    award = award_of(worker)
    page = {"edition_id": edition, "stage": "pdf", "run_at": AT, "tries": 0}

    def hollow(session: Any) -> None:
        session.execute(update(IssueTask).values(done_at=AT))
        session.execute(insert(IssueTask).values(**page, done_at=AT))
        session.add(StatusEvent(award_id=award.id, edition_id=edition, kind="issued", at=AT))

    write(hollow)
    assert write(lambda s: service.recompute(s, current(s), at=AT)) == [
        Difference(f"edition {edition} was released without its files", mendable=False)
    ]


def test_a_page_without_a_task_is_scheduled(content_app: Flask, worker: MadePerson, certifier: MadePerson) -> None:
    decide(certifier, worker)
    finish_issues(content_app, at=AT, pages=False)
    write(lambda s: s.execute(IssueTask.__table__.delete().where(IssueTask.stage == "pdf")) and None)
    (line,) = write(lambda s: service.recompute(s, current(s), at=AT))
    assert line.text.endswith("was released without a task to draw its page")
    (late,) = write(lambda s: service.recompute(s, current(s), at=LATER))
    assert "released and lacks a page: it waits" in late.text
    assert finish_issues(content_app, at=LATER) == 0
    assert write(lambda s: service.recompute(s, current(s), at=LATER)) == []


def test_nothing_is_missing_in_a_whole_story(issued: str) -> None:
    assert write(lambda s: service.recompute(s, current(s), at=LATER)) == []
    assert count(TrackCompletion) == 1
    assert story.TRACK == TRACK
