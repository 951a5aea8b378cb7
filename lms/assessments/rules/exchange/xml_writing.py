"""Writes questions as Moodle XML. What Moodle cannot say stands in a comment inside, and comes back from there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from lms.assessments.items.asked import GAP, Asked, Gap, Kind
from lms.assessments.rules.exchange.carrying import write_note
from lms.assessments.rules.exchange.numbers import write_number, write_share

#: Moodle's names of what is asked here.
TYPES: Mapping[Kind, str] = {
    "choice": "multichoice",
    "choices": "multichoice",
    "truth": "truefalse",
    "match": "matching",
    "order": "ordering",
    "number": "numerical",
    "short": "shortanswer",
    "gaps": "cloze",
    "essay": "essay",
}


def write_xml(questions: Iterable[str]) -> str:
    """Return questions, each as `write_question` gives it, as one file."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{"".join(questions)}</quiz>\n'


def write_question(asked: Asked) -> str:
    """Return one question, or the note of an item that Moodle has no question for."""
    note = f"<!-- {write_note(asked.kept)} -->"
    if asked.kind == "kept":
        return f"  {note}\n"
    lines = [
        f'  <question type="{TYPES[asked.kind]}">',
        f"    {note}",
        f"    <name>{_text(asked.name)}</name>",
        *_element("questiontext", _cloze(asked) if asked.kind == "gaps" else asked.prompt),
        *_element("generalfeedback", asked.feedback),
        f"    <defaultgrade>{1 if asked.points is None else asked.points}</defaultgrade>",
        f"    <idnumber>{escape(asked.idnumber)}</idnumber>",
        *_WRITERS[asked.kind](asked),
        "    <tags>",
        *(f"      <tag>{_text(tag)}</tag>" for tag in asked.tags),
        "    </tags>",
        "  </question>",
    ]
    return "".join(f"{line}\n" for line in lines)


def _text(text: str) -> str:
    return f"<text>{escape(text)}</text>"


def _element(tag: str, text: str, **attributes: str) -> Iterator[str]:
    """Yield an element that holds plain words."""
    said = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    yield f'    <{tag}{said} format="plain_text">{_text(text)}</{tag}>'


def _answers(asked: Asked) -> Iterator[str]:
    for answer in asked.answers:
        yield from _element("answer", answer.text, fraction=write_share(answer.share))


def _choice(asked: Asked) -> Iterator[str]:
    yield f"    <single>{'true' if asked.kind == 'choice' else 'false'}</single>"
    yield "    <shuffleanswers>true</shuffleanswers>"
    yield "    <answernumbering>none</answernumbering>"
    yield from _answers(asked)


def _truth(asked: Asked) -> Iterator[str]:
    for text in ("true", "false"):
        yield from _element("answer", text, fraction="100" if asked.answers[0].text == text else "0")


def _match(asked: Asked) -> Iterator[str]:
    yield "    <shuffleanswers>true</shuffleanswers>"
    for left, right in asked.pairs:
        yield f'    <subquestion format="plain_text">{_text(left)}<answer>{_text(right)}</answer></subquestion>'


def _order(asked: Asked) -> Iterator[str]:
    yield "    <layouttype>VERTICAL</layouttype>"
    yield "    <selecttype>ALL</selecttype>"
    yield "    <gradingtype>ABSOLUTE_POSITION</gradingtype>"
    for place, answer in enumerate(asked.answers, 1):
        yield from _element("answer", answer.text, fraction=str(place))


def _number(asked: Asked) -> Iterator[str]:
    for answer in asked.answers:
        tolerance = f"<tolerance>{write_number(answer.tolerance)}</tolerance>"
        yield f'    <answer fraction="{write_share(answer.share)}">{_text(answer.text)}{tolerance}</answer>'
    if asked.units:
        yield "    <units>"
        for name, factor in asked.units:
            multiplier = f"<multiplier>{write_number(1 / factor)}</multiplier>"
            yield f"      <unit>{multiplier}<unit_name>{escape(name)}</unit_name></unit>"
        yield "    </units>"
        yield "    <unitgradingtype>1</unitgradingtype>"
        yield "    <unitpenalty>1</unitpenalty>"
        yield f"    <showunits>{1 if len(asked.units) > 1 else 0}</showunits>"


def _short(asked: Asked) -> Iterator[str]:
    yield "    <usecase>0</usecase>"
    for answer in asked.answers:
        starred = answer.text.replace("*", "\\*")
        yield from _element("answer", starred, fraction=write_share(answer.share))


def _essay(_asked: Asked) -> Iterator[str]:
    yield "    <responseformat>plain</responseformat>"


def _cloze(asked: Asked) -> str:
    """Return the sentence with its accepted words in the places of the gaps."""
    pieces = asked.prompt.split(GAP)
    holes = [_hole(gap) for gap in asked.gaps]
    return "".join(piece + hole for piece, hole in zip(pieces, [*holes, ""], strict=True))


def _hole(gap: Gap) -> str:
    right = [f"={_in_hole(text)}" for text in gap.right]
    wrong = [_in_hole(text) for text in gap.wrong]
    return f"{{1:{'MULTICHOICE' if wrong else 'SHORTANSWER'}:{'~'.join([*right, *wrong])}}}"


def _in_hole(text: str) -> str:
    """Return an accepted answer so that Cloze reads no mark in it."""
    marked = text.replace("*", "\\*")
    return "".join(f"\\{sign}" if sign in '}~#"/\\' else sign for sign in marked)


_WRITERS: Mapping[Kind, Callable[[Asked], Iterable[str]]] = {
    "choice": _choice,
    "choices": _choice,
    "truth": _truth,
    "match": _match,
    "order": _order,
    "number": _number,
    "short": _short,
    "gaps": lambda _: (),
    "essay": _essay,
}
