"""What a row of an imported list of staff says, cell by cell, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from lms.errors import BadInput, RuleBroken
from lms.organizations.rules.employment import check_hours, title_of
from lms.organizations.rules.tables import Sheet, TableRow, fold_header, problem
from lms.people.rules import BadName, Identifier, normal_email, normal_name, normal_phone, search_key, trimmed

STAFF_COLUMNS = (
    "name",
    "email",
    "phone",
    "by_text",
    "language",
    "organization",
    "title",
    "started_on",
    "hours_per_week",
)
STAFF_REQUIRED = ("name",)
#: Lines that are pasted on a phone: enough for one team.
MOST_PASTED = 500
#: Other names of the columns, folded: as people write them, in our four languages.
_HEADERS = {
    "name": "full name, worker, nombre, nombre completo, nombre y apellido, hingoa, igoa, igoa atoa",
    "email": "e mail, e mail address, email address, mail, correo, correo electronico, imeili, imeli",
    "phone": "telephone, cell, cell phone, mobile, phone number, telefono, celular, movil, numero de telefono, "
    "telefoni",
    "by_text": "text, texts, text ok, text invitation, invitation by text, invite by text, text message, sms, "
    "invitation by text message, fakaafe i he fekau text, valaaulia i le feau tusi, "
    "mensaje de texto, por mensaje de texto, invitacion por mensaje, invitacion por mensaje de texto, texto, "
    "popoaki tohi, fekau tohi, feau tusitusia",
    "language": "preferred language, idioma, lengua, lea, gagana",
    "organization": "organisation, employer, cbo, agency, organizacion, empleador, kautaha, faalapotopotoga",
    "title": "job title, position, puesto, cargo, titulo, ocupacion, hingoa o e ngaue, tuunga ngaue, fatongia, "
    "tulaga galuega, tulaga, tofi",
    "started_on": "start, start date, first day, hire date, since, fecha de inicio, primer dia, desde, inicio, "
    "aho kamata, uluaki aho, aso amata, aso muamua",
    "hours_per_week": "hours, weekly hours, hours a week, horas, horas por semana, horas semanales, "
    "houa i he uike, houa he uike, houa, itula, itula i le vaiaso",
}
_LANGUAGES = {
    "en": "english, ingles, ingilisi, igilisi, lea fakapilitania, fakapilitania, faaperetania",
    "es": "spanish, espanol, castellano, sipeini, lea fakasipeini, fakasipeini",
    "to": "tongan, tongano, tonga, lea fakatonga, fakatonga, lea faka tonga, faka tonga, faatoga",
    "sm": "samoan, samoano, samoa, gagana samoa, hamoa, lea fakahaamoa, fakahaamoa, fakahamoa",
}
#: What people write in a column of ticks, folded.
_TICKS = {
    "yes": "y, x, true, 1, si, s, io, ioe",
    "no": "n, false, 0, ikai, leai",
}
_FORMULA = re.compile(r"[=@]|[+-](?![0-9( ])")
#: What is no phone number and no date, and yet meant for one: five digits or more, and a day, month and year.
_LIKE_A_PHONE = re.compile(r"[+(]?(?:[0-9][ ()./\-]*){5,}")
_LIKE_A_DAY = re.compile(r"[0-9]{1,2}([./\-])[0-9]{1,2}\1([0-9]{4}|[0-9]{1,2})|[0-9]{4}([./\-])[0-9]{1,2}\3[0-9]{1,2}")
#: A cell that is quoted in a reason is cut here.
_LONGEST_QUOTED = 60
_DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y")

T = TypeVar("T")


def _listed(names: Mapping[str, str]) -> dict[str, str]:
    return {word: key for key, words in names.items() for word in (key, *words.split(", "))}


_COLUMN_OF, _LANGUAGE_OF, _TICK_OF = _listed(_HEADERS), _listed(_LANGUAGES), _listed(_TICKS)


@dataclass(frozen=True)
class Fault:
    """Why a row is refused: the code of a sentence, what stands in it, and the column that it is about."""

    code: str
    column: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Defaults:
    """What counts where a list says nothing. Without an organization each row must name one."""

    organization_id: int | None = None
    language: str = "en"
    title: str = ""


@dataclass(frozen=True)
class Entry:
    """What one row says of one person at one organization. None and "" where it says nothing."""

    row: int
    name: str = ""
    name_key: str = ""
    email: str | None = None
    phone: str | None = None
    language: str = "en"
    organization_id: int | None = None
    title: str = ""
    started_on: date | None = None
    hours: Decimal | None = None
    #: The title of somebody who begins, where the row gives none.
    usual_title: str = ""
    #: She gave her number so that her invitation may come there by text.
    by_text: bool = False
    faults: tuple[Fault, ...] = ()

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """Return the contacts that the row gives."""
        pairs = (("email", self.email), ("phone", self.phone))
        return tuple(Identifier(kind, value) for kind, value in pairs if value)

    def as_json(self) -> dict[str, Any]:
        """Return the entry as JSON can hold it; `entry_of` reads it."""
        values = asdict(self)
        values["started_on"] = self.started_on.isoformat() if self.started_on else None
        values["hours"] = str(self.hours) if self.hours is not None else None
        values["faults"] = [fault_json(fault) for fault in self.faults]
        return values


def entry_of(values: Mapping[str, Any]) -> Entry:
    """Return the entry that `Entry.as_json` wrote down."""
    started_on, hours = values["started_on"], values["hours"]
    read = {
        "started_on": date.fromisoformat(started_on) if started_on else None,
        "hours": Decimal(hours) if hours is not None else None,
        "faults": tuple(fault_of(each) for each in values["faults"]),
    }
    return Entry(**{**values, **read})


def with_fault(entry: Entry, fault: Fault) -> Entry:
    """Return an entry that is refused for one more reason."""
    return replace(entry, faults=(*entry.faults, fault))


def fault_json(fault: Fault) -> list[Any]:
    """Return a fault as JSON can hold it."""
    told = {key: value.isoformat() if isinstance(value, date) else value for key, value in fault.values.items()}
    return [fault.code, fault.column, told]


def fault_of(values: Iterable[Any]) -> Fault:
    """Return the fault that `fault_json` wrote down; its dates are dates again."""
    code, column, told = values
    return Fault(code, column, {key: _as_date(value) if key == "since" else value for key, value in told.items()})


def _as_date(value: object) -> object:
    return date.fromisoformat(value) if isinstance(value, str) else value


def column_names() -> dict[str, str]:
    """Return the columns by their names in every language, as `fold_header` makes them."""
    return {word.replace(" ", "_"): key for word, key in _COLUMN_OF.items()}


def read_pasted(text: str) -> Sheet | None:
    """Return the rows of pasted lines without headers, one person a line; None when the first line names columns.

    What a cell is shows by itself: an e-mail, a phone number, a language, a date, hours; the first words are the
    name, the next ones the title. Cells are parted by tabs, semicolons or commas. Raises `BadInput` for too many.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST_PASTED:
        raise BadInput([problem(MOST_PASTED, "file-too-long", most=MOST_PASTED)])
    if not lines or any(fold_header(cell) in column_names() for cell in _cells(lines[0][1])):
        return None
    return Sheet(tuple(_pasted_row(number, line) for number, line in lines), ())


def _cells(line: str) -> list[str]:
    delimiter = next((mark for mark in "\t;," if mark in line), ",")
    return [" ".join(trimmed(cell).split()) for cell in line.split(delimiter)]


def _pasted_row(number: int, line: str) -> TableRow:
    """Return one pasted line by column; words beyond name and title, and what is there twice, are its surplus."""
    cells: dict[str, str] = {}
    surplus = []
    for cell in filter(None, _cells(line)):
        column = _column_of(cell, cells)
        if column in cells:
            surplus.append(cell)
        cells.setdefault(column, cell)
    return TableRow(number, cells, surplus=tuple(surplus))


def _column_of(cell: str, taken: Mapping[str, str]) -> str:
    """Return which column a cell without a header belongs to: by what it is, or looks as if it were meant for."""
    if "@" in cell:
        return "email"
    if _day(cell) or _LIKE_A_DAY.fullmatch(cell):
        return "started_on"
    if normal_phone(cell) or _LIKE_A_PHONE.fullmatch(cell):
        return "phone"
    if _number(cell) is not None:
        return "hours_per_week"
    if "name" in taken and search_key(cell) in _LANGUAGE_OF:
        return "language"
    return "title" if "name" in taken else "name"


def read_entry(row: TableRow, defaults: Defaults, organizations: Mapping[str, int]) -> Entry:
    """Return what a row says. `organizations` holds those that may be named, by key and by folded name."""
    return _Reader(row, defaults, organizations).entry()


class _Reader:
    """Reads the cells of one row and collects what is wrong with them."""

    def __init__(self, row: TableRow, defaults: Defaults, organizations: Mapping[str, int]) -> None:
        self.row, self.defaults, self.organizations = row, defaults, organizations
        self.faults: list[Fault] = [Fault("row-too-long")] if row.is_too_long else []
        self.faults += [Fault("cell-surplus", "", {"cell": cell[:_LONGEST_QUOTED]}) for cell in row.surplus]

    def entry(self) -> Entry:
        """Return what the row says, with its faults."""
        name = self.read("name", _name, "")
        values: dict[str, Any] = {
            "name": name,
            "name_key": search_key(name),
            "email": self.read("email", lambda text: _known(normal_email(text), "email_wrong"), None),
            "phone": self.read("phone", lambda text: _known(normal_phone(text), "phone_wrong"), None),
            "by_text": self.read("by_text", _tick, False),
            "language": self.read("language", _language, self.defaults.language),
            "organization_id": self.read("organization", self.organization, self.defaults.organization_id),
            "title": self.read("title", title_of, ""),
            "started_on": self.read("started_on", lambda text: _known(_day(text), "date-wrong"), None),
            "hours": self.read("hours_per_week", _hours, None),
            "usual_title": self.defaults.title,
        }
        if not self.row.cells.get("name"):
            self.faults.append(Fault("name_empty", "name"))
        if values["organization_id"] is None and not self.row.cells.get("organization"):
            self.faults.append(Fault("organization-missing", "organization"))
        return Entry(self.row.number, **values, faults=tuple(self.faults))

    def read(self, column: str, reads: Callable[[str], T], blank: T) -> T:
        """Return what a cell says, or `blank` where it says nothing or something wrong."""
        text = self.row.cells.get(column, "")
        if not text:
            return blank
        try:
            if _FORMULA.match(text):
                raise RuleBroken("cell-formula")
            return reads(text)
        except RuleBroken as error:
            self.faults.append(Fault(error.code, column, error.values))
            return blank

    def organization(self, text: str) -> int | None:
        """Return the organization of that key or name, however it is written."""
        found = self.organizations.get(text.casefold()) or self.organizations.get(search_key(text))
        return _known(found, "organization-unknown")


def _known(value: T | None, code: str) -> T:
    """Return a value; raise `RuleBroken` with the code for none."""
    if value is None:
        raise RuleBroken(code)
    return value


def _name(text: str) -> str:
    try:
        return normal_name(text)
    except BadName as error:
        raise RuleBroken(error.code) from None


def _language(text: str) -> str:
    return _known(_LANGUAGE_OF.get(search_key(text)), "language_unknown")


def _tick(text: str) -> bool:
    return _known(_TICK_OF.get(search_key(text)), "yes-or-no") == "yes"


def _day(text: str) -> date | None:
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 -- a calendar date has no zone
        except ValueError:
            continue
    return None


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ".")) if len(text) <= 20 else None
    except InvalidOperation:
        return None


def _hours(text: str) -> Decimal:
    hours = _known(_number(text), "hours-implausible")
    check_hours(hours)
    return hours
