"""Papers of a session: the list to sign, with both times, and the roster. Letter upright, names as people write them.

What a sign-in sheet holds follows the nurse-aide rules of California's Department of Public Health: title, date, time
of beginning and end, the instructor's name and signature, and each participant's name and signature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from flask import Response, current_app
from reportlab.lib.pagesizes import letter
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas

from lms.db import reading
from lms.fieldwork.queries import attendance
from lms.fieldwork.queries.sessions import GroupRow, list_sign_ups
from lms.fieldwork.views.blueprint import bp
from lms.fieldwork.views.rosters import organizations_on, sheet_reference
from lms.fieldwork.views.session_words import entry_words, host_of, language_name
from lms.fieldwork.views.shared import kept_session, told
from lms.i18n import format_instant
from lms.i18n import gettext as _
from lms.web.access import signed_in
from lms.web.fonts import REGULAR, SEMIBOLD, load_fonts, width_of, wrap

WIDTH, HEIGHT = letter
MARGIN = 0.6 * inch
#: Empty lines for people who were not signed up.
SPARE = 8
_ROW, _SIGNED_ROW = 24.0, 34.0


@dataclass(frozen=True)
class Column:
    """One column of a paper: what stands on top, and how wide it is, in points."""

    head: str
    width: float


@bp.get("/sessions/<public_id>/<any(roster,sheet):kind>.pdf")
@signed_in
def sheet(public_id: str, kind: str) -> Response:
    """Send the list to sign, or the roster, as a PDF."""
    group = kept_session(public_id)
    body = draw_sign_in(group) if kind == "sheet" else draw_roster(group)
    headers = {"Content-Disposition": f'inline; filename="{kind}-{sheet_reference(group)}.pdf"'}
    return current_app.response_class(body, mimetype="application/pdf", headers=headers)


def draw_sign_in(group: GroupRow) -> bytes:
    """Return the list that people sign: everybody with a place, and some empty lines."""
    columns = [
        Column("", 22),
        Column(_("Name"), 190),
        Column(_("Came at"), 64),
        Column(_("Signature"), 188),
        Column(_("Left at"), 64),
    ]
    names = [row.name for row in list_sign_ups(reading(), [group.id]) if not row.is_waiting]
    rows = [[str(n), name, "", "", ""] for n, name in enumerate([*names, *([""] * SPARE)], 1)]
    return _Paper(group, _("List to sign"), columns, _SIGNED_ROW).drawn(rows, signs=True)


def draw_roster(group: GroupRow) -> bytes:
    """Return everybody on the list, with her language, where she works, and how she stands to the session."""
    columns = [
        Column("", 22),
        Column(_("Name"), 180),
        Column(_("Language"), 90),
        Column(_("Organization"), 130),
        Column("", 106),
    ]
    entries = attendance.latest_entries(reading(), group.id)
    rows = list_sign_ups(reading(), [group.id])
    works = organizations_on(group, {*entries, *(row.person_id for row in rows)})
    tongues = {row.person_id: language_name(row.language) for row in rows}
    standing = {row.person_id: _("on the waiting list") if row.is_waiting else _("has a place") for row in rows}
    standing |= {each.person_id: entry_words(each, group.starts_at) for each in entries.values()}
    names = {row.person_id: row.name for row in rows} | {each.person_id: each.name for each in entries.values()}
    lines = [
        [str(number), name, tongues.get(each, ""), works.get(each, ""), standing[each]]
        for number, (each, name) in enumerate(sorted(names.items(), key=lambda pair: pair[1].casefold()), 1)
    ]
    return _Paper(group, _("Roster"), columns, _ROW).drawn(lines, signs=False)


def drawable(text: str, font: str = REGULAR) -> str:
    """Return `text` with a question mark for each letter that the font cannot draw: a list must not fail for one."""
    known = load_fonts()[font]
    return "".join(each if ord(each) in known else "?" for each in text)


def fitting(line: str, font: str, most: float, width: float) -> float:
    """Return the size, `most` at most, at which a line is no wider than `width` points: a name is never cut."""
    own = width_of(line, font, most)
    return most if own <= width else most * width / own


class _Paper:
    """One list, drawn page by page."""

    def __init__(self, group: GroupRow, kind: str, columns: Sequence[Column], row: float) -> None:
        load_fonts()
        self.group, self.kind, self.columns, self.row = group, kind, columns, row
        self.about = told(group)
        self.file = BytesIO()
        self.canvas = Canvas(self.file, pagesize=letter, invariant=True)
        self.canvas.setTitle(f"{kind}: {group.title}")
        self.number, self.top = 0, 0.0

    def drawn(self, rows: Sequence[Sequence[str]], *, signs: bool) -> bytes:
        """Return the paper with these rows; with room for the teacher's signature where she `signs`."""
        self._begin_page()
        for row in rows:
            height = self._height(row, self.row)
            if self.top - height < MARGIN + 24:
                self._end_page()
                self._begin_page()
            self._draw_row(row, height)
        if signs:
            self._sign()
        self._end_page()
        self.canvas.save()
        return self.file.getvalue()

    def _begin_page(self) -> None:
        self.number += 1
        self.top = HEIGHT - MARGIN
        self._text(self.kind, SEMIBOLD, 11)
        for line in wrap(drawable(self.group.title, SEMIBOLD).split(" "), SEMIBOLD, 17, WIDTH - 2 * MARGIN):
            self._text(line, SEMIBOLD, 17)
        for line in self._facts():
            for part in wrap(drawable(line).split(" "), REGULAR, 10, WIDTH - 2 * MARGIN):
                self._text(part, REGULAR, 10)
        self.top -= 8
        heads = [each.head for each in self.columns]
        self._draw_row(heads, self._height(heads, 20, SEMIBOLD), SEMIBOLD)

    def _facts(self) -> list[str]:
        """Return what stands under the title."""
        group = self.group
        teachers = self.about["teachers"] or "________________________"
        return [
            self.about["when"],
            self.about["where"],
            _("Held by %(host)s, in %(language)s", host=host_of(group),
              language=language_name(group.language)),
            _("Taught by %(names)s", names=teachers),
            _("Number of this list: %(number)s", number=sheet_reference(group)),
        ]  # fmt: skip

    def _text(self, text: str, font: str, size: float) -> None:
        self.top -= size * 1.35
        self.canvas.setFont(font, size)
        self.canvas.drawString(MARGIN, self.top, drawable(text, font))

    def _cell(self, text: str, column: Column, font: str = REGULAR) -> list[str]:
        return wrap(drawable(text, font).split(" "), font, 10, column.width - 8) if text else []

    def _height(self, row: Sequence[str], least: float, font: str = REGULAR) -> float:
        most = max(len(self._cell(text, column, font)) for text, column in zip(row, self.columns, strict=True))
        return max(least, 8 + 13.0 * most)

    def _draw_row(self, row: Sequence[str], height: float, font: str = REGULAR) -> None:
        left = MARGIN
        self.canvas.setLineWidth(0.5)
        for text, column in zip(row, self.columns, strict=True):
            self.canvas.rect(left, self.top - height, column.width, height)
            for number, line in enumerate(self._cell(text, column, font)):
                self.canvas.setFont(font, fitting(line, font, 10, column.width - 8))
                self.canvas.drawString(left + 4, self.top - 14 - 13 * number, line)
            left += column.width
        self.top -= height

    def _sign(self) -> None:
        """Draw the lines on which those who teach sign."""
        names = list(self.about["teacher_ids"].values()) or [""]
        for name in names:
            if self.top - 48 < MARGIN + 24:
                self._end_page()
                self._begin_page()
            self.top -= 44
            self.canvas.setLineWidth(0.7)
            self.canvas.line(MARGIN, self.top, MARGIN + 240, self.top)
            self.canvas.line(MARGIN + 270, self.top, MARGIN + 400, self.top)
            self.canvas.setFont(REGULAR, 9)
            told_name = _("Signature of %(name)s", name=name) if name else _("Signature of the teacher")
            self.canvas.drawString(MARGIN, self.top - 11, drawable(told_name))
            self.canvas.drawString(MARGIN + 270, self.top - 11, drawable(_("Date")))

    def _end_page(self) -> None:
        self.canvas.setFont(REGULAR, 8)
        foot = f"{sheet_reference(self.group)} · {self.number} · {format_instant(self.group.changed_at)}"
        self.canvas.drawString(MARGIN, MARGIN - 10, drawable(foot))
        self.canvas.showPage()
