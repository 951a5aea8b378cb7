"""The pages that one edition can be drawn as: paper and languages, by the kind of artifact that keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from reportlab.lib.pagesizes import A4, landscape, letter


@dataclass(frozen=True)
class Rendering:
    """One way to draw a certificate: "both" is the holder's language and English, "own" the holder's alone."""

    paper: Literal["letter", "a4"] = "letter"
    languages: Literal["both", "en", "own"] = "both"

    def tags(self, own: str) -> tuple[str, ...]:
        """Return the languages on the page of somebody whose language is `own`, hers first."""
        if self.languages == "en" or own == "en":
            return ("en",)
        return (own,) if self.languages == "own" else (own, "en")


#: Width and height in points, lying on its side.
PAPERS: Mapping[str, tuple[float, float]] = MappingProxyType({"letter": landscape(letter), "a4": landscape(A4)})
RENDERINGS: Mapping[str, Rendering] = MappingProxyType(
    {
        "pdf": Rendering("letter", "both"),
        "pdf-a4": Rendering("a4", "both"),
        "pdf-en": Rendering("letter", "en"),
        "pdf-a4-en": Rendering("a4", "en"),
        "pdf-own": Rendering("letter", "own"),
        "pdf-a4-own": Rendering("a4", "own"),
    }
)
