"""Moodle's Cloze: a text with answers inside, such as `{1:SHORTANSWER:=a~=b#because}`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lms.assessments.items.asked import GAP, Answer, Gap, Unfit
from lms.assessments.items.exchanging import literal
from lms.assessments.rules.exchange.gift_answers import accepted
from lms.assessments.rules.exchange.gift_blocks import split_at
from lms.assessments.rules.exchange.markup import MAX_TEXT, Words
from lms.assessments.rules.exchange.numbers import read_number, write_number

_HOLE = re.compile(r"\{([0-9]{0,3}):([A-Z_]{2,20}):((?:\\.|[^\\}]){0,5000})\}", re.DOTALL)
_WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]{0,10})?)%")
_SHORT = {"SHORTANSWER", "SA", "MW"}
_EXACT = {"SHORTANSWER_C", "SAC", "MWC"}
_NUMBERS = {"NUMERICAL", "NM"}
_CHOICES = re.compile(r"(MULTICHOICE|MC)_?[VHS]{0,2}")


@dataclass(frozen=True)
class Cloze:
    """A text whose gaps are marked `GAP`, and what is right in each."""

    prompt: str
    gaps: tuple[Gap, ...]


def read_cloze(text: str, form: str, words: Words) -> Cloze:
    """Return what a Cloze text asks; raise `Unfit` for what cannot be filled in by typing words."""
    if len(text) > MAX_TEXT:
        raise Unfit(f"a text of more than {MAX_TEXT} characters")
    gaps = []
    pieces = []
    at = 0
    for hole in _HOLE.finditer(text):
        pieces.append(text[at : hole.start()])
        gaps.append(_gap(hole[2], hole[3], form, words))
        at = hole.end()
    pieces.append(text[at:])
    if not gaps:
        raise Unfit("no answer stands in its text")
    plain = [words.plain(_marked(piece), form) for piece in pieces]
    if any(GAP in piece for piece in plain):
        raise Unfit(f"its text has {GAP} besides its answers")
    return Cloze(_joined(pieces, plain), tuple(gaps))


def _marked(piece: str) -> str:
    return re.sub(r"\\([{}])", r"\1", piece)


def _joined(pieces: list[str], plain: list[str]) -> str:
    """Return the plain pieces with a mark between them, and a blank beside it where one was."""
    said = plain[0]
    for before, after, words in zip(pieces, pieces[1:], plain[1:], strict=False):
        left = " " if said and before[-1:].isspace() else ""
        right = " " if words and after[:1].isspace() else ""
        said = f"{said}{left}{GAP}{right}{words}"
    return said


def _gap(kind: str, inside: str, form: str, words: Words) -> Gap:
    """Return what is right in one gap, and what there is to choose."""
    is_number, is_choice = kind in _NUMBERS, bool(_CHOICES.fullmatch(kind))
    if not (is_number or is_choice or kind in _SHORT | _EXACT):
        raise Unfit(f"its text has an answer of the sort {kind}")
    if kind in _EXACT:
        words.lost.append("that capital letters matter")
    answers = [_answer(piece, form, words, is_number=is_number) for piece in split_at(inside, "[~]")]
    right = accepted(answers, words)
    if not right:
        raise Unfit("a gap has no right answer")
    wrong = (literal(each.text) for each in answers if each.share < 100) if is_choice else ()
    return Gap(right, tuple(dict.fromkeys(wrong)))


def _answer(piece: str, form: str, words: Words, *, is_number: bool) -> Answer:
    body, *feedback = split_at(piece.removeprefix("~").strip(), "#", 1)
    if feedback and feedback[0].strip("# "):
        words.lost.append("the feedback of single answers")
    share = 100.0 if body.startswith("=") else 0.0
    weight = _WEIGHT.match(body)
    if weight:
        share, body = float(weight[1]), body[weight.end() :]
    text = words.plain(re.sub(r"\\(.)", r"\1", body.removeprefix("=")), form)
    if is_number and share > 0:
        value, _, tolerance = text.partition(":")
        if tolerance.strip() and read_number(tolerance):
            raise Unfit("a gap takes any number near the right one")
        text = write_number(read_number(value))
    return Answer(text, share)
