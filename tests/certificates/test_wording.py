"""What a page says: dates, hours and languages in words, and English where a translation is missing."""

from __future__ import annotations

import pytest

from lms.certificates.jobs.drawing.wording import Said, column_of
from lms.content.library import Words
from tests.certificates.drawn import payload_of, sheet, sheet_from

PLAIN = {
    "completed": "{track}|{date}",
    "hours": "{hours}",
    "class_hours": "class {hours}",
    "practicum_hours": "practicum {hours}",
    "supervised_hours": "supervised {hours}",
    "language_of_instruction": "{language}",
    "issued_on": "{date}",
    "expires_on": "{date}",
    "no_expiry": "never",
    "serial": "No. {serial}",
    "verify": "{url}",
    "versions": "{rules}/{content}",
    "seal": "{issuer}",
    "code": "{url}",
}


@pytest.fixture
def engine_name() -> str:
    """Words need no database."""
    return "sqlite"


def test_words_fill_in_dates_hours_and_languages() -> None:
    payload = payload_of("first-steps", "es", language_of_instruction="es+en", valid_until=None, minutes={"class": 90})
    spanish = column_of(payload, "es", lambda name: Said(PLAIN.get(name, name), "es"), verify_page="x/verify")
    assert spanish.completed == Said("Primeros pasos|20 de noviembre de 2026", "es")
    assert spanish.hours.text == "1 h 30 min"
    assert spanish.kinds == (Said("class 1 h 30 min", "es"),)
    assert spanish.instruction.text == "español + inglés"
    assert spanish.validity.text == "never"
    assert spanish.versions.text == "abababababab/3"
    assert (spanish.number.text, spanish.verify.text) == ("No. CHW-7K2M-9QXR-4TBN-D", "x/verify")
    payload = payload_of("first-steps", "es", language_of_instruction="es+en")
    english = column_of(payload, "en", lambda name: Said(PLAIN.get(name, name), "en"), verify_page="x")
    assert (english.completed.text, english.validity.text) == ("First steps|November 20, 2026", "November 29, 2028")
    assert [said.text for said in english.kinds] == ["class 15 h", "practicum 10 h", "supervised 5 h 30 min"]
    assert english.instruction.text == "Spanish + English"


def test_languages_are_called_by_their_own_name_where_there_is_no_other() -> None:
    def tongues(tag: str, taught: str) -> str:
        payload = payload_of(tag=tag, language_of_instruction=taught)
        return column_of(payload, tag, lambda name: Said(PLAIN.get(name, name), tag), verify_page="x").instruction.text

    assert tongues("to", "to") == "lea faka-Tonga"
    assert tongues("sm", "sm+to").startswith("gagana Sāmoa + ")
    assert tongues("en", "en") == "English"


def test_what_is_not_translated_is_english_and_says_so() -> None:
    drawn = sheet_from(payload_of(tag="sm"), "pdf-own", words=Words("sm"))
    assert drawn.columns[0].completed == Said(
        "The person named here completed the short course “First steps” on November 20, 2026.", "en"
    )
    assert drawn.columns[0].title == Said("Laʻasaga muamua", "sm")
    both = sheet_from(payload_of(tag="sm"), "pdf")
    assert both.columns[0].completed.language == "sm"


def test_a_title_without_a_translation_stands_there_once() -> None:
    payload = payload_of(tag="sm")
    payload["competencies"] = [
        {"framework": "c3", "version": "", "code": "x", "minutes": 60, "title": {"en": "Outreach"}}
    ]
    drawn = sheet_from(payload)
    assert drawn.skills[0].titles == (Said("Outreach", "en"),)
    assert (drawn.skills[0].code, drawn.skills[0].hours) == ("c3/x", "1 h")


def test_the_number_tells_later_editions_apart() -> None:
    assert sheet().number == "CHW-7K2M-9QXR-4TBN-D"
    assert sheet(edition=3).number == "CHW-7K2M-9QXR-4TBN-D / 3"


def test_the_small_print_says_what_not_every_certificate_has() -> None:
    (column,) = sheet_from(payload_of(tag="en", minutes={"class": 60, "work-paid": 30, "practice": 60})).columns
    assert [each.text for each in column.kinds] == ["in class 1 h", "other practice 1 h 30 min"]
    assert [each.text for each in column.details] == [
        "Career step: Core.",
        "Training began on September 1, 2026. Framework: chw-core 2026-11.",
        "Provider number: CE-0001.",
    ]
    plain = payload_of(tag="en", level=None, competencies=[])
    plain["issuer"]["provider_number"] = ""
    assert sheet_from(plain).columns[0].details == ()
