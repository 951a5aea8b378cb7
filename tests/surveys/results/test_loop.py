"""From figures to a finding, to a change note, to the version that answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEvent
from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.surveys.queries.results import asked, loop
from lms.surveys.rules.loop import Told
from lms.surveys.rules.results import Slice
from lms.surveys.service import results as service
from tests.conftest import AT
from tests.surveys.results.conftest import MODULE, Staff, count, publish_changed, release, revision, sheets

SAID = {"en": Told("It was too long.", "It is shorter now."), "es": Told("Muy largo.", "Es más corto.")}


def find(actor: Any, question: str = "useful", subject: str = MODULE, **more: Any) -> str:
    given = {"client_id": new_client_id(), "through": Slice(), "words": "Many say no."} | more
    through, words = given.pop("through"), given.pop("words")
    noted = write(
        lambda s: service.note_finding(s, actor, "feedback", subject, question, through, words, **given, at=AT)
    )
    reading().rollback()
    return noted


def do(name: str, actor: Any, *args: Any, **more: Any) -> None:
    write(lambda s: getattr(service, name)(s, actor, *args, **more, at=AT + timedelta(days=40)))
    reading().rollback()


def of(public_id: str) -> loop.FindingRow:
    reading().rollback()
    return loop.get_finding(reading(), public_id)


def note(actor: Any, public_id: str) -> None:
    do("note_change", actor, public_id, what="Shorten it.", why="It is long.", by_whom="Ana and Sina")


@pytest.fixture
def analyst(staff: Staff) -> Any:
    release(sheets(12, useful=2))
    count()
    return staff("analyst")[1]


def test_a_finding_keeps_the_figures_that_were_there(analyst: Any) -> None:
    public_id = find(analyst, through=Slice("en", revision()))
    release(sheets(20, useful=5))
    count()
    found = of(public_id)
    assert (found.seen.answered, found.seen.mean, found.seen.top_share) == (12, 2.0, 0)
    assert (found.language, found.version_id, found.words, found.state) == ("en", revision(), "Many say no.", None)
    assert loop.count_findings(reading()) == 1
    (event,) = reading().execute(select(AuditEvent.action, AuditEvent.subject_id)).all()
    assert tuple(event) == ("survey_finding_noted", public_id)


def test_a_finding_is_kept_once_and_only_of_what_is_shown(analyst: Any, staff: Staff) -> None:
    key = new_client_id()
    assert find(analyst, client_id=key) == find(analyst, client_id=key)
    release(sheets(22), subject=None, language=None, version=None)
    count()
    for more in ({"question": "nothing"}, {"through": Slice("sm")}, {"subject": "module:beta"}, {"subject": ""}):
        with pytest.raises(NotFound):
            find(analyst, **more)
    with pytest.raises(NotFound):
        find(staff("viewer")[1])
    for words, code in ((" ", "no_words"), ("x" * 1001, "too_many_letters")):
        with pytest.raises(RuleBroken) as caught:
            find(analyst, words=words)
        assert caught.value.code == code
    assert loop.count_findings(reading()) == 1


def test_a_version_answers_a_note(analyst: Any) -> None:
    public_id = find(analyst)
    note(analyst, public_id)
    do("note_change", analyst, public_id, what="Other.", why="Other.", by_whom="Other")
    assert (of(public_id).what, of(public_id).state, of(public_id).by_whom) == ("Shorten it.", "open", "Ana and Sina")
    before = revision()
    with pytest.raises(RuleBroken) as caught:
        do("answer_note", analyst, public_id, current(reading()).publication_number, SAID)
    assert caught.value.code == "no_such_version", "it was there before"
    number = publish_changed()
    versions = loop.list_versions(reading(), MODULE)
    assert [each.revision_id for each in versions][-2:] == [before, revision()]
    assert versions[-1].number == number
    do("answer_note", analyst, public_id, number, SAID)
    found = of(public_id)
    assert (found.state, found.number, found.answered_version_id) == ("answered", number, revision())
    assert found.told == {
        "en": {"said": "It was too long.", "changed": "It is shorter now."},
        "es": {"said": "Muy largo.", "changed": "Es más corto."},
    }
    assert [each.public_id for each in loop.list_changes(reading())] == [public_id]
    assert loop.count_changes(reading()) == 1
    assert loop.numbers_of(reading(), [revision()]) == {revision(): number}
    assert loop.numbers_of(reading(), []) == {}
    do("tell_workers", analyst, public_id, SAID | {"sm": Told("E umi.", "Ua puʻupuʻu.")})
    assert set(of(public_id).told or {}) == {"en", "es", "sm"}
    with pytest.raises(RuleBroken) as caught:
        do("decline_note", analyst, public_id, "No.")
    assert caught.value.code == "settled"
    actions = list(reading().execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars())
    assert actions == [
        "survey_finding_noted",
        "survey_change_noted",
        "survey_change_answered",
        "survey_change_told",
    ]


def test_a_note_is_declined_with_a_reason(analyst: Any) -> None:
    public_id = find(analyst)
    for name, args in (("decline_note", ("No.",)), ("tell_workers", (SAID,)), ("answer_note", (1, SAID))):
        with pytest.raises(NotFound):
            do(name, analyst, public_id, *args)
    note(analyst, public_id)
    with pytest.raises(RuleBroken):
        do("decline_note", analyst, public_id, " ")
    do("decline_note", analyst, public_id, "The law asks for it.")
    assert (of(public_id).state, of(public_id).reason) == ("declined", "The law asks for it.")
    assert loop.list_changes(reading()) == []
    assert [each.public_id for each in loop.list_findings(reading())] == [public_id]
    with pytest.raises(RuleBroken):
        do("answer_note", analyst, public_id, 1, SAID)


def test_only_staff_turn_the_wheel(analyst: Any, staff: Staff) -> None:
    public_id = find(analyst)
    note(analyst, public_id)
    _, worker = staff()
    for name, args in (
        ("note_change", ()),
        ("answer_note", (1, SAID)),
        ("decline_note", ("No.",)),
        ("tell_workers", (SAID,)),
    ):
        more = {"what": "x", "why": "x", "by_whom": "x"} if name == "note_change" else {}
        with pytest.raises(NotFound):
            do(name, worker, public_id, *args, **more)
    with pytest.raises(NotFound):
        note(analyst, "nothing")


def test_subjects_have_titles(staff: Staff) -> None:
    library = current(reading())
    assert str(asked.title_of_subject(library, MODULE, "en")) == "Title of alpha"
    assert asked.title_of_subject(library, "module:nothing", "en") is None
    assert asked.title_of_subject(library, "", "en") is None
    track = library.keys("track")
    for key in track:
        assert str(asked.title_of_subject(library, f"certificate:{key}", "en"))
    assert asked.title_of_survey(library, "feedback", "en") == "What do you think?"
    assert asked.title_of_survey(library, "gone", "en") == "gone"
    assert asked.list_asked(library, "gone", "en") == []
    assert [(each.id, each.type) for each in asked.list_asked(library, "feedback", "to")] == [
        ("useful", "likert"),
        ("length", "choice"),
        ("change", "text"),
    ]
    useful = asked.list_asked(library, "feedback", "en")[0]
    assert useful.answers == {"1": "None", "2": "Little", "3": "Some", "4": "Most", "5": "All"}
