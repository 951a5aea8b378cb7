"""The base of every form, and of the pages that show one: what was refused, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from flask import g, render_template, request, url_for
from flask_babel import Domain
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.i18n import get_translations as library_translations
from wtforms.validators import Length, Regexp

from lms.content.library import Text
from lms.errors import RuleBroken
from lms.i18n import language, ngettext
from lms.i18n import lazy_gettext as _l
from lms.ids import new_client_id

_domain = Domain(domain="wtforms")
#: What we say instead of what the library says, where a reader can meet it: what to do, not what a "field" is.
_SAID = {
    "Not a valid choice.": _l("Please choose one of those that are offered."),
    "Not a valid date value.": _l("Please write a day, month and year that exist."),
    "Not a valid decimal value.": _l("Please write a number, such as 37.5."),
}
_TOO_LONG = "Field cannot be longer than %(max)d characters."


class _Translations:
    """Looks in our own words first, then in our `wtforms` catalogue, then in the one that WTForms ships."""

    def gettext(self, string: str) -> str:
        """Return `string` in the reader's language."""
        if string in _SAID:
            return str(_SAID[string])
        ours = _domain.get_translations().gettext(string)
        return str(ours if ours != string else self._library().gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the right plural form in the reader's language."""
        if plural == _TOO_LONG:
            return str(ngettext("Please use at most %(num)s letter.", "Please use at most %(num)s letters.", n))
        ours = _domain.get_translations().ngettext(singular, plural, n)
        return str(ours if ours not in (singular, plural) else self._library().ngettext(singular, plural, n))

    @staticmethod
    def _library() -> Any:
        return library_translations([language(), "en"])


class Form(FlaskForm):  # type: ignore[misc]
    """A form of this site. A press on a language button re-renders it with what was typed, unchecked."""

    #: The fields in the order of the page, where inheritance would put them in another; the rest come after them.
    order: ClassVar[tuple[str, ...]] = ()
    #: Beside which field a broken rule is told, by its code; all others are told above the form.
    beside: ClassVar[Mapping[str, str]] = {}

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Where messages come from."""

        def get_translations(self, form: Any) -> _Translations:  # noqa: ARG002 -- WTForms' own shape
            """Return our translations of the library's messages."""
            return _Translations()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Field] = vars(self)["_fields"]
        self._fields = {**{name: fields[name] for name in self.order}, **fields}
        for field in self:
            if isinstance(field, SelectField):
                _forget_blanks(field)

    def validate_on_submit(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Return whether the form was sent to be acted on, and is valid."""
        if g.get("switching_language"):
            return False
        return bool(super().validate_on_submit(extra_validators))


def _forget_blanks(field: SelectField) -> None:
    """Let a blank that was sent be no choice. `Optional` would see it, and let all others pass without a check."""
    field.raw_data = [each for each in field.raw_data or () if each.strip()]
    if isinstance(field, SelectMultipleField):
        field.data = [each for each in field.data or () if str(each).strip()]
    elif isinstance(field.data, str) and not field.data.strip():
        field.data = ""


class ButtonForm(Form):
    """A button that needs no more than its address."""


class OnceForm(Form):
    """A form that counts once however often it is sent: it carries a random key made when it was rendered."""

    client_id = HiddenField(default=new_client_id, validators=[Length(min=32, max=32), Regexp("^[0-9a-f]+$")])


def choices_of(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Return pairs of value and label as a field's choices; a label that is not translated says that it is English."""
    return [_choice(value, label) for value, label in pairs]


def _choice(value: str, label: Any) -> SelectChoice:
    if not isinstance(label, Text):
        return SelectChoice(value, label)
    return SelectChoice(value, label.text, {"lang": "en"} if label.state == "missing" else {})


def refuse(form: Form, error: RuleBroken, sentence: Callable[[RuleBroken], str]) -> None:
    """Say in a feature's `sentence` why a change was refused: beside the field it is about, else above the form."""
    form.refusal = error.code
    name = form.beside.get(error.code)
    if name in form:
        form[name].errors = [*form[name].errors, sentence(error)]
    else:
        form.form_errors.append(sentence(error))


class Explained:
    """Runs what may be refused; a broken rule becomes a sentence in the form."""

    def __init__(self, form: Form, sentence: Callable[[RuleBroken], str]) -> None:
        self._form = form
        self._sentence = sentence

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> bool:
        if not isinstance(error, RuleBroken):
            return False
        refuse(self._form, error, self._sentence)
        return True


def form_page(template: str, form: Form | None, **values: Any) -> tuple[str, int]:
    """Return a page and its status: 429 when there were too many tries, 400 when its form has errors, else 200."""
    refusal = getattr(form, "refusal", "")
    status = 429 if refusal.startswith("too_many") else 400 if form is not None and form.errors else 200
    return render_template(template, form=form, **values), status


def page_of(count: int, size: int) -> tuple[int, int]:
    """Return the number of the page of a list that the address asks for, at most the last one, and how many there are.

    `count` rows stand on pages of `size`.
    """
    pages = max(1, -(-count // size))
    return min(max(1, request.args.get("page", 1, type=int)), pages), pages


def page_href(endpoint: str, **values: Any) -> Callable[[int], str]:
    """Return a function from a page's number to its address, with the filters kept."""
    kept = {key: value for key, value in values.items() if value}
    return lambda number: url_for(endpoint, page=number, **kept)
