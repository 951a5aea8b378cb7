"""What stands between the braces of a GIFT question: which kind it is, and its answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from lms.assessments.items.asked import MAX_ANSWERS, Answer, Kind, Unfit
from lms.assessments.items.exchanging import SHARES_LOST, literal
from lms.assessments.rules.exchange.gift_blocks import marks, split_at, unescape
from lms.assessments.rules.exchange.markup import Words
from lms.assessments.rules.exchange.numbers import read_number, write_number

_WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]{0,10})?)%")
_FORM = re.compile(r"\[(html|moodle|plain|markdown)\]")
_TRUE, _FALSE = {"t", "true"}, {"f", "false"}
FEEDBACK_LOST = "the feedback of single answers"


def accepted(answers: Sequence[Answer], words: Words) -> tuple[str, ...]:
    """Return the words that earn every point; name those that earn a part as lost. Raise `Unfit` for a wildcard."""
    if any(0 < answer.share < 100 for answer in answers):
        words.lost.append(SHARES_LOST)
    return tuple(dict.fromkeys(literal(answer.text) for answer in answers if answer.share >= 100))


@dataclass(frozen=True)
class Answers:
    """What the braces say. `right_feedback` is that of a right answer, used where there is none for the question."""

    kind: Kind
    answers: tuple[Answer, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    right_feedback: str = ""


def in_form(text: str, form: str) -> tuple[str, str]:
    """Return text without "[html]" and the like before it, and which form that means, else `form`."""
    text = text.strip()
    found = _FORM.match(text)
    return (text[found.end() :], found[1]) if found else (text, form)


@dataclass
class AnswerReader:
    """Reads the answers of one question, whose words stand in `form` unless an answer says otherwise."""

    form: str
    words: Words

    def plain(self, text: str, *, is_needed: bool = True) -> str:
        """Return the words of a piece of GIFT."""
        body, form = in_form(text, self.form)
        return self.words.plain(unescape(body).strip(), form, is_needed=is_needed)

    def read(self, inside: str) -> Answers:
        """Return what stands between braces, without the general feedback."""
        inside = inside.strip()
        listed = [mark for _, mark in islice(marks(inside, "[~=]"), MAX_ANSWERS + 1)]
        if len(listed) > MAX_ANSWERS:
            raise Unfit(f"more than {MAX_ANSWERS} answers")
        found = set(listed)
        readers: tuple[tuple[bool, Callable[[str], Answers]], ...] = (
            (not inside, lambda _: Answers("essay")),
            (inside.startswith("#"), self._numbers),
            (inside.startswith(">"), self._steps),
            ("~" in found, self._choices),
            ("=" in found and "->" in inside, self._pairs),
            (split_at(inside, "#", 1)[0].strip().lower() in _TRUE | _FALSE, self._truth),
        )
        return next((reader for fits, reader in readers if fits), self._short)(inside)

    def _listed(self, inside: str, pattern: str) -> list[str]:
        """Return the answers that begin with a mark, each with it."""
        before, *listed = split_at(inside, pattern)
        if before.strip():
            raise Unfit(f"{before.strip()[:40]!r} stands before the first answer")
        return listed

    def _answer(self, piece: str, share: float) -> tuple[str, float, str]:
        """Return words, share and feedback of an answer without its mark; `share` is what it earns by itself."""
        body, *feedback = split_at(piece.strip(), "#", 1)
        weight = _WEIGHT.match(body)
        if weight:
            body, share = body[weight.end() :], float(weight[1])
        return body, share, self.plain(feedback[0][1:], is_needed=False) if feedback else ""

    def _choices(self, inside: str) -> Answers:
        listed = []
        feedback = ""
        is_single = False
        for piece in self._listed(inside, "[~=]"):
            is_single = is_single or piece.startswith("=")
            body, share, said = self._answer(piece[1:], 100 if piece.startswith("=") else 0)
            listed.append(Answer(self.plain(body), share))
            feedback = self._note(said, share, feedback)
        return Answers("choice" if is_single else "choices", tuple(listed), right_feedback=feedback)

    def _note(self, said: str, share: float, feedback: str) -> str:
        """Return the first feedback of a right answer; name any other as lost."""
        if said and share > 0 and not feedback:
            return said
        if said and said != feedback:
            self.words.lost.append(FEEDBACK_LOST)
        return feedback

    def _pairs(self, inside: str) -> Answers:
        pairs = []
        for piece in self._listed(inside, "="):
            left, arrow, right = piece[1:].partition("->")
            if not arrow:
                raise Unfit(f"{piece.strip()[:40]!r} has no -> between what belongs together")
            pairs.append((self.plain(left), self.words.plain(unescape(right).strip(), "plain")))
        return Answers("match", pairs=tuple(pairs))

    def _truth(self, inside: str) -> Answers:
        said, *feedback = split_at(inside, "#", 2)
        answer = "true" if said.strip().lower() in _TRUE else "false"
        wrong, right = (*(self.plain(each[1:], is_needed=False) for each in feedback), "", "")[:2]
        if wrong and right:
            self.words.lost.append(FEEDBACK_LOST)
        return Answers("truth", (Answer(answer, 100),), right_feedback=right or wrong)

    def _short(self, inside: str) -> Answers:
        pieces = split_at(inside, "=")
        pieces = pieces[1:] if len(pieces) > 1 and not pieces[0].strip() else pieces
        listed, feedback = [], ""
        for piece in pieces:
            body, share, said = self._answer(piece.removeprefix("="), 100)
            listed.append(Answer(self.plain(body), share))
            feedback = self._note(said, share, feedback)
        return Answers("short", tuple(listed), right_feedback=feedback)

    def _numbers(self, inside: str) -> Answers:
        numbers, *wrong = split_at(inside[1:], "~", 1)
        if wrong and wrong[0].strip("~# \n\t"):
            self.words.lost.append(FEEDBACK_LOST)
        pieces = split_at(numbers, "=")
        listed, feedback = [], ""
        for piece in pieces if len(pieces) == 1 or pieces[0].strip() else pieces[1:]:
            body, share, said = self._answer(piece.removeprefix("="), 100)
            text = unescape(body).strip()
            listed.append(Answer(text, share) if text == "*" else _number(text, share))
            feedback = self._note(said, share, feedback)
        return Answers("number", tuple(listed), right_feedback=feedback)

    def _steps(self, inside: str) -> Answers:
        """Return the steps of Moodle's ordering question: how it is asked on the first line, then one step a line."""
        steps = [self.plain(line) for line in inside.split("\n", MAX_ANSWERS)[1:] if line.strip()]
        if len(steps) < 2:
            raise Unfit("write each step on a line of its own")
        return Answers("order", tuple(Answer(step, 100) for step in steps))


def _number(text: str, share: float) -> Answer:
    """Return "3", "3:0.5" or "2.5..3.5" as a number with how far off it may be; its text is the number alone."""
    least, dots, most = text.partition("..")
    if dots and least:
        low, high = read_number(least), read_number(most)
        if low > high:
            raise Unfit(f"{text[:40]!r} ends before it begins")
        return Answer(write_number(round((low + high) / 2, 9)), share, round((high - low) / 2, 9))
    value, colon, tolerance = text.partition(":")
    off = read_number(tolerance) if colon else 0
    if off < 0:
        raise Unfit(f"{text[:40]!r} is off by less than nothing")
    return Answer(write_number(read_number(value)), share, off)
