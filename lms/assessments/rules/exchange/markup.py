"""Plain words out of HTML. What is shown is words alone: no tag, no script and no address ever gets through."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from lms.assessments.items.asked import Unfit

#: Longest text of one question, option or feedback that is looked at.
MAX_TEXT = 20_000
_TAG = re.compile(r"/?[A-Za-z][A-Za-z0-9]*")
#: Tags that only part lines; leaving them out loses nothing.
_PLAIN = {"p", "br", "div", "span", "html", "body"}
_PICTURES = {"img", "svg", "picture", "video", "audio", "object", "embed", "iframe", "canvas"}
#: What stands inside is not for reading.
_HIDDEN = {"script", "style", "template", "head"}
_BREAKS = {"p", "br", "div", "li", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "hr"}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
#: No letter has a number of so many digits.
_ENDLESS = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{8,});?")
_MARKDOWN = re.compile(r"\*\*|__|^#|`|\]\(|^[*-] ", re.MULTILINE)


@dataclass
class Words:
    """Makes words plain, and remembers what was lost on the way."""

    lost: list[str] = field(default_factory=list)

    def plain(self, text: str, form: str = "html", *, is_needed: bool = True) -> str:
        """Return `text` as one line without markup; `form` is Moodle's name of its format.

        Raise `Unfit` for a picture in what is needed to answer, and for a text of more than `MAX_TEXT` characters.
        """
        if len(text) > MAX_TEXT:
            raise Unfit(f"a text of more than {MAX_TEXT} characters")
        if form in {"plain", "plain_text"}:
            return _one_line(text)
        if form == "markdown" and _MARKDOWN.search(text):
            self.lost.append("marks of Markdown stay in the text")
        words, names = _without_tags(text)
        self._weigh(names, is_needed=is_needed)
        return " ".join(_one_line(html.unescape(_ENDLESS.sub("", words))).split())

    def _weigh(self, names: set[str], *, is_needed: bool) -> None:
        """Note what the tags of those names say beyond the words."""
        if names & _PICTURES:
            if is_needed:
                raise Unfit("it shows a picture, a sound or a film, which quizzes here do not have")
            self.lost.append("a picture, a sound or a film in the feedback")
        if names & _HIDDEN:
            self.lost.append("a script or a style")
        if names - _PLAIN - _PICTURES - _HIDDEN:
            self.lost.append("formatting")


def _without_tags(text: str) -> tuple[str, set[str]]:
    """Return the words of HTML, entities as they are, and the names of its tags. Takes time as the text is long."""
    words: list[str] = []
    names: set[str] = set()
    hidden = ""
    for piece, is_tag in _pieces(text):
        name = piece.lower() if is_tag else ""
        if not is_tag:
            words.append("" if hidden else piece)
            continue
        names.add(name.lstrip("/"))
        if hidden:
            hidden = "" if name == f"/{hidden}" else hidden
        elif name in _HIDDEN:
            hidden = name
        elif name.lstrip("/") in _BREAKS:
            words.append(" ")
    return "".join(words), names


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield runs of words and names of tags ("/b" for an end); comments and declarations are left out."""
    at = 0
    while at < len(text):
        start = text.find("<", at)
        if start < 0:
            break
        name = _TAG.match(text, start + 1)
        is_comment = text.startswith("<!--", start)
        mark = "-->" if is_comment else ">"
        end = text.find(mark, start) if name or is_comment else -1
        if end < 0 and (name or is_comment):
            break  # what never ends is no tag
        if end < 0:
            yield text[at : start + 1], False
            at = start + 1
            continue
        yield text[at:start], False
        if name:
            yield name.group(), True
        at = end + len(mark)
    yield text[at:], False


def _one_line(text: str) -> str:
    """Return `text` composed (Unicode NFC), its line breaks as blanks, without other control characters."""
    joined = " ".join(line for each in text.split("\n") if (line := each.strip()))
    return unicodedata.normalize("NFC", _CONTROLS.sub(" ", joined)).strip()
