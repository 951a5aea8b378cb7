"""Gaps as others know them: Moodle's Cloze, and GIFT's missing word. The line above the text is ours alone."""

from __future__ import annotations

import re
from typing import Any

from lms.assessments.items.asked import GAP, Asked, Gap, Unfit
from lms.assessments.items.exchanging import Data, Exchange, all_words, by_language, options_of

#: What stands above a text that came from elsewhere.
PROMPT = "Fill in the blanks."
_PLACE = re.compile(r"\{([a-z0-9-]+)\}")


def to_asked(item: Data) -> Asked:
    """Return the text with its gaps in the order in which they are read."""
    gaps = {gap["id"]: gap for gap in item["gaps"]}
    if GAP in item["text"]:
        raise Unfit(f"{GAP} in its text would be read as a gap")
    order = [name for name in _PLACE.findall(item["text"]) if name in gaps]
    text = _PLACE.sub(lambda found: GAP if found[1] in gaps else found[0], item["text"])
    return Asked("gaps", text, gaps=tuple(_gap(gaps[name]) for name in order))


def _gap(gap: Data) -> Gap:
    if gap.get("accepted"):
        return Gap(all_words(gap["accepted"]))
    words = {option["id"]: option["text"] for option in gap["options"]}
    return Gap((words[gap["key"]],), tuple(text for name, text in words.items() if name != gap["key"]))


def from_asked(asked: Asked, known: Data, _lost: list[str]) -> dict[str, Any]:
    """Return prompt, text and gaps. Gaps keep their ids and languages where there are as many as before."""
    pieces = asked.prompt.split(GAP)
    if len(pieces) != len(asked.gaps) + 1:
        raise Unfit(f"its text has {GAP} besides its gaps")
    by_id = {gap["id"]: gap for gap in known.get("gaps", ())}
    order = [name for name in _PLACE.findall(known.get("text", "")) if name in by_id]
    names = order if len(order) == len(asked.gaps) else [f"gap-{number}" for number in range(1, len(pieces))]
    gaps = [_data(name, gap, by_id.get(name, {})) for name, gap in zip(names, asked.gaps, strict=True)]
    text = "".join(f"{piece}{{{name}}}" for piece, name in zip(pieces, names, strict=False)) + pieces[-1]
    return {"prompt": known.get("prompt", PROMPT), "gaps": gaps, "text": text}


def _data(name: str, gap: Gap, known: Data) -> dict[str, Any]:
    """Return a gap as quiz.yml says it."""
    if not gap.wrong:
        return {"id": name, "accepted": by_language(gap.right, known.get("accepted", {}))}
    if len(gap.right) > 1:
        raise Unfit("several choices are right in one gap")
    options = options_of(sorted([*gap.right, *gap.wrong]), known.get("options", ()))
    key = next(option["id"] for option in options if option["text"] == gap.right[0])
    return {"id": name, "options": options, "key": key}


EXCHANGE = Exchange(("gaps",), to_asked, from_asked)
