"""Decisions about reports: periods, the shape of tables and files, and how small groups stay hidden."""

from __future__ import annotations

from lms.reports.rules.figures import THRESHOLD, Figures, Label, Sum, is_small
from lms.reports.rules.files import Cell as SheetCell
from lms.reports.rules.files import Sheet, as_csv, as_json, as_xlsx
from lms.reports.rules.periods import CUSTOM, PRESETS, Period, find_period, quarter_of
from lms.reports.rules.releases import (
    AREAS,
    SETTLING_DAYS,
    Cell,
    Count,
    Field,
    Program,
    Release,
    is_due,
    periods_of,
    release,
)
from lms.reports.rules.releases import Label as ReleaseLabel
from lms.reports.rules.suppression import WIDTH, grid, hidden_counts
from lms.reports.rules.tables import GROUPS, NAMES, Question, Report, Row, guarded_report

__all__ = [
    "AREAS",
    "CUSTOM",
    "GROUPS",
    "NAMES",
    "PRESETS",
    "SETTLING_DAYS",
    "THRESHOLD",
    "WIDTH",
    "Cell",
    "Count",
    "Field",
    "Figures",
    "Label",
    "Period",
    "Program",
    "Question",
    "Release",
    "ReleaseLabel",
    "Report",
    "Row",
    "Sheet",
    "SheetCell",
    "Sum",
    "as_csv",
    "as_json",
    "as_xlsx",
    "find_period",
    "grid",
    "guarded_report",
    "hidden_counts",
    "is_due",
    "is_small",
    "periods_of",
    "quarter_of",
    "release",
]
