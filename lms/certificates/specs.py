"""The words and look of a certificate as its file says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import StringConstraints, ValidationInfo, field_validator

from lms.content.library import Source
from lms.content.shapes import Key, Sentence, Spec, Title, Told, file_of, told_of

Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]

#: What the program fills in; every name must stand in the sentence, and no other.
PLACEHOLDERS = {
    "completed": {"track", "date"},
    "hours": {"hours"},
    "issued_on": {"date"},
    "expires_on": {"date"},
    "serial": {"serial"},
    "verify": {"url"},
    "language_of_instruction": {"language"},
}


class CertificateWords(Spec):
    """The sentences of a certificate; `{name}` is filled in by the program."""

    heading: Title
    presented_to: Title
    completed: Sentence
    hours: Sentence
    competencies: Sentence
    issued_on: Sentence
    expires_on: Sentence
    no_expiry: Sentence
    serial: Sentence
    verify: Sentence
    not_a_license: Sentence
    signer_one: Title
    signer_two: Title
    language_of_instruction: Sentence

    @field_validator("*")
    @classmethod
    def _placeholders_fit(cls, value: str, info: ValidationInfo) -> str:
        wanted = PLACEHOLDERS.get(info.field_name or "", set())
        found = set(re.findall(r"\{(\w*)\}", value))
        if found != wanted:
            named = ", ".join("{" + name + "}" for name in sorted(wanted)) or "no {name}"
            raise ValueError(f"these words need exactly: {named}")
        return value


class CertificateSpec(Spec):
    """`certificates/<key>.yml`."""

    key: Key
    #: Printed as it is, in every language.
    issuer: Title
    ink: Color
    accent: Color
    words: CertificateWords

    @classmethod
    def from_source(cls, source: Source) -> Self:
        """Return the certificate's design of `source`."""
        return cls.read(file_of(source))

    def told(self) -> Iterator[Told]:
        """Yield every sentence, at "words.<name>"."""
        return told_of("words", ("words",), self.words, *CertificateWords.model_fields)
