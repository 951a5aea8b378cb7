"""Comments: at once, signed by choice, and otherwise without a trace of who."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text

from lms.audit.models import AuditEvent
from lms.db import is_postgresql, reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.surveys.models import SurveyComment
from lms.surveys.queries.results import comments
from lms.surveys.service import results as service
from tests.conftest import AT
from tests.surveys.results.conftest import MODULE, Staff


def add(actor: Any, words: str = "More time.", *, signed: bool = False, **more: Any) -> str:
    """Send a comment and return its public id."""
    given = {"subject_key": MODULE, "language": "en", "client_id": new_client_id()} | more
    write(lambda s: service.add_comment(s, actor, words, is_signed=signed, **given, at=AT))
    reading().rollback()
    found = select(SurveyComment.public_id).where(SurveyComment.client_id == given["client_id"])
    return str(reading().scalar(found))


def test_unsigned_it_tells_the_month_and_no_more(staff: Staff) -> None:
    _, ana = staff()
    found = comments.get_comment(reading(), add(ana))
    assert (found.person_id, found.given_on, found.state, found.subject_key) == (None, date(2026, 3, 1), "new", MODULE)
    assert reading().execute(select(AuditEvent)).all() == []
    assert comments.list_own(reading(), ana.person_id) == []


def test_signed_it_has_a_name_and_gets_an_answer(staff: Staff) -> None:
    _, ana = staff()
    _, trainer = staff("trainer")
    public_id = add(ana, signed=True)
    write(lambda s: service.see_comment(s, trainer, public_id, at=AT))
    write(lambda s: service.see_comment(s, trainer, public_id, at=AT))
    reading().rollback()
    assert comments.get_comment(reading(), public_id).state == "seen"
    write(lambda s: service.answer_comment(s, trainer, public_id, " Thank you. ", at=AT))
    reading().rollback()
    (own,) = comments.list_own(reading(), ana.person_id)
    assert (own.answer, own.answered_on, own.state, own.given_on) == (
        "Thank you.",
        date(2026, 3, 5),
        "answered",
        date(2026, 3, 5),
    )
    actions = [row.action for row in reading().execute(select(AuditEvent.action).order_by(AuditEvent.id))]
    assert actions == ["survey_comment_seen", "survey_comment_answered"]


def test_twice_sent_it_is_kept_once_and_about_something_real(staff: Staff) -> None:
    _, ana = staff()
    key = new_client_id()
    add(ana, client_id=key, subject_key="module:nothing")
    add(ana, client_id=key, words="Other words.")
    assert comments.count_comments(reading()) == comments.count_comments(reading(), "new") == 1
    (only,) = comments.list_comments(reading())
    assert (only.subject_key, only.text) == ("", "More time.")


def test_new_ones_come_first(staff: Staff) -> None:
    _, ana = staff()
    _, trainer = staff("trainer")
    seen, new = add(ana, "Seen."), add(ana, "New.")
    write(lambda s: service.see_comment(s, trainer, seen, at=AT))
    reading().rollback()
    assert [each.public_id for each in comments.list_comments(reading())] == [new, seen]
    assert comments.list_comments(reading(), 2) == []


def test_who_may_not_read_and_what_cannot_be_answered(staff: Staff) -> None:
    _, ana = staff()
    _, boss = staff("trainer", supervises=[1])
    _, trainer = staff("trainer")
    public_id = add(ana)
    for actor in (ana, boss):
        with pytest.raises(NotFound):
            write(lambda s, actor=actor: service.see_comment(s, actor, public_id, at=AT))  # type: ignore[misc]
        with pytest.raises(NotFound):
            write(lambda s, actor=actor: service.answer_comment(s, actor, public_id, "x", at=AT))  # type: ignore[misc]
    with pytest.raises(RuleBroken) as caught:
        write(lambda s: service.answer_comment(s, trainer, public_id, "x", at=AT))
    assert caught.value.code == "unsigned"
    with pytest.raises(NotFound):
        write(lambda s: service.answer_comment(s, trainer, "nothing", "x", at=AT))


def test_the_order_of_unsigned_ones_is_lost(staff: Staff) -> None:
    _, ana = staff()
    for number in range(12):
        add(ana, f"Comment {number}.", signed=number == 3)
    column = "ctid" if is_postgresql(reading()) else "id"
    order = text(f"SELECT id FROM survey_comments WHERE person_id IS NULL ORDER BY {column}")
    before = list(reading().execute(order).scalars())
    mixed = write(lambda s: service.mix_comments(s, at=AT, chance=random.Random(3)))
    reading().rollback()
    after = list(reading().execute(order).scalars())
    assert sorted(after) == sorted(before)
    if is_postgresql(reading()):
        assert mixed == 11
        assert after != before
        writers = text("SELECT count(DISTINCT xmin::text) FROM survey_comments WHERE person_id IS NULL")
        assert reading().execute(writers).scalar_one() == 1
    else:
        assert (mixed, after) == (0, sorted(after))
    assert write(lambda s: service.mix_comments(s, at=AT.replace(month=5))) == 0


def test_a_key_that_is_taken_is_drawn_again(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    _, ana = staff()
    drawn = iter([7, 7, 8])
    monkeypatch.setattr("lms.surveys.models.comments.secrets.randbits", lambda _bits: next(drawn))
    add(ana)
    assert add(ana, "Another.")
    assert sorted(reading().execute(select(SurveyComment.id)).scalars()) == [7, 8]
