"""What can be wrong with the words of a translation: each fault by its code, as the check says it to who keeps files.

The translators' desk knows faults by their codes and says them in the reader's language (`lms.translating.messages`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Code = Literal[
    "apostrophe",
    "blanks",
    "control",
    "html",
    "images",
    "line_break",
    "link_scheme",
    "link_words",
    "links",
    "no_links",
    "no_placeholders",
    "numbers",
    "placeholders",
]


@dataclass(frozen=True)
class WordFault:
    """One fault; `values` is what it is about, such as the names in braces that must stay, in the order of the code.

    Of "numbers" it is those that are missing and those that are not in the English, each "" where there are none.
    """

    code: Code
    message: str
    values: tuple[str, ...] = ()
