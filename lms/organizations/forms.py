"""Shapes of what the pages of organizations send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.i18n import LANGUAGES
from lms.i18n import lazy_gettext as _l
from lms.organizations import messages
from lms.organizations.queries import Choice
from lms.people.forms import BY_TEXT, OF_NEWCOMERS
from lms.web.forms import Form, OnceForm, choices_of

_REQUIRED = InputRequired(_l("Please fill this in."))
_CHOOSE = InputRequired(_l("Please choose one."))


def _ticks(label: Any, names: dict[Any, Any], coerce: Any = str) -> SelectMultipleField:
    """Return a field of ticks, one for each of `names`."""
    return SelectMultipleField(
        label,
        choices=choices_of(names.items()),
        coerce=coerce,
        validators=[Optional()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class FactsForm(Form):
    """What an administrator writes of an organization."""

    beside: ClassVar[Mapping[str, str]] = {
        "name-taken": "name",
        "name_characters": "name",
        "name_empty": "name",
        "name_too_long": "name",
    }

    name = StringField(_l("Name"), validators=[_REQUIRED, Length(max=200)])
    areas = _ticks(_l("Service planning areas"), {n: f"{n} {name}" for n, name in messages.AREA_NAMES.items()}, int)
    boundary_year = SelectField(
        _l("Boundaries of the areas"),
        choices=choices_of([("2022", "2022"), ("2012", "2012"), ("2002", "2002")]),
        coerce=int,
        default=2022,
    )
    geographies = _ticks(_l("Priority geographies"), messages.GEOGRAPHY_NAMES)
    populations = _ticks(_l("Populations it serves"), messages.POPULATION_NAMES)
    closed_on = DateField(
        _l("Closed, last day"), description=_l("Only for an organization that has closed."), validators=[Optional()]
    )


class NewOrganizationForm(FactsForm):
    """An organization that is not there yet."""

    order = ("name", "kind", "key")
    beside: ClassVar[Mapping[str, str]] = {
        **FactsForm.beside,
        "key-taken": "key",
        "key-wrong": "key",
        "kind-unknown": "kind",
    }

    kind = RadioField(_l("Kind"), choices=choices_of(messages.KIND_NAMES.items()), validators=[_CHOOSE])
    key = StringField(
        _l("Short key"),
        description=_l("For files and imports, such as rising-hope. Leave it empty to make one from the name."),
        validators=[Optional(), Length(max=60)],
    )


class ContractForm(Form):
    """A contract with a department."""

    beside: ClassVar[Mapping[str, str]] = {
        "contract-ends-first": "ended_on",
        "payer-not-a-department": "department",
        "program-empty": "program",
        "program-too-long": "program",
    }

    department = SelectField(_l("Department that pays"), validators=[_CHOOSE])
    program = StringField(_l("Program"), validators=[_REQUIRED, Length(max=120)])
    started_on = DateField(_l("First day"), validators=[_REQUIRED])
    ended_on = DateField(_l("Last day"), validators=[Optional()])


class ContractEndForm(Form):
    """The last day of a contract; empty while it goes on."""

    beside: ClassVar[Mapping[str, str]] = {"contract-ends-first": "ended_on"}

    ended_on = DateField(_l("Last day"), validators=[Optional()])


class PaidForm(Form):
    """An employment that is paid under a contract."""

    employment = SelectField(_l("Person"), validators=[_CHOOSE])
    started_on = DateField(_l("Paid from"), validators=[_REQUIRED])
    ended_on = DateField(_l("Paid until"), validators=[Optional()])


class TermsForm(Form):
    """On which terms somebody works, from a day on."""

    beside: ClassVar[Mapping[str, str]] = {
        "hours-implausible": "hours_per_week",
        "kind-unknown": "kind",
        "title-empty": "title",
        "title-too-long": "title",
    }

    #: The organizations that `supervising_provider` lists; the view sets both.
    providers: Sequence[Choice] = ()
    title = StringField(_l("Job title"), validators=[_REQUIRED, Length(max=120)])
    kind = RadioField(
        _l("Kind of work"),
        choices=choices_of(messages.EMPLOYMENT_NAMES.items()),
        default="employee",
        validators=[_CHOOSE],
    )
    #: Shown as it was entered: 20, not 20.00.
    hours_per_week = DecimalField(_l("Hours a week"), places=None, validators=[Optional()])
    work_area = SelectField(_l("Service planning area where she mostly works"), validators=[Optional()])
    supervising_provider = SelectField(
        _l("Medi-Cal supervising provider"),
        description=_l("Only where her services are billed to Medi-Cal."),
        validators=[Optional()],
    )


class ChangeTermsForm(TermsForm):
    """New terms of an employment."""

    order = ("since",)
    beside: ClassVar[Mapping[str, str]] = {**TermsForm.beside, "terms-outside": "since"}

    since = DateField(_l("From"), validators=[_REQUIRED])


class StartForm(TermsForm, OnceForm):
    """Somebody who begins to work here, with a record already or not."""

    order = (
        "same",
        "organization",
        "name",
        "language",
        "phone",
        "by_text",
        "email",
        "is_work",
        "started_on",
        "title",
        "kind",
    )
    beside: ClassVar[Mapping[str, str]] = {
        **TermsForm.beside,
        **OF_NEWCOMERS,
        "already-employed": "started_on",
        "start-too-early": "started_on",
        "start-too-late": "started_on",
    }

    #: Whether to ask if it is the same person.
    asks = False
    organization = SelectField(_l("Organization"), validators=[_CHOOSE])
    name = StringField(_l("Name"), description=_l("As she writes it. She can correct it."), validators=[_REQUIRED])
    language = RadioField(_l("Language she reads"), choices=choices_of(LANGUAGES), validators=[_CHOOSE])
    phone = StringField(_l("Phone"), validators=[Optional(), Length(max=40)])
    by_text = BooleanField(BY_TEXT)
    email = StringField(_l("E-mail"), validators=[Optional(), Length(max=254)])
    is_work = BooleanField(_l("This e-mail belongs to us. It ends when she leaves."))
    started_on = DateField(_l("First day"), validators=[_REQUIRED])
    #: The answer to "is it the same person?", asked when somebody alike has a record.
    same = RadioField(
        _l("Is it the same person?"),
        choices=choices_of(
            [
                ("same", _l("Yes. She keeps her record and her way to sign in.")),
                ("other", _l("No, it is another person. Begin a new record.")),
            ]
        ),
        validate_choice=False,
    )


class TransferForm(TermsForm, OnceForm):
    """Somebody who moves to another organization."""

    order = ("organization", "started_on", "title", "kind")
    beside: ClassVar[Mapping[str, str]] = {
        **TermsForm.beside,
        "already-employed": "started_on",
        "already-ended": "started_on",
        "end-before-start": "started_on",
        "end-in-next": "started_on",
        "end-too-late": "started_on",
        "start-too-early": "started_on",
        "start-too-late": "started_on",
        "transfer-same": "organization",
    }

    organization = SelectField(_l("Where she goes"), validators=[_CHOOSE])
    started_on = DateField(
        _l("First day there"), description=_l("Her last day here is the day before."), validators=[_REQUIRED]
    )


class DelegateForm(Form):
    """How long a colleague stands in for a supervisor."""

    beside: ClassVar[Mapping[str, str]] = {
        "delegation-outlasts": "until",
        "delegation-past": "until",
        "delegation-too-long": "until",
        "delegates-to-herself": "colleague",
        "supervises-already": "colleague",
    }

    colleague = SelectField(_l("Colleague"), validators=[_CHOOSE])
    until = DateField(_l("Last day"), validators=[_REQUIRED])


class BringForm(OnceForm):
    """A list of people who work here: a file, or pasted lines."""

    beside: ClassVar[Mapping[str, str]] = {"list-needed": "lines", "list-twice": "lines", "list-empty": "lines"}

    lines = TextAreaField(
        _l("Paste the lines"),
        description=_l("One person in each line: name, phone or e-mail, job title, with commas between."),
        validators=[Optional(), Length(max=100_000)],
    )
    file = FileField(
        _l("Or choose a file"), description=_l("From a spreadsheet: CSV or Excel (.xlsx)."), validators=[Optional()]
    )
    organization = SelectField(_l("Organization"), validators=[Optional()])
    language = SelectField(_l("Language, where the list has none"), choices=choices_of(LANGUAGES))
    title = StringField(_l("Job title, where the list has none"), validators=[Optional(), Length(max=120)])


class ApplyForm(Form):
    """The last look at a list before it is done."""

    invites = BooleanField(
        _l("Send an invitation to everybody who is new"),
        description=_l(
            "By e-mail; by text only where the list says that she gave her number for it. Print it for the others."
        ),
        default=True,
    )
    only_valid = BooleanField(_l("Leave out the rows that cannot be done, and do the others"))


class EndForm(Form):
    """The end of an employment."""

    beside: ClassVar[Mapping[str, str]] = {
        "end-before-start": "ended_on",
        "end-in-next": "ended_on",
        "end-too-late": "ended_on",
        "reason-unknown": "reason",
    }

    ended_on = DateField(_l("Last day"), validators=[_REQUIRED])
    reason = RadioField(_l("Reason"), choices=choices_of(messages.REASON_NAMES.items()), validators=[_CHOOSE])


class TeamForm(Form):
    """The name of a team. Who is in it is read beside the form: ticks with public ids of employments."""

    beside: ClassVar[Mapping[str, str]] = {"team-named": "name"}

    name = StringField(
        _l("Name of the team"),
        filters=[lambda typed: " ".join((typed or "").split())],
        validators=[_REQUIRED, Length(max=80)],
    )


class NewTeamForm(OnceForm, TeamForm):
    """A team that is not there yet."""

    order = ("organization", "name")

    organization = SelectField(_l("Organization"), validators=[_CHOOSE])
