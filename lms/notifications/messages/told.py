"""What a letter says of one thing, in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """One thing in a letter: the subject of a letter about it alone, its sentence, a shorter one, and its link.

    `more` holds lines that follow the sentence. What `comes_first` stands whole in a text message about several things;
    what is no work of hers (`is_work`) needs no word of her place being kept.
    """

    subject: str
    sentence: str
    short: str
    label: str
    more: tuple[str, ...] = ()
    link: str = ""
    comes_first: bool = False
    is_work: bool = True
