"""Languages: Samoan is known to Babel, readers get what they ask for, dates and hours are words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from babel import Locale, localedata
from babel.messages import plurals
from flask import Flask
from flask_babel import force_locale

from lms import i18n


def test_the_private_name_of_babel_that_is_used_still_exists() -> None:
    assert isinstance(localedata._cache, dict) or hasattr(localedata._cache, "__setitem__")
    assert Locale.parse("sm").get_display_name("sm") == "Gagana Sāmoa"


def test_samoan_has_its_own_plural_and_leaves_english_alone() -> None:
    assert Locale.parse("sm").plural_form(1) == "one"
    assert Locale.parse("sm").plural_form(2) == "other"
    assert Locale.parse("en").months["format"]["wide"][3] == "March"
    assert plurals.PLURALS["sm"] == (2, "(n != 1)")
    assert plurals.PLURALS["to"] == (1, "0")


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "Sunday, March 8, 2026"),
        ("es", "domingo, 8 de marzo de 2026"),
        ("to", "Sāpate 8 Maʻasi 2026"),
        ("sm", "Aso Sa, 8 Mati 2026"),
    ],
)
def test_days_in_words(app: Flask, tag: str, expected: str) -> None:
    with app.test_request_context(), force_locale(tag):
        assert i18n.format_day(date(2026, 3, 8)) == expected
        assert i18n.language() == tag


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("sm-WS,en;q=0.5", "sm"),
        ("to", "to"),
        ("es-MX,es;q=0.9", "es"),
        ("fr-FR", "en"),
        ("", "en"),
        ("zh,to-TO;q=0.3", "to"),
    ],
)
def test_the_browser_is_heard(app: Flask, header: str, expected: str) -> None:
    with app.test_request_context(headers={"Accept-Language": header}):
        assert i18n.language() == expected


def test_hours_numbers_months_instants_and_lists(app: Flask) -> None:
    at = datetime(2026, 3, 9, 2, 30, tzinfo=UTC)
    with app.test_request_context(), force_locale("en"):
        assert [i18n.format_hours(n) for n in (0, 45, 60, 90)] == ["0 min", "45 min", "1 h", "1 h 30 min"]
        assert i18n.format_instant(at) == "March 8, 2026, 7:30 PM"
        assert i18n.format_near(at) == "Mar 8, 19:30"
        assert i18n.format_instant(None) == ""
        assert (i18n.format_date(None), i18n.format_day(None)) == ("", "")
        assert i18n.format_names(["A", "B", "C"]) == "A, B, and C"
    with app.test_request_context(), force_locale("sm"):
        assert i18n.format_month(date(2026, 8, 1)) == "Auguso 2026"
        assert i18n.format_names(["A", "B"]) == "A ma B"
    with app.test_request_context(), force_locale("es"):
        assert i18n.format_number(1234.5) == "1,234.5"
        assert i18n.format_clock(time(9, 5)) == "9:05 am", "without periods: a sentence may end with it"
    with app.test_request_context(), force_locale("to"):
        assert i18n.format_clock(time(13, 5)) == "13:05"


def test_outside_a_page_it_is_english(app: Flask) -> None:
    assert i18n.language() == "en"


def test_a_value_may_have_any_name_and_is_escaped_in_a_page(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert i18n.gettext("%(text)s and %(tag)s", text="<b>", tag="x") == "<b> and x"
        page = app.jinja_env.from_string('{{ _("%(text)s: 100%%", text=given) }}{{ _("50%%") }}')
        assert page.render(given="<b>") == "&lt;b&gt;: 100%50%"


def test_writing_in_another_language_first_leaves_the_page_in_its_own(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "to"}):
        with force_locale("en"):
            assert i18n.language() == "en"
        assert i18n.language() == "to"
