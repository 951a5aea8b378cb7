"""Tables of earlier records: their columns, by what names people know these, and what can be wrong with a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lms.organizations.rules import TableProblem, TableRow, read_table

COLUMNS = (
    "person",
    "email",
    "phone",
    "title",
    "issuer",
    "learned_on",
    "from",
    "until",
    "hours",
    "kind",
    "module",
    "competencies",
    "language",
    "reference",
    "recognized_by",
    "note",
)
REQUIRED = ("title", "issuer")
#: The column of the file of refused rows; in a table that comes back mended it is passed over.
REASON = "reason"
#: A table that was brought: it is looked at, it is being recorded part by part, it is done.
IMPORT_STATES = ("ready", "applying", "done")
#: What becomes of a row: a new entry, nothing since it is recorded already, nothing since something is wrong.
OUTCOMES_OF_ROWS = ("new", "same", "refuse")
#: Other names of the columns, folded: as our own files head them, and as people write them, in our four languages.
_HEADERS = {
    "person": "persona, tokotaha, tagata",
    "email": "e mail, e mail address, email address, correo, correo electronico, imeili, imeli",
    "phone": "telephone, phone number, cell, mobile, telefono, celular, telefoni",
    "title": "course, training, titulo, curso, hingoa, ulutala",
    "issuer": "given by, school, otorgado por, escuela, foaki e, tuuina mai e",
    "learned_on": "last day, ultimo dia, aho fakaosi, aso mulimuli",
    "from": "first day, primer dia, aho kamata, aso muamua",
    "until": "hasta, o au ki he, sei oo i le",
    "hours": "horas, houa, itula",
    "kind": "tipo, faahinga, ituaiga",
    "module": "modulo, konga ako, vaega aoaoga",
    "competencies": "skills, habilidades, competencias, ngaahi taukei, tomai, agavaa",
    "language": "idioma, lea, gagana",
    "reference": "reference number, referencia, numero de referencia, fika fakamooni, numera faasino",
    "recognized_by": "reconocido por, tali e, talia e",
    "note": "nota, fakamatala nounou, faamatalaga",
    REASON: "motivo, uhinga, mafuaaga",
}
_SENTENCES = {
    "contact_wrong": "%(column)s: %(typed)r is none",
    "competency_not_known": "competencies: %(typed)r is not known; use %(known)s",
    "date_wrong": "%(column)s: %(typed)r is not a date; write it as 2026-07-31",
    "hours_wrong": "hours: %(typed)r is not a number; write it as 40 or 7.5",
    "kind_not_known": "kind: %(typed)r is not known; use %(known)s",
    "last_day_missing": "learned_on: write the last day, as 2026-07-31",
    "nobody_named": "person: name her by person, email or phone",
    "person_not_found": "%(column)s: %(typed)r: nobody is known by this",
    "person_shared": "%(column)s: %(typed)r: several people share this; name her by another column",
    "reference_taken": "reference: %(typed)r is recorded with other words or days",
    "record_full": "she has %(most)s entries, and no more are kept",
    "role_lost": "whoever brought the table may not record it any more",
    # what the rules of telling say
    "title_empty": "title: write what it was",
    "issuer_empty": "issuer: write who gave it",
    "line_too_long": "title, issuer: at most %(most)s letters",
    "note_too_long": "note: at most %(most)s letters",
    "reference_too_long": "reference: at most %(most)s letters",
    "competency_unknown": "competencies: one is not known",
    "language_unknown": "language: use en, es, to or sm",
    "day_to_come": "learned_on: the day has not been yet",
    "day_long_ago": "learned_on, from: look at the year",
    "days_turned": "from: it is after the last day",
    "hours_range": "hours: write a number up to %(most)s",
    "hours_more_than_days": "hours: more than %(hours)s hours a day between the two days",
}
#: What a person typed is quoted up to here.
_LONGEST_QUOTED = 60


def read_records(data: bytes) -> list[TableRow]:
    """Return the rows of a CSV or Excel file of earlier records; raise `BadInput` when it is none."""
    return read_table(data, (*COLUMNS, REASON), REQUIRED, column_names())


def fault(row: int, code: str, **values: object) -> TableProblem:
    """Return what is wrong with a row: the code of a sentence, what stands in it, and its words for the command."""
    if isinstance(typed := values.get("typed"), str):
        values["typed"] = typed[:_LONGEST_QUOTED]
    return TableProblem(row, _SENTENCES[code] % values, code, values)


def fault_json(found: TableProblem) -> list[Any]:
    """Return the fault of a row as JSON can hold it; `fault_of` reads it."""
    return [found.code, dict(found.values)]


def fault_of(row: int, values: Sequence[Any]) -> TableProblem:
    """Return the fault of a row that `fault_json` wrote down."""
    code, told = values
    return fault(row, code, **told)


def column_names() -> dict[str, str]:
    """Return the columns by their names in every language, as `fold_header` makes them."""
    return {name.replace(" ", "_"): column for column, names in _HEADERS.items() for name in names.split(", ")}


def refused_table(
    rows: Sequence[TableRow], reasons: Mapping[int, Sequence[str]], names: Mapping[str, str] | None = None
) -> list[Sequence[str]]:
    """Return the headers, then each row that has reasons: its cells as they came, and why; no column that is blank.

    `reasons` are sentences by the number of the row, `names` what the columns are called in the file, by column.
    """
    refused = [row for row in rows if row.number in reasons]
    used = [name for name in COLUMNS if any(row.cells.get(name) for row in refused)]
    lines = ([*(row.cells.get(name, "") for name in used), "; ".join(reasons[row.number])] for row in refused)
    return [[str((names or {}).get(name, name)) for name in (*used, REASON)], *lines]
