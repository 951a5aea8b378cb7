"""The blueprint of quizzes' pages. Each type of question brings its own templates: "items/<type>/question.html"."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader

from lms.assessments import items

_HERE = Path(items.__file__).parent

bp = Blueprint("assessments", __name__, template_folder="../templates")
bp.jinja_loader = ChoiceLoader(
    [FileSystemLoader(_HERE.parent / "templates"), PrefixLoader({"items": FileSystemLoader(_HERE)})]
)
