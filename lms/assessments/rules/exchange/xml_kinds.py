"""What each of Moodle's question types says in XML."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lms.assessments.items.asked import Answer, Asked, Unfit
from lms.assessments.rules.exchange.cloze import read_cloze
from lms.assessments.rules.exchange.gift_answers import FEEDBACK_LOST
from lms.assessments.rules.exchange.markup import Words
from lms.assessments.rules.exchange.numbers import read_number, write_number
from lms.assessments.rules.exchange.xml_tree import Node


def words_in(node: Node | None, words: Words, *, is_needed: bool = True, form: str = "html") -> str:
    """Return the plain words of an element that holds <text>; raise `Unfit` for a file that is needed."""
    if node is None:
        return ""
    if node.all("file"):
        if is_needed:
            raise Unfit("it comes with a file, which quizzes here do not have")
        words.lost.append("a file in the feedback")
    return words.plain(node.text("text"), node.attributes.get("format", form), is_needed=is_needed)


def _prompt(node: Node, words: Words) -> str:
    return words_in(node.find("questiontext"), words)


def _share(node: Node) -> float:
    return read_number(node.attributes.get("fraction", "0"))


def _answers(node: Node, words: Words, *, typed: bool = False) -> tuple[tuple[Answer, ...], str]:
    """Return the answers of a question, and the feedback of the first right one; other feedback is lost.

    What is `typed` as an answer is words, whatever format the file gives it.
    """
    listed, feedback = [], ""
    for each in node.all("answer"):
        share = _share(each)
        text = words.plain(each.text("text"), "plain") if typed else words_in(each, words)
        listed.append(Answer(text, share))
        said = words_in(each.find("feedback"), words, is_needed=False)
        if said and share > 0 and not feedback:
            feedback = said
        elif said and said != feedback:
            words.lost.append(FEEDBACK_LOST)
    return tuple(listed), feedback


def _multichoice(node: Node, words: Words) -> Asked:
    answers, feedback = _answers(node, words)
    is_single = node.text("single").lower() in {"", "true", "1"}
    return Asked("choice" if is_single else "choices", _prompt(node, words), answers, feedback=feedback)


def _truth(node: Node, words: Words) -> Asked:
    answers, feedback = _answers(node, words, typed=True)
    right = [answer.text.lower() for answer in answers if answer.share > 0]
    if right not in (["true"], ["false"]):
        raise Unfit("it does not say whether it is true or false")
    return Asked("truth", _prompt(node, words), (Answer(right[0], 100),), feedback=feedback)


def _short(node: Node, words: Words) -> Asked:
    if node.text("usecase") == "1":
        words.lost.append("that capital letters matter")
    answers, feedback = _answers(node, words, typed=True)
    return Asked("short", _prompt(node, words), answers, feedback=feedback)


def _number(node: Node, words: Words) -> Asked:
    answers, feedback = _answers(node, words, typed=True)
    offs = [each.text("tolerance") or "0" for each in node.all("answer")]
    read = [
        answer if answer.text == "*" else _number_of(answer, off) for answer, off in zip(answers, offs, strict=True)
    ]
    return Asked("number", _prompt(node, words), tuple(read), units=_units(node), feedback=feedback)


def _units(node: Node) -> tuple[tuple[str, float], ...]:
    """Return the units, first the one in which the numbers stand. Moodle says how many of a unit make one of it."""
    listed = (node.find("units") or Node("", {}, node.place)).all("unit")
    units = [(each.text("unit_name"), read_number(each.text("multiplier") or "1")) for each in listed]
    if any(multiplier <= 0 for _, multiplier in units) or (units and all(each != 1 for _, each in units)):
        raise Unfit("no unit is the one in which its numbers stand")
    units.sort(key=lambda unit: unit[1] != 1)
    return tuple((name, round(1 / multiplier, 9)) for name, multiplier in units)


def _number_of(answer: Answer, off: str) -> Answer:
    tolerance = read_number(off)
    if tolerance < 0:
        raise Unfit(f"{off[:40]!r} is off by less than nothing")
    return Answer(write_number(read_number(answer.text)), answer.share, tolerance)


def _match(node: Node, words: Words) -> Asked:
    pairs = []
    for each in node.all("subquestion"):
        answer = each.find("answer")
        pairs.append((words_in(each, words), words_in(answer, words, form="plain")))
    return Asked("match", _prompt(node, words), pairs=tuple(pairs))


def _order(node: Node, words: Words) -> Asked:
    answers, feedback = _answers(node, words)
    steps = sorted(answers, key=lambda answer: answer.share)
    return Asked("order", _prompt(node, words), tuple(Answer(step.text, 100) for step in steps), feedback=feedback)


def _essay(node: Node, words: Words) -> Asked:
    if words_in(node.find("graderinfo"), words, is_needed=False):
        words.lost.append("notes for who grades it")
    if words_in(node.find("responsetemplate"), words, is_needed=False):
        words.lost.append("the text to begin from")
    return Asked("essay", _prompt(node, words))


def _cloze(node: Node, words: Words) -> Asked:
    text = node.find("questiontext")
    if text is None or text.all("file"):
        raise Unfit("it comes with a file, which quizzes here do not have")
    cloze = read_cloze(text.text("text"), text.attributes.get("format", "html"), words)
    return Asked("gaps", cloze.prompt, gaps=cloze.gaps)


KINDS: Mapping[str, Callable[[Node, Words], Asked]] = {
    "multichoice": _multichoice,
    "truefalse": _truth,
    "shortanswer": _short,
    "numerical": _number,
    "matching": _match,
    "ordering": _order,
    "essay": _essay,
    "cloze": _cloze,
}
