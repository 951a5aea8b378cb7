"""What the page of publishing sends: a choice for each change, what may disappear, and the mark of the plan."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField
from wtforms.validators import Length

from lms.publish import rules
from lms.publish.service import Intent
from lms.tracks.rules.versions import Choices, Kind
from lms.web.forms import Form

#: What is asked of each change, as the fields of the page are called: "track.core.change".
FIELDS = ("change", "not_started", "under_way", "finished", "days")
Values = MultiDict[str, str]


class PublishForm(Form):
    """The last press: publish exactly the plan of this mark. The choices stand beside it, as they were looked at."""

    mark = HiddenField(validators=[Length(min=12, max=12)])


def read_intent(values: Values, known: Collection[tuple[str, str]], *, mark: str, by: int) -> Intent:
    """Return what the fields say of the changes that there are; one without a label says nothing."""
    choices: dict[tuple[Kind, str], Choices] = {}
    for kind, key in known:
        said = {name: values.get(f"{kind}.{key}.{name}", "")[:20] for name in FIELDS}
        days = said.pop("days").strip()
        if said["finished"] == "renew":
            said["finished"] = f"renew:{days if days.isascii() and days.isdigit() and len(days) < 6 else 0}"
        if said["change"] in rules.LABELS:
            choices[cast("Kind", kind), key] = rules.choices_of(
                (cast("Kind", kind), key), {k: v for k, v in said.items() if v}
            )
    retire = [each[:80] for each in values.getlist("retire")[:500]]
    return Intent(retire, choices, mark, by)


def read_again(values: Values) -> list[tuple[str, str]]:
    """Return the fields that say what was looked at, to be sent once more."""
    return [
        (name, value)
        for name, value in values.items(multi=True)
        if name == "retire" or name.rpartition(".")[2] in FIELDS
    ]
