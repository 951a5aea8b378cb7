"""The blueprint of quizzes' pages."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("assessments", __name__, template_folder="../templates")
