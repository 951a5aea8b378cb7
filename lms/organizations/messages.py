"""The words of organizations: sentences for what is refused, and names of kinds, places, populations and reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from lms.errors import RowProblem, RuleBroken
from lms.i18n import format_date
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l
from lms.organizations.rules import Fault, TableProblem
from lms.people import messages as people

KIND_NAMES = {"department": _l("Department"), "cbo": _l("Community organization")}
#: The county's own names of its service planning areas.
AREA_NAMES = {
    1: "Antelope Valley",
    2: "San Fernando",
    3: "San Gabriel",
    4: "Metro",
    5: "West",
    6: "South",
    7: "East",
    8: "South Bay",
}
GEOGRAPHY_NAMES = {
    "south-la": "South LA",
    "southeast-la": "Southeast LA",
    "northeast-san-fernando-valley": "Northeast San Fernando Valley",
    "antelope-valley": "Antelope Valley",
}
POPULATION_NAMES = {
    "pacific-islanders": _l("Pacific Islanders"),
    "american-indian-alaska-native": _l("American Indian and Alaska Native people"),
    "immigrants": _l("Immigrants"),
    "lgbtq": _l("LGBTQ+ communities"),
    "people-with-disabilities": _l("People with disabilities"),
}
EMPLOYMENT_NAMES = {"employee": _l("Employee"), "contractor": _l("Contractor"), "volunteer": _l("Volunteer")}
REASON_NAMES = {
    "voluntary": _l("She chose to leave"),
    "funding-ended": _l("The funding ended"),
    "not-renewed": _l("The contract was not renewed"),
    "moved": _l("She moved to another organization"),
    "other": _l("Another reason"),
    "undisclosed": _l("I do not wish to say"),
}
_SENTENCES = {
    "alike-contact": _l(
        "Somebody with this name and this e-mail or phone has a record already. Please say whether it is she."
    ),
    "alike-name": _l(
        "Somebody with this name has a record already. If it is she, write the e-mail or phone that she signs in "
        "with, so that she keeps her record."
    ),
    "alike-shared": _l("Somebody else uses this e-mail or phone already. Please say whether it is another person."),
    "already-employed": _l("She works here already, since %(since)s. End that first, or choose a later day."),
    "already-ended": _l("This employment has ended already, on %(on)s. Ask an administrator to correct it."),
    "cell-formula": _l("This begins like a formula of a spreadsheet. Please write plain words or numbers."),
    "cell-surplus": _l(
        "We do not know where “%(cell)s” belongs. A line holds one name, one job title, one e-mail, one phone number, "
        "one first day and one number of hours."
    ),
    "contract-ends-first": _l("The last day must not be before the first day."),
    "contract-there": _l("This contract is recorded already: the same department, program and first day."),
    "date-wrong": _l("This is not a date. Please write it like 2026-07-31 or 7/31/2026."),
    "delegates-to-herself": _l("Please choose a colleague, not yourself."),
    "delegation-outlasts": _l("You supervise here until %(on)s. Please choose that day or an earlier one."),
    "delegation-past": _l("Please choose today or a later day."),
    "delegation-too-long": _l("Please choose a day within half a year. You can do it again later."),
    "end-before-start": _l("She began on %(since)s. The last day must not be before that."),
    "end-in-next": _l("She works here again since %(since)s. The last day must be before that."),
    "end-too-late": _l("This day is more than a year ahead. Please check the year."),
    "hours-implausible": _l("Please write hours a week from 0 to 80, such as 37.5."),
    "key-taken": _l("Another organization has this short key. Please choose another one."),
    "key-wrong": _l("Please write a short key with small letters, digits and hyphens, such as rising-hope."),
    "kind-unknown": _l("Please choose one of the kinds."),
    "list-begun": _l("This list was begun already."),
    "list-changed": _l("Something has changed here meanwhile. Please look at the page once more."),
    "list-empty": _l("There is nobody in this list. Below the names of the columns each row is one person."),
    "list-has-faults": _l(
        "Some rows cannot be done yet. Mend them and bring the list again, or say below that the others shall be done."
    ),
    "list-needed": _l("Please choose a file, or paste the lines."),
    "list-twice": _l("Please choose a file or paste lines, not both."),
    "list-withdrawn": _l("This list was put away. Please bring it again."),
    "name-taken": _l("Another organization has this name already."),
    "organization-missing": _l("Please write the organization: its name or its short key."),
    "organization-unknown": _l("We do not know this organization among yours. Please check its name."),
    "own-employment": _l("You cannot end your own employment. Ask an administrator to do it."),
    "paid-outside": _l("These days must lie within the contract and within the employment."),
    "payer-not-a-department": _l("Please choose a department as the one who pays."),
    "program-empty": _l("Please write the name of the program."),
    "program-too-long": _l("The name of the program is too long. Please use at most %(most)s letters."),
    "reason-unknown": _l("Please choose a reason."),
    "row-first": _l("Row %(row)s is the same person. Please settle that row first."),
    "row-too-long": _l("This row has more cells than there are columns. Perhaps a comma belongs in quotation marks."),
    "row-twice": _l("Row %(row)s says otherwise of the same person at the same organization."),
    "sent-before": _l("This form was sent before, with other choices. Please look at these once more, then confirm."),
    "start-too-early": _l("Please check the year of the first day."),
    "start-too-late": _l("This day is more than a year ahead. Please check the year."),
    "supervises-already": _l("She supervises here already. End that first, if you wish to change the day."),
    "supervises-herself": _l("You cannot make yourself a supervisor. Ask another administrator."),
    "team-named": _l("There is a team with this name already. Please choose another name."),
    "terms-outside": _l("Please choose a day within the employment. It began on %(since)s."),
    "title-empty": _l("Please write the job title."),
    "title-too-long": _l("The job title is too long. Please use at most %(most)s letters."),
    "transfer-same": _l("She works there already. Please choose another organization."),
    "unclear-person": _l(
        "We cannot tell who this is. Please check the name, the e-mail and the phone number with her, "
        "or ask an administrator."
    ),
    "yes-or-no": _l("Please write yes or no."),
}


def sentence(error: RuleBroken) -> str:
    """Return what to tell the reader about a refused change: what is wrong, and what to do."""
    if error.code not in _SENTENCES:
        return str(people.sentence(error))
    values = {key: format_date(value) if isinstance(value, date) else value for key, value in error.values.items()}
    return str(_SENTENCES[error.code]) % values


def area_name(spa: int) -> str:
    """Return a service planning area with its number and name."""
    return f"{spa} {AREA_NAMES[spa]}"


COLUMN_NAMES = {
    "name": _l("Name"),
    "email": _l("E-mail"),
    "phone": _l("Phone"),
    "language": _l("Language"),
    "organization": _l("Organization"),
    "title": _l("Job title"),
    "started_on": _l("First day"),
    "hours_per_week": _l("Hours a week"),
    "by_text": _l("Invitation by text message"),
}
#: What is wrong with a file as a whole, by the code of a `rules.TableProblem`.
_FILE_SENTENCES = {
    "file-broken": _l("The file cannot be read from this row on. Please save it again as CSV or as .xlsx."),
    "file-empty": _l("The file is empty. Its first row must name the columns."),
    "file-no-table": _l("This is not a table. Please save it as CSV (UTF-8) or as an Excel workbook (.xlsx)."),
    "file-no-workbook": _l("This Excel workbook cannot be opened. Please save it again as .xlsx."),
    "file-old-excel": _l(
        "This is an old Excel file, or one with a password. Please save it as .xlsx without a password."
    ),
    "file-too-large": _l("The file is larger than %(most)s MB. Please take it apart."),
    "file-too-long": _l("There are more than %(most)s rows. Please take the list apart."),
    "file-too-wide": _l("There are more than %(most)s columns. Please keep only those that are needed."),
    "column-missing": _l("The column “%(column)s” is missing. The first row must name the columns."),
    "column-twice": _l("The column “%(column)s” is there twice."),
    "column-unknown": _l("We do not know the column “%(column)s”. The columns are: %(known)s."),
    "row-too-long": _SENTENCES["row-too-long"],
}


#: Why a row of a list is asked about, by the code of the question.
_QUESTIONS = {
    "alike-contact": _l("Somebody with a name like this and this e-mail or phone is known. It may be she."),
    "alike-name": _l("Somebody with this name, or one like it, is known. It may be she."),
    "alike-row": _l("Another row has the same name or one like it, or the same e-mail or phone. It may be she."),
    "alike-shared": _l("Somebody else uses this e-mail or phone. It may be she, under another name."),
}


def reason(fault: Fault) -> str:
    """Return why a row of a list is refused, or is asked about, with the name of the column that it is about."""
    if fault.code in _QUESTIONS:
        return str(_QUESTIONS[fault.code])
    said = sentence(RuleBroken(fault.code, **fault.values))
    return f"{COLUMN_NAMES[fault.column]}: {said}" if fault.column else said


def problem(found: RowProblem, names: Mapping[str, object] = COLUMN_NAMES) -> str:
    """Return what is wrong with a file, in the reader's language; as the command says it where we have no words.

    `names` are what its columns are called.
    """
    if not isinstance(found, TableProblem) or found.code not in _FILE_SENTENCES:
        return str(found)
    values = {
        key: ", ".join(str(names.get(each, each)) for each in str(value).split(", "))
        for key, value in found.values.items()
    }
    return str(_FILE_SENTENCES[found.code]) % values


def in_row(row: int, what: str) -> str:
    """Return what is wrong with a row, after its number; what is wrong with the headers or the whole file, alone."""
    return what if row <= 1 else _("Row %(row)s: %(what)s", row=row, what=what)
