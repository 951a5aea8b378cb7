"""Pages that show how far translations are, and what readers say of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import groupby
from typing import Any

from flask import render_template, url_for

from lms.actor import Actor
from lms.assessments.queries.fairness import flags_of
from lms.assessments.specs import FILE, QuizSpec
from lms.content.library import Library, Text, current, spec_of
from lms.db import reading
from lms.errors import NotFound
from lms.i18n import TAGS
from lms.listening.policy import can_record
from lms.translating import messages, policy, queries, rules
from lms.translating.queries import Progress
from lms.translating.queries.progress import LOCALES
from lms.translating.queries.reports import PAGE_SIZE
from lms.translating.views.blueprint import TONGUES, WHO, bp, title_of
from lms.web.access import get_actor, roles
from lms.web.forms import page_href, page_of


@bp.get("/content")
@roles(*WHO)
def overview() -> str:
    """Show each track in each language in words by state; and each module and survey, with open reports."""
    actor, library = get_actor(), current(reading())
    locales = [locale for locale in LOCALES if policy.can_read(actor, locale)]
    reports = queries.count_open(reading(), actor)
    return render_template(
        "translating/overview.html",
        board=_board(library, locales),
        rows=_rows(library, locales, reports),
        locales=locales,
        states=messages.SENTENCES,
        tongues=TONGUES,
        today=actor.today,
        english=[(key, title_of(library, *key[:2]), count) for key, (count, _) in reports.items() if key[2] == "en"],
        may_regrade=actor.has("certifier", "administrator"),
    )


@bp.get("/content/tracks/<key>/<locale>")
@roles(*WHO)
def track(key: str, locale: str) -> str:
    """Show the parts of a track in one language in words by state, each leading to its sentences."""
    actor, library = get_actor(), current(reading())
    if locale not in LOCALES or not policy.can_read(actor, locale):
        raise NotFound(f"no language {locale!r} here")
    library.get("track", key)
    lines = _parts(library, key, locale)
    return render_template(
        "translating/track.html",
        title=title_of(library, "track", key),
        tongue=TONGUES[locale],
        rows=[(title_of(library, line.kind, line.key), line) for line in lines],
        whole=rules.add_shares(line.share for line in lines),
        kinds=messages.KINDS,
        states=messages.SENTENCES,
        today=actor.today,
    )


def _parts(library: Library, track_key: str, locale: str) -> list[queries.Line]:
    """Return a line for each part of a track in one language."""
    newest, heard = queries.list_open(reading(), library, [locale]), queries.audio_shares(reading(), library)
    return queries.list_parts(library, track_key, [locale], newest, heard)


def _board(library: Library, locales: Collection[str]) -> list[tuple[Text, list[queries.Line]]]:
    """Return each track's title with a line for each language."""
    newest, heard = queries.list_open(reading(), library, locales), queries.audio_shares(reading(), library)
    lines = queries.list_board(library, locales, newest, heard)
    return [(title_of(library, "track", key), list(each)) for key, each in groupby(lines, lambda line: line.key)]


def _rows(
    library: Library, locales: Collection[str], reports: Mapping[tuple[str, str, str], tuple[int, int]]
) -> list[tuple[Text, list[tuple[Progress, int]]]]:
    """Return for each module and survey its title, and in each language how far it is with its open reports."""
    found: dict[tuple[str, str], list[tuple[Progress, int]]] = {}
    for each in queries.count_progress(library):
        if each.locale in locales:
            open_ = reports.get((each.kind, each.key, each.locale), (0, 0))[0]
            found.setdefault((each.kind, each.key), []).append((each, open_))
    return [(title_of(library, *address), parts) for address, parts in found.items()]


@bp.get("/content/<key>/<locale>", defaults={"kind": "module"})
@bp.get("/content/surveys/<key>/<locale>", defaults={"kind": "survey"})
@roles(*WHO)
def part(kind: str, key: str, locale: str) -> str:
    """Show one module or survey in one language: its sentences by state, and the reports about it."""
    actor, library = get_actor(), current(reading())
    if locale not in TAGS or not policy.can_read(actor, locale):
        raise NotFound(f"no language {locale!r} here")
    library.get(kind, key)
    return render_template(
        "translating/part.html",
        title=title_of(library, kind, key),
        tongue=TONGUES[locale],
        count=_count(library, kind, key, locale),
        sentences=messages.SENTENCES,
        flags=_flags(library, kind, key, locale),
        **_doors(actor, kind, key, locale),
        **_reported(actor, library, kind, key, locale),
    )


def _doors(actor: Actor, kind: str, key: str, locale: str) -> dict[str, str | None]:
    """Return where a part leads: the desk of its sentences, its readings, and the figures of its quiz."""
    return {
        "desk": url_for("translating.sentences", kind=kind, key=key, locale=locale) if locale in LOCALES else None,
        "readings": _readings(actor, kind, key, locale),
        "figures": url_for("assessments.quiz_figures", module_key=key) if kind == "module" else None,
    }


def _readings(actor: Actor, kind: str, key: str, locale: str) -> str | None:
    """Return where a module is read aloud in a language; None for who may not, and for surveys."""
    is_hers = kind == "module" and can_record(actor, locale)
    return url_for("translating.readings", key=key, locale=locale) if is_hers else None


def _reported(actor: Actor, library: Library, kind: str, key: str, locale: str) -> dict[str, Any]:
    """Return what the page shows of reports."""
    total = queries.count_open(reading(), actor).get((kind, key, locale), (0, 0))[1]
    number, pages = page_of(total, PAGE_SIZE)
    return {
        "reports": _reports(actor, library, kind, key, locale, number),
        "faults": messages.FAULTS,
        "states": messages.STAFF_STATES,
        "page": number,
        "pages": pages,
        "href_for": page_href("translating.part", kind=kind, key=key, locale=locale),
    }


def _flags(library: Library, kind: str, key: str, locale: str) -> list[tuple[Text, str]]:
    """Return the questions of a module that readers of this language answer otherwise than English ones, in words."""
    source = library.get(kind, key)
    if kind != "module" or FILE not in source.files:
        return []
    quiz, words = spec_of(QuizSpec, source), library.words(kind, key, locale)
    differing = [each for each in flags_of(reading(), key) if each.locale == locale and each.differs]
    return [
        (
            words.text(f"{FILE}:{item.id}.prompt", item.prompt),
            messages.fairness(TONGUES[locale], is_easier=each.favors == locale),
        )
        for each in differing
        if (item := quiz.item(each.item_id))
    ]


def _count(library: Library, kind: str, key: str, locale: str) -> rules.Count | None:
    """Return the sentences by state; None for English, which is translated from nothing."""
    if locale not in LOCALES:
        return None
    found = queries.count_progress(library)
    return next(each.count for each in found if (each.kind, each.key, each.locale) == (kind, key, locale))


def _reports(
    actor: Actor, library: Library, kind: str, key: str, locale: str, page: int
) -> list[tuple[queries.ReportRow, Text | None]]:
    """Return a page of reports, each with the first of its sentences as it reads today."""
    sentences = queries.sentences_of(library.get(kind, key))
    words = library.words(kind, key, locale)
    found = []
    for report in queries.list_reports(reading(), actor, kind, key, locale, page):
        texts = (words.text(at, english) for at, english in sentences.items() if rules.is_under(at, report.address))
        found.append((report, next(texts, None)))
    return found
