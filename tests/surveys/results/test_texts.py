"""Texts on their way to readers, and who never reads any."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEvent
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.surveys.models import SurveyWords
from lms.surveys.queries.results import texts
from lms.surveys.service import results as service
from tests.conftest import AT
from tests.surveys.results.conftest import MODULE, Staff, write_words


def read(survey: str = "feedback", subject: str | None = MODULE) -> list[str | None]:
    reading().rollback()
    found = texts.list_texts(reading(), survey, subject)
    assert texts.count_texts(reading(), survey, subject) == len(found)
    return sorted(each.shown or "" for each in found)


def kept(text_id: str) -> str:
    reading().rollback()
    return str(reading().scalar(select(SurveyWords.text).where(SurveyWords.id == text_id)))


def waiting(*languages: str) -> list[str]:
    reading().rollback()
    return sorted(each.original for each in texts.list_untranslated(reading(), languages))


def do(name: str, actor: Any, *args: Any, **more: Any) -> None:
    write(lambda s: getattr(service, name)(s, actor, *args, **more, at=AT))
    reading().rollback()


def test_only_english_is_read_and_in_the_order_of_random_keys(staff: Staff) -> None:
    english = write_words("More time.", "Less noise.")
    write_words("Ia umi le taimi.", language="sm")
    write_words("Elsewhere.", subject=None)
    assert read() == ["Less noise.", "More time."]
    assert read(subject=None) == ["Elsewhere.", "Less noise.", "More time."]
    found = texts.list_texts(reading(), "feedback", MODULE)
    assert [each.id for each in found] == sorted(english)


def test_a_translator_reads_her_languages_and_puts_them_into_english(staff: Staff) -> None:
    _, samoan = staff("translator", languages=["sm"])
    (first,) = write_words("Ia umi le taimi.", language="sm")
    (other,) = write_words("Ke lōloa ange.", language="to")
    write_words("More time.")
    assert waiting("sm") == ["Ia umi le taimi."]
    assert waiting() == []
    assert waiting("en", "to") == ["Ke lōloa ange."]
    do("translate_text", samoan, first, " More time, please. ", erase=False)
    assert read() == ["More time, please.", "More time."]
    assert waiting("sm") == []
    assert kept(first) == "Ia umi le taimi."
    for name, args in (("translate_text", (other, "Longer.")), ("translate_text", (first, "Again."))):
        with pytest.raises(NotFound):
            do(name, samoan, *args, erase=True)
    with pytest.raises(NotFound):
        do("pass_on", samoan, other)
    with pytest.raises(NotFound):
        do("remove_text", samoan, other)
    with pytest.raises(NotFound):
        do("translate_text", samoan, "nothing", "x", erase=False)


def test_private_details_go_for_good(staff: Staff) -> None:
    _, samoan = staff("translator", languages=["sm"])
    named, private = write_words("Na fai mai Sina.", "Ioane", language="sm")
    do("translate_text", samoan, named, "Somebody said.", erase=True)
    do("remove_text", samoan, private)
    assert (kept(named), kept(private)) == ("", "")
    assert read() == ["Somebody said."]
    columns = (AuditEvent.action, AuditEvent.subject_id, AuditEvent.details)
    events = reading().execute(select(*columns).order_by(AuditEvent.id)).all()
    assert [(each.action, each.subject_id) for each in events] == [
        ("survey_text_shown", named),
        ("survey_text_removed", private),
    ]
    assert all(set(each.details) == {"erased"} for each in events)


def test_what_is_in_another_language_goes_to_all_translators(staff: Staff) -> None:
    _, samoan = staff("translator", languages=["sm"])
    _, tongan = staff("translator", languages=["to"])
    (text,) = write_words("Ke lōloa ange.", language="sm")
    do("pass_on", samoan, text)
    assert waiting("to") == waiting("es") == ["Ke lōloa ange."]
    do("translate_text", tongan, text, "Longer.", erase=False)
    assert read() == ["Longer."]


def test_a_reader_puts_a_text_aside_and_a_certifier_decides(staff: Staff) -> None:
    _, analyst = staff("analyst")
    _, certifier = staff("certifier")
    one, two, three = write_words("Ana was kind.", "Más tiempo.", "Bob was late.")
    do("flag_text", analyst, one, "private")
    do("flag_text", analyst, two, "language")
    do("flag_text", analyst, three, "private")
    assert read() == []
    assert waiting("to") == ["Más tiempo."]
    assert sorted(each.original for each in texts.list_flagged(reading())) == ["Ana was kind.", "Bob was late."]
    with pytest.raises(NotFound):
        do("flag_text", analyst, one, "private")
    with pytest.raises(NotFound):
        do("clear_text", analyst, one, "Somebody was kind.")
    do("clear_text", certifier, one, "Somebody was kind.")
    do("remove_text", certifier, three)
    assert (read(), kept(one), kept(three)) == (["Somebody was kind."], "", "")
    with pytest.raises(NotFound):
        do("clear_text", certifier, one, "Again.")
    with pytest.raises(RuleBroken):
        do("flag_text", analyst, one, "boring")


def test_who_supervises_staff_reads_no_word_whatever_else_she_is(staff: Staff) -> None:
    _, trainer = staff("trainer", supervises=[1])
    _, certifier = staff("certifier", supervises=[1])
    _, translator = staff("translator", languages=["sm"], supervises=[1])
    (english,) = write_words("More time.")
    (samoan,) = write_words("Ia umi.", language="sm")
    for name, actor, args in (
        ("flag_text", trainer, (english, "private")),
        ("pass_on", translator, (samoan,)),
        ("remove_text", certifier, (english,)),
    ):
        with pytest.raises(NotFound):
            do(name, actor, *args)
