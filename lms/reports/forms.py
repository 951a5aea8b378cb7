"""The filters of a report. They stay in the address, so the form is sent by GET and carries no key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import DateField, SelectField
from wtforms.validators import Optional

from lms.content.library import Text
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l
from lms.reports.messages import group_name, period_name
from lms.reports.rules import CUSTOM, GROUPS, PRESETS, Question, find_period
from lms.web.forms import Form

#: What the address of a report holds.
FILTERS = ("of", "period", "track", "group", "since", "until")


def _or_none() -> Any:
    """Return what lets a field be empty without a word about it: whether it may be depends on another field."""
    validator = Optional()
    validator.field_flags = {}
    return validator


class FilterForm(Form):
    """What to show: whose completions, of which track, in which period, and what the rows are."""

    class Meta(Form.Meta):
        """A form that changes nothing."""

        csrf = False

    of = SelectField(_l("Whose completions"))
    period = SelectField(_l("Period"))
    track = SelectField(_l("Track"))
    group = SelectField(_l("One row for each"))
    since = DateField(_l("First day"), [_or_none()], description=_l("Needed for “From one day to another”."))
    until = DateField(_l("Last day"), [_or_none()], description=_l("Needed for “From one day to another”."))

    today: date
    is_guarded: bool

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Return whether there is such a report; what is wrong stands beside its field."""
        if not super().validate(extra_validators):
            return False
        period = find_period(self.period.data, self.today, self.since.data, self.until.data)
        if period is None:
            self._refuse_days()
        elif self.is_guarded and self.track.data and not period.is_year:
            self.track.errors = [_("The figures of one track are released for whole years. Please choose a year.")]
        return not self.errors

    def _refuse_days(self) -> None:
        for field in (self.since, self.until):
            if field.data is None:
                field.errors = [_("Please choose a day.")]
        if self.since.data and self.until.data:
            self.until.errors = [_("The last day must not be before the first day.")]

    @property
    def question(self) -> Question:
        """What a valid form asks."""
        period = find_period(self.period.data, self.today, self.since.data, self.until.data)
        assert period is not None  # noqa: S101 -- the form is valid
        return Question(period, self.track.data, self.group.data)


def filter_form(
    args: MultiDict[str, str],
    scopes: Sequence[tuple[str, str]],
    released: Sequence[str] | None,
    tracks: Sequence[tuple[str, Text]],
    today: date,
) -> FilterForm:
    """Return the form as the address fills it.

    `scopes` are keys and names to choose from, `released` the periods that are out, for who reads aggregates.
    """
    periods, asked = [*PRESETS, CUSTOM] if released is None else list(released), args.get("period", "")
    if released is None and asked not in periods and find_period(asked, today):
        periods.insert(0, asked)
    defaults = {"of": scopes[0][0], "period": periods[0] if periods else "", "track": "", "group": GROUPS[0]}
    form = FilterForm(MultiDict(defaults | args.to_dict()))
    form.today, form.is_guarded, form.of.choices = today, released is not None, list(scopes)
    form.period.choices = [(key, period_name(key, today)) for key in periods]
    form.track.choices = [("", _("All tracks"), {}), *((key, title.text, _tongue(title)) for key, title in tracks)]
    form.group.choices = [(group, group_name(group)) for group in GROUPS]
    return form


def _tongue(title: Text) -> dict[str, str]:
    """Return how a choice says that its words are English for want of a translation."""
    return {"lang": "en"} if title.state == "missing" else {}
