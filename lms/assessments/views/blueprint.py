"""The blueprint of quizzes' pages. Each type of question brings its own templates: "items/<type>/question.html"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader

from lms.assessments import items

_HERE = Path(items.__file__).parent

bp = Blueprint("assessments", __name__, template_folder="../templates")
bp.jinja_loader = ChoiceLoader(
    [FileSystemLoader(_HERE.parent / "templates"), PrefixLoader({"items": FileSystemLoader(_HERE)})]
)


@bp.app_template_filter("gapped")
def gapped(text: object) -> Iterator[tuple[str, str]]:
    """Yield the pieces of a text with gaps, "...{gap}...": the words before a gap, and its id, "" after the last."""
    pieces = re.split(r"\{([\w-]+)\}", str(text))
    yield from zip(pieces[::2], [*pieces[1::2], ""], strict=True)
