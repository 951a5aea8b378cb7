"""The words of organizations: sentences for what is refused, and names of kinds, places, populations and reasons."""

from __future__ import annotations

from datetime import date

from lms.errors import RuleBroken
from lms.i18n import format_date
from lms.i18n import lazy_gettext as _l
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
    "contract-ends-first": _l("The last day must not be before the first day."),
    "contract-there": _l("This contract is recorded already: the same department, program and first day."),
    "end-before-start": _l("She began on %(since)s. The last day must not be before that."),
    "end-in-next": _l("She works here again since %(since)s. The last day must be before that."),
    "end-too-late": _l("This day is more than a year ahead. Please check the year."),
    "hours-implausible": _l("Please write hours a week from 0 to 80, such as 37.5."),
    "key-taken": _l("Another organization has this short key. Please choose another one."),
    "key-wrong": _l("Please write a short key with small letters, digits and hyphens, such as rising-hope."),
    "kind-unknown": _l("Please choose one of the kinds."),
    "name-taken": _l("Another organization has this name already."),
    "own-employment": _l("You cannot end your own employment. Ask an administrator to do it."),
    "paid-outside": _l("These days must lie within the contract and within the employment."),
    "payer-not-a-department": _l("Please choose a department as the one who pays."),
    "program-empty": _l("Please write the name of the program."),
    "program-too-long": _l("The name of the program is too long. Please use at most %(most)s letters."),
    "reason-unknown": _l("Please choose a reason."),
    "sent-before": _l("This form was sent before, with other choices. Please look at these once more, then confirm."),
    "start-too-early": _l("Please check the year of the first day."),
    "start-too-late": _l("This day is more than a year ahead. Please check the year."),
    "supervises-herself": _l("You cannot make yourself a supervisor. Ask another administrator."),
    "team-named": _l("There is a team with this name already. Please choose another name."),
    "terms-outside": _l("Please choose a day within the employment. It began on %(since)s."),
    "title-empty": _l("Please write the job title."),
    "title-too-long": _l("The job title is too long. Please use at most %(most)s letters."),
    "unclear-person": _l(
        "We cannot tell who this is. Please check the name, the e-mail and the phone number with her, "
        "or ask an administrator."
    ),
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
