"""Languages: the four tags, Samoan for Babel, which language a reader gets, and dates and hours in words.

Babel has no Samoan. Its record here uses the month and day words of GNU libc `sm_WS` (one typing fault
mended, U+02BB for the apostrophe); a speaker should review them. Babel's own data wins the day it ships.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from babel import Locale, localedata
from babel.core import negotiate_locale
from babel.dates import format_date as babel_date
from babel.dates import format_time as babel_time
from babel.dates import parse_pattern
from babel.lists import format_list as babel_list
from babel.messages import plurals
from babel.numbers import format_decimal
from babel.plural import PluralRule
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, force_locale, get_locale, ngettext
from flask_babel import gettext as babel_gettext
from flask_babel.speaklater import LazyString
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from lms.clock import zone

LANGUAGES = (("en", "English"), ("es", "Español"), ("to", "Lea faka-Tonga"), ("sm", "Gagana Sāmoa"))
TAGS = tuple(tag for tag, _ in LANGUAGES)
#: Numbers and dates as people in the United States write them; words come from the bare tag.
_FORMATS = {"en": "en_US", "es": "es_US", "to": "to", "sm": "sm"}
_TWELVE_HOURS = {"en", "es"}

_MONTHS = "Ianuari Fepuari Mati Aperila Me Iuni Iulai Auguso Setema Oketopa Novema Tesema".split()
_SHORT_MONTHS = "Ian Fep Mat Ape Me Iun Iul Aug Set Oke Nov Tes".split()
_DAYS = ["Aso Gafua", "Aso Lua", "Aso Lulu", "Aso Tofi", "Aso Faraile", "Aso To\u02bbana\u02bbi", "Aso Sa"]
_SHORT_DAYS = ["Gaf", "Lua", "Lul", "Tof", "Far", "To\u02bb", "Sa"]
_CONTEXTS = ("format", "stand-alone")


def _numbered(words: list[str], first: int) -> dict[int, str]:
    return dict(enumerate(words, first))


_SAMOAN: dict[str, Any] = {
    "languages": {"sm": "Gagana S\u0101moa"},
    "months": {c: {"wide": _numbered(_MONTHS, 1), "abbreviated": _numbered(_SHORT_MONTHS, 1)} for c in _CONTEXTS},
    "days": {
        c: {
            "wide": _numbered(_DAYS, 0),
            "abbreviated": _numbered(_SHORT_DAYS, 0),
            "short": _numbered(_SHORT_DAYS, 0),
        }
        for c in _CONTEXTS
    },
    "date_formats": {
        "full": parse_pattern("EEEE, d MMMM y"),
        "long": parse_pattern("d MMMM y"),
        "medium": parse_pattern("d MMM y"),
        "short": parse_pattern("d/M/yy"),
    },
    "list_patterns": {
        kind: {"start": "{0}, {1}", "middle": "{0}, {1}", "end": "{0} ma {1}", "2": "{0} ma {1}"}
        for kind in ("standard", "standard-short", "standard-narrow")
    },
}


def install_locales() -> None:
    """Teach Babel Samoan, and the plural headers of Tongan and Samoan catalogues. Safe to call twice."""
    if not localedata.exists("sm"):
        data = dict(localedata.load("en"))
        localedata.merge(data, {**_SAMOAN, "plural_form": PluralRule({"one": "n = 1"})})
        localedata._cache["sm"] = data  # noqa: SLF001 -- the one private name of Babel in use; a test guards it
    plurals.PLURALS["sm"] = (2, "(n != 1)")
    plurals.PLURALS["to"] = (1, "0")


install_locales()


def init_app(app: Flask, language_of_reader: Callable[[], str | None]) -> None:
    """Set up translation. `language_of_reader` returns the signed-in reader's language, or None."""

    def choose() -> str:
        if not has_request_context():
            return "en"
        return language_of_reader() or session.get("language") or negotiate(request.accept_languages.values())

    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "../translations"
    Babel(app, locale_selector=choose, timezone_selector=lambda: zone().key)
    app.jinja_env.globals.update(
        languages=LANGUAGES,
        format_date=format_date,
        format_day=format_day,
        format_month=format_month,
        format_instant=format_instant,
        format_near=format_near,
        format_near_day=format_near_day,
        format_hours=format_hours,
        format_length=format_length,
        format_size=format_size,
        format_number=format_number,
        format_names=format_names,
    )
    app.jinja_env.globals["_"] = _in_template
    app.context_processor(lambda: {"locale": language()})


def negotiate(wanted: Any) -> str:
    """Return the first of the four tags that `wanted` (an Accept-Language list) asks for, else English."""
    return negotiate_locale([tag.replace("-", "_") for tag in wanted], TAGS) or "en"


def language() -> str:
    """Return the tag in which the present page or letter is written."""
    try:
        locale = g._flask_babel.babel_locale  # noqa: SLF001 -- where it keeps it; a page asks a hundred times
    except (AttributeError, RuntimeError):
        locale = None
    if locale is None:  # nobody has asked yet, or something was written in another language before anybody did
        locale = get_locale()
    return locale.language if locale is not None and locale.language in TAGS else "en"


def gettext(text: str, /, **values: object) -> str:
    """Return a sentence of the program in the reader's language, its named places filled in.

    A page asks for some thirty; Flask-Babel would take longer over them than the database over its answers.
    """
    message = _message(language(), text)
    return message % values if values else message


def lazy_gettext(text: str, /, **values: object) -> LazyString:
    """Return a sentence that is looked up when it is shown: labels of forms are made before any reader is known."""
    return LazyString(gettext, text, **values)


@lru_cache(maxsize=20_000)
def _message(tag: str, text: str) -> str:  # noqa: ARG001 -- the language that Flask-Babel finds by itself
    return str(babel_gettext(text))


@pass_eval_context
def _in_template(context: EvalContext, text: str, /, **values: object) -> str:
    """Return what `{{ _("...") }}` shows: markup where the template escapes, so that values are escaped into it."""
    if not context.autoescape:
        return _message(language(), text) % values
    return _markup(language(), text) % values if values else _finished_markup(language(), text)


@lru_cache(maxsize=20_000)
def _markup(tag: str, text: str) -> Markup:
    return Markup(_message(tag, text))  # noqa: S704 -- the catalogues are ours


@lru_cache(maxsize=20_000)
def _finished_markup(tag: str, text: str) -> Markup:
    return _markup(tag, text) % {}


def _format_locale() -> Locale:
    return _locale(language())


@lru_cache
def _locale(tag: str) -> Locale:
    return Locale.parse(_FORMATS[tag])


@lru_cache(maxsize=10_000)
def _date(day: date, pattern: str, tag: str) -> str:
    """Return a date in words; pages repeat few dates, and Babel takes long over each."""
    return babel_date(day, pattern, locale=_locale(tag))


def format_date(day: date | None) -> str:
    """Return a date in words, such as "8 March 2026" in the reader's order."""
    return _date(day, "long", language()) if day else ""


def format_day(day: date | None) -> str:
    """Return a date in words with its weekday."""
    return _date(day, "full", language()) if day else ""


def format_near_day(day: date) -> str:
    """Return a date of the next months without its year, as a text message has room for: "Mar 8"."""
    return _date(day, "MMM d" if language() == "en" else "d MMM", language())


def format_near_weekday(day: date) -> str:
    """Return a date of the next days with its weekday, as short as can be: "Sun, Mar 8"."""
    return _date(day, "EEE, MMM d" if language() == "en" else "EEE d MMM", language())


def format_clock(wall: time) -> str:
    """Return a local time as people here read it: "1:30 PM", in Spanish "1:30 pm", else "13:30".

    In Tongan and Samoan no marks for morning and afternoon are in common use. The Spanish ones go without their
    periods, so that a sentence may end with a time.
    """
    if language() not in _TWELVE_HOURS:
        return f"{wall:%H:%M}"
    return babel_time(wall, "h:mm a", locale=_format_locale()).replace(".", "")


def format_near(at: datetime) -> str:
    """Return a near instant as a text message has room for: without its year, in 24 hours: "Mar 8, 13:30"."""
    local = at.astimezone(zone())
    return f"{format_near_day(local.date())}, {local:%H:%M}"


def format_month(day: date) -> str:
    """Return the month and year of `day` in words."""
    return _date(day, "MMMM 'de' y" if language() == "es" else "MMMM y", language())


def format_instant(at: datetime | None) -> str:
    """Return an instant as local date and time: "March 8, 2026, 1:30 PM"."""
    if at is None:
        return ""
    local = at.astimezone(zone())
    return f"{format_date(local.date())}, {format_clock(local.time())}"


def format_hours(minutes: int) -> str:
    """Return a duration as "1 h 30 min", "2 h" or "45 min"."""
    hours, rest = divmod(int(minutes), 60)
    parts = [f"{hours} h"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} min")
    return " ".join(parts)


def format_length(seconds: int) -> str:
    """Return how long a sound plays as "1 min 20 s", "5 min" or "45 s"."""
    minutes, rest = divmod(int(seconds), 60)
    parts = [f"{minutes} min"] if minutes else []
    if rest or not minutes:
        parts.append(f"{rest} s")
    return " ".join(parts)


def format_size(size: int) -> str:
    """Return bytes as "410 KB" or, from a million on, "1.2 MB"; never "0 KB"."""
    if size < 999_500:
        return f"{format_number(max(1, round(size / 1000)))} KB"
    return f"{format_number(round(size / 1_000_000, 1))} MB"


def format_number(number: float) -> str:
    """Return a number with the reader's separators."""
    return _number(number, language())


@lru_cache(maxsize=10_000)
def _number(number: float, tag: str) -> str:
    return format_decimal(number, locale=_locale(tag))


def format_names(names: list[str]) -> str:
    """Return names joined as a list in the reader's language."""
    return babel_list(names, locale=_format_locale())


__all__ = ["LANGUAGES", "TAGS", "force_locale", "gettext", "language", "lazy_gettext", "ngettext"]
