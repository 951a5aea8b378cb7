"""The base of every form: messages in the reader's language, a key against double sending, language switching."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import g
from flask_babel import Domain
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.i18n import get_translations as library_translations
from wtforms.validators import Length, Regexp

from lms.i18n import language
from lms.ids import new_client_id

_domain = Domain(domain="wtforms")


class _Translations:
    """Looks in our own `wtforms` catalogue first, then in the one that WTForms ships."""

    def gettext(self, string: str) -> str:
        """Return `string` in the reader's language."""
        ours = _domain.get_translations().gettext(string)
        return str(ours if ours != string else self._library().gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the right plural form in the reader's language."""
        ours = _domain.get_translations().ngettext(singular, plural, n)
        return str(ours if ours not in (singular, plural) else self._library().ngettext(singular, plural, n))

    @staticmethod
    def _library() -> Any:
        return library_translations([language(), "en"])


class Form(FlaskForm):  # type: ignore[misc]
    """A form of this site. A press on a language button re-renders it with what was typed, unchecked."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Where messages come from."""

        def get_translations(self, form: Any) -> _Translations:  # noqa: ARG002 -- WTForms' own shape
            """Return our translations of the library's messages."""
            return _Translations()

    def validate_on_submit(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Return whether the form was sent to be acted on, and is valid."""
        if g.get("switching_language"):
            return False
        return bool(super().validate_on_submit(extra_validators))


class OnceForm(Form):
    """A form that counts once however often it is sent: it carries a random key made when it was rendered."""

    client_id = HiddenField(default=new_client_id, validators=[Length(min=32, max=32), Regexp("^[0-9a-f]+$")])
    hidden_fields: ClassVar[tuple[str, ...]] = ("client_id",)
