"""The words and look of a certificate as its file says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import StringConstraints, ValidationInfo, field_validator

from lms.certificates.rules.names import check_name
from lms.content.library import Source
from lms.content.shapes import Key, Sentence, Spec, Title, Told, file_of, told_of
from lms.errors import RuleBroken

Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
Motif = Literal["weave", "leaves", "waves"]

#: What the program fills in; every name must stand in the sentence, and no other.
PLACEHOLDERS = {
    "completed": {"track", "date"},
    "hours": {"hours"},
    "class_hours": {"hours"},
    "practicum_hours": {"hours"},
    "supervised_hours": {"hours"},
    "issued_on": {"date"},
    "expires_on": {"date"},
    "serial": {"serial"},
    "verify": {"url"},
    "language_of_instruction": {"language"},
    "versions": {"rules", "content"},
    "seal": {"issuer"},
    "code": {"url"},
}
#: Contrast that text needs on white paper (WCAG 2.2, 1.4.3; the accent is only used large).
_CONTRAST = {"ink": 7.0, "accent": 4.5}


class CertificateWords(Spec):
    """The sentences of a certificate; `{name}` is filled in by the program. What has a default may be left out."""

    heading: Title
    presented_to: Title
    completed: Sentence
    hours: Sentence
    class_hours: Title = "in class {hours}"
    practicum_hours: Title = "practicum {hours}"
    supervised_hours: Title = "supervised practice {hours}"
    competencies: Sentence
    issued_on: Sentence
    expires_on: Sentence
    no_expiry: Sentence
    serial: Sentence
    verify: Sentence
    not_a_license: Sentence
    language_of_instruction: Sentence
    versions: Sentence = "Rules {rules}, content version {content}."
    demonstration: Sentence = "Demonstration: the person is invented, and this page certifies nothing."
    card: Sentence = "Cut the card out along the marks, and fold it in the middle."
    seal: Title = "Seal of {issuer}"
    code: Title = "QR code that opens {url}"

    @field_validator("*")
    @classmethod
    def _placeholders_fit(cls, value: str, info: ValidationInfo) -> str:
        wanted = PLACEHOLDERS.get(info.field_name or "", set())
        found = set(re.findall(r"\{(\w*)\}", value))
        if found != wanted:
            named = ", ".join("{" + name + "}" for name in sorted(wanted)) or "no {name}"
            raise ValueError(f"these words need exactly: {named}")
        return value


class Signer(Spec):
    """Who signs: a name printed under the line, or none; and in which role."""

    name: Annotated[str, StringConstraints(max_length=120)] = ""
    title: Title

    @field_validator("name")
    @classmethod
    def _can_be_printed(cls, value: str) -> str:
        """Ask of a signer's name what is asked of a holder's, once there is one."""
        if value:
            try:
                check_name(value)
            except RuleBroken as error:
                raise ValueError(f"this name cannot be printed: {error.code}") from error
        return value


class CertificateSpec(Spec):
    """`certificates/<key>.yml`."""

    key: Key
    #: Printed as it is, in every language.
    issuer: Title
    #: The issuer's number as a provider of continuing education, where it has one.
    provider_number: Annotated[str, StringConstraints(max_length=40, pattern=r"^$|^\S(.*\S)?$")] = ""
    ink: Color
    accent: Color
    #: A second, warmer colour for ornaments.
    glow: Color = "#c8871e"
    motif: Motif = "weave"
    signers: tuple[Signer, ...]
    words: CertificateWords

    @classmethod
    def from_source(cls, source: Source) -> Self:
        """Return the certificate's design of `source`."""
        return cls.read(_newer(file_of(source)))

    @field_validator("signers")
    @classmethod
    def _two_sign(cls, value: tuple[Signer, ...]) -> tuple[Signer, ...]:
        if len(value) != 2:
            raise ValueError(f"two people sign a certificate; here are {len(value)}")
        return value

    @field_validator("ink", "accent")
    @classmethod
    def _stands_out(cls, value: str, info: ValidationInfo) -> str:
        wanted = _CONTRAST[info.field_name or ""]
        if (found := contrast_on_white(value)) < wanted:
            raise ValueError(f"too pale on white paper: the contrast is {found:.1f}, and needs to be {wanted:.1f}")
        return value

    def told(self) -> Iterator[Told]:
        """Yield every sentence, at "words.<name>", and what the signers are, at "signers.1" and "signers.2"."""
        yield from told_of("words", ("words",), self.words, *CertificateWords.model_fields)
        for number, signer in enumerate(self.signers):
            yield Told(f"signers.{number + 1}", signer.title, ("signers", number, "title"))


def _newer(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a revision whose signers were words as one of today: certificates rest on it while they are valid."""
    words = dict(data["words"])
    if "signer_one" not in words:
        return data
    signers = [{"title": words.pop("signer_one")}, {"title": words.pop("signer_two")}]
    return {**data, "words": words, "signers": signers}


def contrast_on_white(color: str) -> float:
    """Return the contrast of "#rrggbb" with white, from 1 to 21, as WCAG 2.2 defines it."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
