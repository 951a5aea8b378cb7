"""How words of content stand on a page: in the reader's language, with English beneath where both are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from flask import Flask, current_app, g, request
from flask import session as cookie
from markupsafe import Markup

from lms.content.library import Text, mark_beside
from lms.i18n import language
from lms.web.access import find_actor, get_actor


@dataclass(frozen=True)
class Option:
    """One answer to choose; `label_en` stands beneath it where both languages are shown."""

    value: str
    label: str | Text
    label_en: str | None


@dataclass(frozen=True)
class Question:
    """One question of a quiz or a survey as the page shows it. Nothing here tells a right answer.

    `kind` is the type that its file names. `chosen` holds what was ticked, or the one text that was typed.
    """

    name: str
    kind: str
    prompt: Text
    prompt_en: str | None
    options: tuple[Option, ...]
    chosen: tuple[str, ...]
    #: The parts that are answered one by one, each in the field `<name>.<value>`.
    rows: tuple[Option, ...] = ()
    #: Its other sentences by their names, such as a text with gaps.
    texts: Mapping[str, Option] = field(default_factory=dict)
    required: bool = True
    error: str | None = None
    #: The worst state of its words, and the mark that it needs, as `ui.mark` takes it.
    wording: str = "source"
    mark: str | None = None
    #: The reading of exactly these words, and where it is played from.
    heard: object | None = None
    heard_href: str = ""

    @property
    def parts(self) -> Mapping[str, str]:
        """Return {row: value} of an answer in parts, "<row>=<value>" each."""
        return {row: value for row, is_part, value in (each.partition("=") for each in self.chosen) if is_part}


@dataclass(frozen=True)
class Step:
    """One line of a way: a lesson, a quiz, a module of a track. `state` is as `ui.steps` takes it."""

    label: str | Markup | Text
    state: str
    note: str = ""
    href: str | None = None
    label_en: str | None = None
    tag: str | None = None
    #: The state of its label's words, and the mark that it needs, as `ui.mark` takes it.
    wording: str = "source"
    mark: str | None = None


Piece = TypeVar("Piece", Question, Step)


def marked(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces of one page with the marks that they need beside those of the page."""
    states = [piece.wording for piece in pieces]
    return [replace(piece, mark=mark_beside(piece.wording, states)) for piece in pieces]


def wants_both() -> bool:
    """Return whether English stands beneath everything, as the reader chose last; keep a tap on the switch."""
    if request.args.get("both") in {"0", "1"}:
        cookie["both"] = request.args["both"] == "1"
    return (bool(cookie.get("both")) or "always_both" in g) and language() != "en"


#: Returns whether a person (her id) learns a module (its key) with English beneath it.
Find = Callable[[int, str], bool]
#: Returns what a person (her id) is to know of the words of a module (its key) that are not approved, "" for nothing.
Tell = Callable[[int, str], str | Markup]


def init_app(app: Flask, find: Find, tell: Tell) -> None:
    """Have `show_english` ask `find`, and `told_wording` `tell`: lower floors ask, the roof names who knows."""
    app.extensions["reads_english"] = find
    app.extensions["told_wording"] = tell


def told_wording(module_key: str) -> str | Markup:
    """Return which track asks for approved words of this module, and how the reader learns without; "" for nothing."""
    tell: Tell = current_app.extensions["told_wording"]
    return tell(get_actor().person_id, module_key) if language() != "en" else ""


def show_english(module_key: str) -> None:
    """Have English stand beneath everything for a reader who learns this module on that route."""
    find: Find = current_app.extensions["reads_english"]
    if language() != "en" and not wants_both() and find(get_actor().person_id, module_key):
        always_both()


def always_both() -> None:
    """Have English stand beneath everything for the rest of this request, whatever the reader chose last."""
    g.always_both = True


def beneath(text: Text, *, both: bool) -> str | None:
    """Return the English beneath these words, None where it would say the same or is not asked for.

    Beneath words of older English it always stands.
    """
    return text.english if (both or text.state == "stale") and not text.is_english else None


def language_of_letter(tongue: str) -> str:
    """Return the language for who opens a letter's link: the one she has chosen here, else that of the letter."""
    return language() if find_actor() is not None or "language" in cookie else tongue
