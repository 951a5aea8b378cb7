"""A report in words: its rows named and in order, its sentence, how it was counted, and the same as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from lms.content.library import Library, Text
from lms.i18n import TAGS
from lms.i18n import gettext as _
from lms.reports.messages import words
from lms.reports.policy import Scope
from lms.reports.queries import OrganizationName, find_report, organization_names
from lms.reports.rules import Question, Report, Row, Sheet, SheetCell, as_csv, as_json, as_xlsx
from lms.tracks.queries import track_title

#: The files that a report can be downloaded as, with their types.
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


_LAST = "\uffff"
#: What finds the figures of each report.
_REPORTS = {"completions": find_report}


@dataclass(frozen=True)
class Answer:
    """A report in the reader's language. `rows` pairs each row with its name, in the order to show.

    `track` is the title that the sentence holds, if it is about one track.
    """

    name: str
    report: Report
    sentence: str
    rows: tuple[tuple[Row, str | Text], ...]
    notes: tuple[str, ...]
    track: Text | None = None


def find_answer(
    name: str, scope: Scope, session: Session, library: Library, question: Question, *, locale: str, today: date
) -> Answer | None:
    """Return the report `name` in words; None when its figures are not out. At most five queries."""
    report = _REPORTS[name](scope, session, question)
    if report is None:
        return None
    employers = [int(row.key) for row in report.rows if question.group == "organization" and row.key]
    names = organization_names(scope, session, employers)
    titles = {row.key: track_title(library, row.key, locale) for row in report.rows if question.group == "track"}
    track = track_title(library, question.track, locale) if question.track else None
    rows = [(row, _name(row, question.group, names, titles)) for row in report.rows]
    if question.group == "organization":
        rows.sort(key=lambda each: names[int(each[0].key)].search_key if each[0].key else _LAST)
    else:
        rows.sort(key=lambda each: _position(question.group, *each))
    said = words.sentence(report, track.text if track else None, today)
    return Answer(name, report, said, tuple(rows), tuple(words.how_counted(report, scope)), track)


def marked_sentence(answer: Answer) -> Markup:
    """Return the sentence of a report, the title of its track marked as English where it is not translated."""
    said = escape(answer.sentence)
    if answer.track is None or answer.track.state != "missing":
        return said
    return said.replace(escape(answer.track.text), Markup('<span lang="en">{}</span>').format(answer.track.text), 1)


def _name(row: Row, group: str, names: Mapping[int, OrganizationName], titles: Mapping[str, Text]) -> str | Text:
    """Return the name of a row."""
    if not row.key:
        return words.nobody_named(group)
    if group == "organization":
        return names[int(row.key)].name
    if group == "track":
        return titles[row.key]
    return {"language": words.language_name, "area": words.area_name, "month": words.month_name}[group](row.key)


def _position(group: str, row: Row, name: str | Text) -> tuple[bool, int, str]:
    """Return where a row stands: languages in their usual order, tracks by title, others by number; nameless last."""
    number = TAGS.index(row.key) if group == "language" and row.key in TAGS else 99
    return (not row.key, number, str(name) if group == "track" else row.key)


def as_file(answer: Answer, kind: str) -> bytes:
    """Return the report as a "csv", "xlsx" or "json" file."""
    if kind == "json":
        return as_json(_facts(answer))
    sheet = _sheet(answer)
    return as_csv(sheet) if kind == "csv" else as_xlsx(sheet, _("How this was counted"))


def file_name(answer: Answer, kind: str) -> str:
    """Return a name for the file that tells the report, the period, the track and the rows."""
    question = answer.report.question
    period = question.period
    when = f"{period.since}-{period.until}" if period.key == "custom" else period.key
    return "-".join(part for part in (answer.name, when, question.track, question.group) if part) + f".{kind}"


def _sheet(answer: Answer) -> Sheet:
    report = answer.report
    columns = [words.group_name(report.question.group), _("Completions") if report.is_guarded else _("Workers")]
    rows: list[list[SheetCell]] = [[str(name), _cell(report.number_of(row))] for row, name in answer.rows]
    rows.append([_("Total"), _cell(report.number_of(report))])
    if not report.is_guarded:
        columns.append(_("Completions"))
        for line, number in zip(
            rows, [*(row.completions for row, _name in answer.rows), report.completions], strict=True
        ):
            line.append(number or 0)
    return Sheet(words.report_title(answer.name), columns, rows, (answer.sentence, *answer.notes))


def _cell(number: int | None) -> SheetCell:
    return words.hidden_words() if number is None else number


def _facts(answer: Answer) -> dict[str, Any]:
    """Return the report for programs: keys beside names; null where a number is hidden."""
    report, question = answer.report, answer.report.question
    return {
        "report": answer.name,
        "since": question.period.since.isoformat(),
        "until": question.period.until.isoformat(),
        "track": question.track or None,
        "group": question.group,
        "sentence": answer.sentence,
        "total": {"workers": report.workers, "completions": report.completions},
        "rows": [
            {"key": row.key or None, "name": str(name), "workers": row.workers, "completions": row.completions}
            for row, name in answer.rows
        ],
        "notes": list(answer.notes),
    }
