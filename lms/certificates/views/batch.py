"""The check of many numbers at once: pasted or in a file, answered as a page, as CSV and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify, request

from lms.certificates import messages, queries
from lms.certificates.queries import EditionFacts, Known
from lms.certificates.rules.batches import Asked, decode, read_list
from lms.certificates.rules.checks import Check, counts_of
from lms.certificates.rules.names import mask_name
from lms.certificates.rules.public import NAMED
from lms.certificates.rules.serials import show_serial
from lms.certificates.views import turns
from lms.certificates.views.blueprint import bp, page, titled
from lms.certificates.views.public import edition_of
from lms.certificates.views.saying import facts_of, quiet, told_of, told_refused, wants
from lms.clock import local_date, now
from lms.db import reading
from lms.errors import RuleBroken
from lms.i18n import gettext as _
from lms.organizations.rules.tables import write_table
from lms.web.access import public
from lms.web.shell import csrf


@dataclass(frozen=True)
class Line:
    """One line of a list and what came of it."""

    asked: Asked
    state: str
    known: Known | None = None
    shown: EditionFacts | None = None

    @property
    def serial(self) -> str:
        """Return the number as it is printed, or what was typed."""
        return show_serial(self.asked.serial) if self.asked.serial else self.asked.typed

    @property
    def said(self) -> str:
        """Return the state and what it means, in a sentence."""
        if self.known is None or self.shown is None:
            return told_refused(self.state).heading
        told = told_of(self.known, self.shown, self.state)
        said = told.heading if self.state == "valid" else f"{told.heading}. {told.text}"
        invented = _("Demonstration: an invented person")
        return f"{invented}. {said}" if self.shown.payload["demonstration"] else said

    @property
    def masked(self) -> str:
        """Return the masked name where it is shown, else ""."""
        return mask_name(self.shown.payload["name"]) if self.shown and self.state in NAMED else ""

    def fact(self, name: str) -> str:
        """Return a signed fact, "" for a number that nobody has."""
        return str((self.shown.payload[name] if self.shown else "") or "")

    @property
    def training(self) -> str:
        """Return the title of what was learned."""
        return str(titled(self.shown.payload["track"]["title"])) if self.shown else ""


@bp.route("/verify/many", methods=["GET", "POST"])
@public
@csrf.exempt  # type: ignore[untyped-decorator]  # it changes nothing and acts for nobody; a program has no other proof
def verify_many() -> Any:
    """Check up to five hundred numbers at once."""
    if request.method == "GET":
        return quiet(page("verify_many.html", lines=(), text="", refused=""))
    turns.take_turn("batch")
    try:
        text, asked = _sent()
    except RuleBroken as error:
        return _refused(error)
    lines = _judged(asked)
    answer = _answered(lines, text)
    turns.count("batch", counts_of(Check(each.known.award_id if each.known else None, each.state) for each in lines))
    return quiet(answer)


def _sent() -> tuple[str, list[Asked]]:
    """Return the list that was sent, as text and as read. Raises `RuleBroken` as `rules.batches` does."""
    file = request.files.get("file")
    content = file.read() if file and file.filename else b""
    if not content and request.mimetype in ("text/csv", "text/plain"):
        content = request.get_data()
    pasted = request.form.get("serials", "")
    text = decode(content or pasted.encode())
    return text, read_list(text)


def _judged(asked: Sequence[Asked]) -> list[Line]:
    """Return what each line is worth today. Four queries."""
    found = queries.shown_of(reading(), {each.serial for each in asked if each.serial})
    return [_line(each, found.get(each.serial or "")) for each in asked]


def _line(asked: Asked, known: Known | None) -> Line:
    shown = edition_of(known, asked.edition) if known else None
    if known is None or shown is None:
        return Line(asked, "unknown" if asked.serial else "mistyped")
    return Line(asked, known.state_of(shown, local_date(now())), known, shown)


def _answered(lines: list[Line], text: str) -> tuple[str | Response, int]:
    if wants("application/json"):
        return jsonify({"lines": [_facts(line) for line in lines]}), 200
    if request.form.get("as") == "csv" or wants("text/csv"):
        response = Response(write_table(_rows(lines)), mimetype="text/csv")
        response.headers["Content-Disposition"] = 'attachment; filename="certificates-checked.csv"'
        return response, 200
    return page("verify_many.html", lines=lines, counts=Counter(line.state for line in lines), text=text, refused="")


def _facts(line: Line) -> dict[str, Any]:
    facts: dict[str, Any] = {"line": line.asked.line, "typed": line.asked.typed}
    if line.known is None or line.shown is None:
        return facts | {"state": line.state}
    return facts | facts_of(line.known, line.shown, line.state)


def _rows(lines: list[Line]) -> Iterator[list[object]]:
    heads = _("Training"), _("Name"), _("Issued on"), _("Valid until")
    yield [_("Line"), _("Number"), _("State"), _("What it is worth"), *heads]
    for each in lines:
        facts = each.training, each.masked, each.fact("awarded_on"), each.fact("valid_until")
        yield [each.asked.line, each.serial, each.state, each.said, *facts]


def _refused(error: RuleBroken) -> Response:
    """Answer a list that cannot be read: 413 when it is too long, else 400."""
    status = 413 if error.code in ("list_too_long", "list_too_large") else 400
    if wants("application/json"):
        return quiet((jsonify({"error": error.code, "message": messages.sentence(error)}), status))
    text = request.form.get("serials", "")
    return quiet(page("verify_many.html", lines=(), text=text, refused=messages.sentence(error), status=status))
