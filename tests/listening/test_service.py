"""Recordings on both engines: offered once, accepted by another person, withdrawn, and what learners hear meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from lms.actor import Actor
from lms.audit.models import AuditEvent
from lms.content.library import Words, current
from lms.content.readings import UNNAMED, Reading, Share, today
from lms.content.service import draft
from lms.courses.specs import spoken_of
from lms.db import reading, write
from lms.errors import NotAllowed, NotFound, RuleBroken
from lms.ids import new_client_id
from lms.listening import policy, queries, rules, service
from lms.listening.models import Recording
from lms.sounds import Sound
from lms.translating.queries.listening import audio_shares
from tests.assessments.test_views import counting
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.factories.learning import TONGAN, actor_of, publish_drafts, standard

LESSON = "lessons/first.md"
SOUND = Sound(b"sound", "audio/ogg", 80)


@pytest.fixture
def actors(app: Flask, make: Make) -> tuple[Actor, Actor]:
    """Return a translator of Tongan and a trainer who speaks it."""
    publish_drafts()
    one, other = actor_of(make.person("Mele")), actor_of(make.person("Teresa"))
    translator = replace(one, roles=frozenset({"worker", "translator"}), translates=frozenset({"to"}))
    return translator, replace(other, roles=frozenset({"worker", "trainer"}), language="to")


def words_of(locale: str = "to") -> Words:
    return Words("en") if locale == "en" else current(reading()).words("module", "alpha", locale)


def now_at(address: str = LESSON, locale: str = "to") -> str:
    source = current(reading()).get("module", "alpha")
    return today(spoken_of(source)[address], words_of(locale))


def offer(actor: Actor, address: str = LESSON, locale: str = "to", sha256: str = "a" * 64, **said: Any) -> str:
    more = {"words": now_at(address, locale), "shown_name": "Mele  T.", "client_id": new_client_id(), "at": AT, **said}
    place = ("alpha", address, locale)
    found: str = write(lambda s: service.offer(s, actor, place, SOUND, sha256, **more))
    reading().rollback()
    return found


def accept(actor: Actor, public_id: str, at: Any = AT) -> None:
    write(lambda s: service.accept(s, actor, public_id, at=at))
    reading().rollback()


def withdraw(actor: Actor, public_id: str) -> None:
    write(lambda s: service.withdraw(s, actor, public_id, at=AT))
    reading().rollback()


def heard(address: str = LESSON, locale: str = "to", *, exact: bool = False) -> Any:
    source = current(reading()).get("module", "alpha")
    return queries.heard_at(reading(), source, words_of(locale), spoken_of(source), exact=exact).get(address)


def restore(actor: Actor, public_id: str) -> None:
    write(lambda s: service.restore(s, actor, public_id, at=AT))
    reading().rollback()


def code_of(work: Any) -> str:
    with pytest.raises(RuleBroken) as error:
        work()
    reading().rollback()
    return error.value.code


def test_learners_hear_what_a_second_person_has_accepted(actors: tuple[Actor, Actor]) -> None:
    translator, trainer = actors
    public_id = offer(translator)
    assert heard() is None
    assert code_of(lambda: accept(translator, public_id)) == "own_recording"
    accept(trainer, public_id)
    found = heard()
    assert (found.sha256, found.spoken, found.seconds, found.size, found.is_older) == (
        "a" * 64,
        "Mele T.",
        80,
        5,
        False,
    )
    assert heard(locale="en") is None
    assert code_of(lambda: accept(trainer, public_id)) == "recording_settled"
    withdraw(translator, public_id)
    assert heard() is None
    assert code_of(lambda: withdraw(trainer, public_id)) == "recording_settled"
    assert len(queries.list_recordings(reading(), "alpha", "to")) == 1


def published(*places: str) -> None:
    """Publish what `offer` recorded, as if it had gone through the content folder."""
    audio = {at: Reading("a" * 64, 5, 80, "audio/ogg", "Mele T.", now_at(at)).as_data() for at in places}
    made = draft("module", "alpha", "to", {**TONGAN.body, "audio": audio}, {"a" * 64: b"sound"})
    publish_drafts([made, *(each for each in standard() if each.address != made.address)])


def test_what_was_published_of_it_is_withdrawn_too(actors: tuple[Actor, Actor]) -> None:
    translator, trainer = actors
    public_id = offer(translator)
    accept(trainer, public_id)
    published(LESSON, "lessons/second.md")
    assert heard().sha256 == heard("lessons/second.md").sha256 == "a" * 64
    withdraw(translator, public_id)
    assert heard() is None
    assert heard("lessons/second.md") is not None, "another recording of the same bytes is its own"
    with pytest.raises(NotFound):
        queries.media_type_of(reading(), "alpha", LESSON, "a" * 64)
    assert queries.withdrawn_files(reading()) == {("alpha", "to", LESSON, "a" * 64)}
    reading().rollback()
    accept(trainer, offer(translator))
    assert heard().sha256 == "a" * 64
    assert queries.withdrawn_files(reading()) == set()


def test_who_spoke_withdraws_it_whatever_her_roles_are_now(actors: tuple[Actor, Actor]) -> None:
    translator, trainer = actors
    public_id = offer(translator)
    accept(trainer, public_id)
    worker = replace(translator, roles=frozenset({"worker"}), translates=frozenset())
    assert [each.public_id for each in queries.list_own(reading(), worker.person_id)] == [public_id]
    assert queries.list_own(reading(), trainer.person_id) == []
    reading().rollback()
    withdraw(worker, public_id)
    assert heard() is None


def test_who_withdrew_it_brings_it_back_as_it_was(actors: tuple[Actor, Actor]) -> None:
    translator, trainer = actors
    public_id = offer(translator)
    assert code_of(lambda: restore(trainer, public_id)) == "recording_settled"
    withdraw(trainer, public_id)
    restore(trainer, public_id)
    assert heard() is None
    accept(trainer, public_id)
    withdraw(translator, public_id)
    assert code_of(lambda: restore(trainer, public_id)) == "recording_settled"
    restore(translator, public_id)
    assert heard().sha256 == "a" * 64
    told = [each.action for each in reading().execute(select(AuditEvent.action).order_by(AuditEvent.id))]
    reading().rollback()
    deeds = ("offered", "withdrawn", "restored", "accepted", "withdrawn", "restored")
    assert [each for each in told if each.startswith("listening.")] == [f"listening.{each}" for each in deeds]


def test_who_accepts_understands_the_language(actors: tuple[Actor, Actor]) -> None:
    translator, trainer = actors
    public_id = offer(translator)
    english = replace(trainer, language="en")
    with pytest.raises(NotAllowed):
        accept(english, public_id)
    reading().rollback()
    assert policy.can_record(english, "to")
    accept(replace(english, translates=frozenset({"to"})), public_id)
    assert heard() is not None


def test_a_name_is_kept_composed_and_refused_before_it_is_kept(actors: tuple[Actor, Actor]) -> None:
    offer(actors[0], shown_name="Fi\u0301naukifo\u0304")
    assert queries.list_own(reading(), actors[0].person_id)[0].shown_name == "Fínaukifō"
    reading().rollback()
    assert code_of(lambda: offer(actors[0], shown_name="Synthesizer")) == "name_reserved"


def test_the_same_form_counts_once(actors: tuple[Actor, Actor]) -> None:
    key = new_client_id()
    assert offer(actors[0], client_id=key) == offer(actors[0], client_id=key)
    assert len(queries.list_recordings(reading(), "alpha", "to", LESSON)) == 1
    assert offer(actors[1], client_id=key) != offer(actors[0], client_id=key)


def test_the_newest_accepted_is_heard_and_unnamed_without_a_name(actors: tuple[Actor, Actor]) -> None:
    translator, trainer = actors
    first, second = offer(translator), offer(translator, sha256="b" * 64, shown_name="")
    accept(trainer, second, AT + timedelta(hours=1))
    accept(trainer, first)
    assert (heard().sha256, heard().spoken) == ("b" * 64, UNNAMED)
    assert [each.public_id for each in queries.list_all_accepted(reading())] == [second, first]


def test_an_older_reading_is_heard_in_a_lesson_and_not_in_an_attempt(actors: tuple[Actor, Actor]) -> None:
    translator, trainer = actors
    accept(trainer, offer(translator, words="f" * 64))
    accept(trainer, offer(translator, "quiz.yml:q-one", words="f" * 64))
    assert heard().is_older
    assert heard("quiz.yml:q-one", exact=True) is None
    known = {(LESSON, "f" * 64), ("quiz.yml:q-one", "f" * 64)}
    assert queries.recorded_words(reading()) == {("alpha", "to"): queries.Recorded(known)}


def test_only_who_knows_the_language_records_and_hears(actors: tuple[Actor, Actor], make: Make) -> None:
    translator, trainer = actors
    with pytest.raises(NotAllowed):
        offer(translator, locale="es")
    public_id = offer(trainer, locale="es")
    with pytest.raises(NotFound):
        accept(translator, public_id)
    worker = actor_of(make.person("Wanda"))
    with pytest.raises(NotFound):
        withdraw(worker, public_id)
    assert [policy.can_record(each, "to") for each in (translator, trainer, worker)] == [True, True, False]


def test_a_day_has_an_end(actors: tuple[Actor, Actor], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_A_DAY", 2)
    offer(actors[0], at=AT - timedelta(hours=25))
    offer(actors[0])
    offer(actors[0])
    assert code_of(lambda: offer(actors[0])) == "too_many_recordings"
    offer(actors[1])


def test_of_two_who_decide_at_once_one_is_told(actors: tuple[Actor, Actor], monkeypatch: pytest.MonkeyPatch) -> None:
    public_id = offer(actors[0])
    stale = queries.get_recording(reading(), actors[1], public_id)
    reading().rollback()
    withdraw(actors[0], public_id)
    monkeypatch.setattr(queries, "get_recording", lambda *_: stale)
    assert code_of(lambda: accept(actors[1], public_id)) == "recording_settled"


def test_a_file_is_sent_for_its_own_place_alone(actors: tuple[Actor, Actor]) -> None:
    translator, trainer = actors
    public_id = offer(translator)
    with pytest.raises(NotFound):
        queries.media_type_of(reading(), "alpha", LESSON, "a" * 64)
    accept(trainer, public_id)
    assert queries.media_type_of(reading(), "alpha", LESSON, "a" * 64) == "audio/ogg"
    for key, address, sha256 in (
        ("beta", LESSON, "a" * 64),
        ("alpha", "lessons/second.md", "a" * 64),
        ("alpha", LESSON, "b" * 64),
    ):
        with pytest.raises(NotFound):
            queries.media_type_of(reading(), key, address, sha256)


def test_every_file_that_was_ever_recorded_is_kept(actors: tuple[Actor, Actor]) -> None:
    public_id = offer(actors[0])
    withdraw(actors[1], public_id)
    assert queries.named_files(reading(), ["a" * 64, "b" * 64]) == {"a" * 64}


def test_hearing_is_one_statement(actors: tuple[Actor, Actor]) -> None:
    translator, trainer = actors
    for address in (LESSON, "lessons/second.md", "quiz.yml:q-one"):
        accept(trainer, offer(translator, address))
    heard()
    with counting() as seen:
        heard()
    assert len([each for each in seen if "recordings" in each]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "accepted"},
        {"state": "withdrawn"},
        {"accepted_at": AT},
        {"seconds": 0},
        {"kind": "survey"},
        {"state": "lost"},
    ],
)
def test_the_database_refuses_what_no_rule_would_write(actors: tuple[Actor, Actor], wrong: dict[str, Any]) -> None:
    public_id = offer(actors[0])
    with pytest.raises(IntegrityError):
        write(lambda s: s.execute(update(Recording).where(Recording.public_id == public_id).values(**wrong)) and None)


def test_the_form_is_once_for_a_person(actors: tuple[Actor, Actor]) -> None:
    offer(actors[0], client_id="c" * 32)
    row = dict(reading().execute(select(Recording.__table__)).mappings().one())
    reading().rollback()
    with pytest.raises(IntegrityError):
        write(lambda s: s.execute(insert(Recording), [{**row, "id": None, "public_id": "x"}]) and None)


def test_a_person_is_named_as_she_wants(actors: tuple[Actor, Actor], make: Make) -> None:
    someone: MadePerson = make.person()
    assert someone.person_id
    offer(actors[0], shown_name=" ")
    (row,) = queries.list_recordings(reading(), "alpha", "to", LESSON)
    assert (row.shown_name, row.reading.spoken) == ("", UNNAMED)


def test_the_board_counts_what_can_be_heard_in_one_statement(actors: tuple[Actor, Actor]) -> None:
    translator, trainer = actors
    library = current(reading())
    assert audio_shares(reading(), library)["alpha", "to"] == Share(2, 0)
    reading().rollback()
    accept(trainer, offer(translator))
    accept(trainer, offer(translator, "lessons/second.md", words="f" * 64))
    accept(trainer, offer(translator, "quiz.yml:q-one"))
    with counting() as seen:
        found = audio_shares(reading(), library)
    assert len([each for each in seen if "recordings" in each]) == 1
    assert found["alpha", "to"] == Share(2, 1)
    assert found["alpha", "en"] == found["beta", "sm"] == Share(2, 0)


def test_the_board_counts_nothing_that_was_withdrawn_though_it_is_published(actors: tuple[Actor, Actor]) -> None:
    translator, trainer = actors
    public_id = offer(translator)
    accept(trainer, public_id)
    published(LESSON, "lessons/second.md")

    def share() -> Share:
        reading().rollback()
        return audio_shares(reading(), current(reading()))["alpha", "to"]

    assert share() == Share(2, 2)
    withdraw(translator, public_id)
    assert heard() is None
    assert share() == Share(2, 1), "at once, before anything is taken out of the folder or published"
    again = offer(translator)
    assert share() == Share(2, 1), "nobody has accepted it"
    accept(trainer, again)
    assert share() == Share(2, 2)
    withdraw(trainer, again)
    write(lambda session: service.restore(session, translator, public_id, at=AT))
    assert share() == Share(2, 2), "she brought hers back"


def test_files_are_named_once_by_whatever_names_them(actors: tuple[Actor, Actor]) -> None:
    assert queries.list_named(reading()) == []
    offer(actors[0], sha256="b" * 64)
    withdraw(actors[0], offer(actors[0], "quiz.yml:q-one", sha256="c" * 64))
    published("lessons/second.md", LESSON)
    places = [("a", LESSON), ("b", LESSON), ("c", "quiz.yml:q-one")]
    assert queries.list_named(reading()) == [queries.NamedFile(each * 64, "alpha", "to", at) for each, at in places]
