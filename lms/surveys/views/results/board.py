"""Pages of figures: all surveys with what they are about, one of them question by question, and the same as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request, url_for

from lms.content.library import Library, current
from lms.db import reading
from lms.errors import NotFound
from lms.i18n import format_number, language
from lms.i18n import gettext as _
from lms.organizations.rules import csv_lines
from lms.surveys.policy import READERS, can_judge, can_read_words
from lms.surveys.queries.results.asked import list_asked, title_of_subject, title_of_survey
from lms.surveys.queries.results.comments import count_comments
from lms.surveys.queries.results.figures import Overview, counts_of, list_overviews, sheets_in
from lms.surveys.queries.results.loop import numbers_of
from lms.surveys.queries.results.texts import count_texts
from lms.surveys.rules.results import Count, Slice, languages_of, narrow, versions_of
from lms.surveys.views.blueprint import bp
from lms.surveys.views.results.saying import LEVELS
from lms.surveys.views.results.words import level_share, name_of_language, name_of_version, show_levels
from lms.web.access import get_actor, roles

#: What stands in an address for all that a survey was asked about.
ALL = "all"


@dataclass(frozen=True)
class Asking:
    """What the address asks for: a survey, a subject (None: all), and a filter that has cells of its own."""

    library: Library
    survey_key: str
    subject_key: str | None
    counts: list[Count]
    through: Slice
    versions: dict[int, int]

    @property
    def address(self) -> dict[str, str]:
        """Return what its address is made of."""
        return {"survey_key": self.survey_key, "subject": self.subject_key or ALL}


@bp.get("/feedback")
@roles(*READERS)
def feedback() -> str:
    """List surveys with what they are about and the figures of each level."""
    session, library, actor = reading(), current(reading()), get_actor()
    return render_template(
        "surveys/results/index.html",
        rows=[_line(library, each) for each in list_overviews(session)],
        levels=LEVELS.values(),
        new_comments=count_comments(session, "new") if can_read_words(actor) else None,
        is_judge=can_judge(actor),
    )


def _line(library: Library, each: Overview) -> tuple[str, str, list[str]]:
    """Return title, address and cells of one line."""
    asked = list_asked(library, each.survey_key, language())
    href = url_for("surveys.results", survey_key=each.survey_key, subject=each.subject_key or ALL)
    shares = [level_share(asked, level, each.figures) for level in LEVELS]
    title = title_of_survey(library, each.survey_key, language())
    return f"{subject_words(library, each.subject_key)}: {title}", href, [format_number(each.sheets), *shares]


def subject_words(library: Library, subject_key: str | None) -> str:
    """Return what a survey was about, in words; its key where that is taught no more."""
    if not subject_key:
        return _("Several modules together")
    title = title_of_subject(library, subject_key, language())
    return str(title) if title else subject_key


@bp.get("/feedback/<survey_key>/<subject>")
@roles(*READERS)
def results(survey_key: str, subject: str) -> str:
    """Show what may be shown of the answers to a survey, question by question."""
    asking = ask(survey_key, subject)
    asked = list_asked(asking.library, survey_key, language())
    return render_template(
        "surveys/results/show.html",
        asking=asking,
        title=title_of_survey(asking.library, survey_key, language()),
        subject=_("All modules") if asking.subject_key is None else subject_words(asking.library, asking.subject_key),
        sheets=sheets_in(narrow(asking.counts, asking.through)),
        levels=show_levels(asked, asking.counts, asking.through, asking.versions),
        texts=count_texts(reading(), survey_key, asking.subject_key) if can_read_words(get_actor()) else 0,
        **_filters(asking),
    )


def ask(survey_key: str, subject: str) -> Asking:
    """Return what the address asks for; raise `NotFound` where nothing may be shown."""
    session, subject_key = reading(), None if subject == ALL else subject
    counts = counts_of(session, survey_key, subject_key)
    if not counts or subject == "":
        raise NotFound
    wanted = Slice(request.args.get("language", ""), request.args.get("version", 0, type=int))
    through = Slice(
        wanted.language if wanted.language in languages_of(counts) else "",
        wanted.version if wanted.version in versions_of(counts) else 0,
    )
    versions = numbers_of(session, versions_of(counts)) if subject_key else {}
    return Asking(current(session), survey_key, subject_key, counts, through, versions)


def _filters(asking: Asking) -> dict[str, Any]:
    """Return the choices of the filters, and how many answers have labels that were put together."""
    counts = asking.counts
    sheets = [each for each in counts if each.kind == "sheets"]
    versions = versions_of(counts) if asking.subject_key else []
    return {
        "tongues": [("", _("All languages")), *((each, name_of_language(each)) for each in languages_of(counts))],
        "editions": [(0, _("All versions")), *((each, name_of_version(each, asking.versions)) for each in versions)],
        "many_languages": sheets_in([each for each in sheets if each.language is None]),
        "many_versions": sheets_in([each for each in sheets if each.version is None]),
        "many_subjects": 0 if asking.subject_key else sheets_in(counts_of(reading(), asking.survey_key, "")),
    }


@bp.get("/feedback/<survey_key>/<subject>/figures.csv")
@roles(*READERS)
def figures_file(survey_key: str, subject: str) -> Response:
    """Send the same figures as a file: each line is of whole cells, as on the page."""
    asking = ask(survey_key, subject)
    head = (_("Question"), _("Words"), _("Type"), _("Language"), _("Version"), _("Answer"), _("Number"))
    text = csv_lines((head, *_lines(asking)))
    response = Response(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="feedback.csv"'
    return response


def _lines(asking: Asking) -> list[tuple[str | int, ...]]:
    asked = {each.id: each.prompt for each in list_asked(asking.library, asking.survey_key, language())}
    return [
        (
            each.question_id,
            asked.get(each.question_id, ""),
            each.kind,
            each.language or _("several"),
            asking.versions.get(each.version or 0) or _("several"),
            each.value or _("all who answered"),
            each.number,
        )
        for each in narrow(asking.counts, asking.through)
    ]
