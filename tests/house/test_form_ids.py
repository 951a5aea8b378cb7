"""A form's id is not that of one of its fields: the field's label would then name the form."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

LMS = Path(__file__).parents[2] / "lms"
TEMPLATES = sorted(LMS.glob("*/templates/**/*.html"))
FORM = re.compile(r'ui\.form\("([\w-]+)"|<form[^>]*\bid="([\w-]+)"')
FIELD = re.compile(r"ui\.field\(form\.(\w+)")


def clashes(text: str) -> set[str]:
    """Return the ids that a form and a field of the page `text` share."""
    return {one or other for one, other in FORM.findall(text)} & set(FIELD.findall(text))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(LMS)))
def test_no_field_shares_its_id_with_its_form(template: Path) -> None:
    assert not clashes(template.read_text())


def test_a_clash_would_be_seen() -> None:
    assert clashes('{% call ui.form("name", of=form) %}{{ ui.field(form.name) }}') == {"name"}
    assert clashes('<form class="form" id="name">{{ ui.field(form.name, rows=3) }}') == {"name"}
    assert not clashes('{% call ui.form("own-name", of=form) %}{{ ui.field(form.name) }}')
