"""Writes a question as Moodle GIFT. What GIFT cannot say stands in comments above it, and comes back from there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from lms.assessments.items.asked import GAP, Asked, Kind, Unfit
from lms.assessments.rules.exchange.carrying import write_note
from lms.assessments.rules.exchange.gift_blocks import escape
from lms.assessments.rules.exchange.numbers import write_number, write_share


def write_gift(asked: Asked) -> str:
    """Return the question as one block of GIFT; raise `Unfit` when GIFT has no words for it."""
    return "\n".join([*_notes(asked), *_question(asked)]) + "\n"


def _notes(asked: Asked) -> Iterator[str]:
    if asked.kind != "kept":
        noted = [("id", asked.idnumber), *(("tag", tag) for tag in asked.tags)]
        yield "// " + " ".join(f"[{what}:{_bracketed(said)}]" for what, said in noted)
    yield f"// {write_note(asked.kept)}"


def _bracketed(text: str) -> str:
    return text.replace("\\", r"\\").replace("]", r"\]")


def _question(asked: Asked) -> Iterator[str]:
    """Yield the lines of the question itself; none for an item that is only kept."""
    if asked.kind == "kept":
        return
    before, after = asked.prompt, ""
    if asked.kind == "gaps":
        before, after = _around(asked)
    inside = list(_WRITERS[asked.kind](asked))
    # Moodle would take the feedback of an ordering question for its last step.
    inside += [f"\t####{_said(asked.feedback)}"] if asked.feedback and asked.kind != "order" else []
    head = f"::{escape(asked.name)}::[plain]{escape(before)}{{{inside[0] if inside else ''}"
    yield "\n".join([head, *inside[1:], f"}}{escape(after)}"]) if len(inside) > 1 else f"{head}}}{escape(after)}"


def _around(asked: Asked) -> tuple[str, str]:
    """Return what stands before and behind the one gap of a sentence."""
    before, _, after = asked.prompt.partition(GAP)
    if len(asked.gaps) != 1 or asked.gaps[0].wrong or not after.strip():
        raise Unfit("GIFT knows one typed gap in a question, and words behind it")
    return before, after


def _said(text: str) -> str:
    """Return words in which nothing at the beginning is taken for a format, a weight or a comment."""
    return f"[plain]{escape(text)}" if text.startswith(("[", "%", "//")) else escape(text)


def _choice(asked: Asked) -> Iterator[str]:
    yield ""
    for answer in asked.answers:
        yield f"\t{'=' if answer.share > 0 else '~'}{_said(answer.text)}"


def _choices(asked: Asked) -> Iterator[str]:
    yield ""
    for answer in asked.answers:
        yield f"\t~%{write_share(answer.share)}%{_said(answer.text)}"


def _truth(asked: Asked) -> Iterator[str]:
    yield asked.answers[0].text.upper()


def _match(asked: Asked) -> Iterator[str]:
    yield ""
    for left, right in asked.pairs:
        if "->" in left:
            raise Unfit("GIFT cannot write -> in what is matched")
        yield f"\t={_said(left)} -> {escape(right)}"


def _order(asked: Asked) -> Iterator[str]:
    yield f">{len(asked.answers)} ALL VERTICAL ABSOLUTE_POSITION SHOW none"
    for answer in asked.answers:
        yield _said(answer.text)


def _number(asked: Asked) -> Iterator[str]:
    yield "#"
    for answer in asked.answers:
        yield f"\t={_percent(answer.share)}{answer.text}:{write_number(answer.tolerance)}"


def _word(text: str, share: float) -> str:
    """Return words that are accepted as they are typed; a star among them is only a star."""
    if "->" in text:
        raise Unfit("GIFT cannot write -> in an accepted answer")
    starred = text.replace("*", "\\*")
    return f"\t={_percent(share)}{_said(starred)}"


def _percent(share: float) -> str:
    """Return the share of the points, where it is not all of them."""
    return "" if share == 100 else f"%{write_share(share)}%"


def _short(asked: Asked) -> Iterator[str]:
    yield ""
    for answer in asked.answers:
        yield _word(answer.text, answer.share)


def _gaps(asked: Asked) -> Iterator[str]:
    yield ""
    for text in asked.gaps[0].right:
        yield _word(text, 100)


def _essay(_asked: Asked) -> Iterator[str]:
    yield ""


_WRITERS: Mapping[Kind, Callable[[Asked], Iterator[str]]] = {
    "choice": _choice,
    "choices": _choices,
    "truth": _truth,
    "match": _match,
    "order": _order,
    "number": _number,
    "short": _short,
    "gaps": _gaps,
    "essay": _essay,
}
