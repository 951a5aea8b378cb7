"""Shapes of what people type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from wtforms import BooleanField, Field, HiddenField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.i18n import LANGUAGES
from lms.i18n import lazy_gettext as _l
from lms.people import rules
from lms.people.rules import Identifier
from lms.web.forms import Form, choices_of

_LONGEST_PASSWORD = 1000  # a first bound; the rule says which one is kept
_REQUIRED = InputRequired(_l("Please fill this in."))
# Beside which field a broken rule is told, by the field.
_OF_NAMES = dict.fromkeys(("name_characters", "name_empty", "name_too_long"), "name")
_OF_CONTACTS = dict.fromkeys(
    ("contact_needed", "contact_shared_by_many", "contact_wrong", "email_in_use", "email_wrong", "phone_wrong"),
    "contact",
)
_OF_PASSWORDS = dict.fromkeys(
    (
        "password_characters",
        "password_easy",
        "password_needed",
        "password_needed_shared",
        "password_too_long",
        "password_too_short",
    ),
    "password",
)
#: Of a form with an e-mail and a phone apart.
OF_NEWCOMERS = {
    **_OF_NAMES,
    "email_in_use": "email",
    "email_wrong": "email",
    "contact_shared_by_many": "phone",
    "phone_wrong": "phone",
}


#: A change of this sentence needs a new `service.consents.WORDING`.
BY_TEXT = _l("She gave me this number herself, and wants her invitation there by text message.")


def _code_field() -> Field:
    return StringField(_l("The six digits"), validators=[_REQUIRED, Length(max=20)])


def _password_field(label: Any, **more: Any) -> Field:
    return PasswordField(label, validators=[_REQUIRED, Length(max=_LONGEST_PASSWORD)], **more)


def _identifier_field(label: Any, *validators: Any, **more: Any) -> Field:
    return StringField(label, validators=[*(validators or [_REQUIRED]), Length(max=254)], **more)


class SignInForm(Form):
    """Who, and her password."""

    identifier = _identifier_field(_l("Your e-mail or phone number"))
    password = _password_field(_l("Your password"))
    remember = BooleanField(_l("Keep me signed in on this phone for 30 days"))
    next = HiddenField()


class CodeRequestForm(Form):
    """Where to send a code."""

    identifier = _identifier_field(_l("Your phone number or e-mail"))
    next = HiddenField()


class CodeForm(Form):
    """The six digits that were sent, or that an app shows."""

    beside: ClassVar[Mapping[str, str]] = {"code_wrong": "code", "second_code_wrong": "code"}

    code = _code_field()


class SecondStepForm(Form):
    """The six digits that an app shows, or one of the spare codes."""

    beside: ClassVar[Mapping[str, str]] = {"second_code_wrong": "code"}

    code = StringField(_l("The six digits, or a spare code"), validators=[_REQUIRED, Length(max=20)])


class SignInCodeForm(CodeForm):
    """The six digits of a sign-in, and whether to remember the phone."""

    remember = BooleanField(_l("Keep me signed in on this phone for 30 days"))


class ProofForm(Form):
    """The password, as a second proof beside a code."""

    beside: ClassVar[Mapping[str, str]] = {"password_wrong": "password"}

    password = _password_field(_l("Your password"))


class ResetRequestForm(Form):
    """Where to send a reset link."""

    identifier = _identifier_field(_l("Your e-mail or phone number"))


class NewPasswordForm(Form):
    """A new password."""

    beside: ClassVar[Mapping[str, str]] = _OF_PASSWORDS

    password = _password_field(_l("Your new password"))


class InvitationForm(Form):
    """How a new person introduces herself, and how she will sign in."""

    beside: ClassVar[Mapping[str, str]] = {**_OF_NAMES, **_OF_CONTACTS, **_OF_PASSWORDS}

    name = StringField(
        _l("Your name, as you write it"),
        description=_l("It will stand like this on your certificates. Marks such as ʻ, ā or ñ are welcome."),
        validators=[_REQUIRED, Length(max=400)],
    )
    language = SelectField(_l("The language you read best"), choices=choices_of(LANGUAGES))
    email_is_work = BooleanField(_l("This e-mail belongs to my work"))
    contact = _identifier_field(
        _l("Your own phone number or e-mail, not from work"),
        Optional(),
        description=_l("So that your training record stays yours when you change work."),
    )
    way = RadioField(
        _l("How do you want to sign in?"),
        choices=choices_of(
            (("password", _l("With a password")), ("code", _l("With a code that is sent to me each time")))
        ),
        default="password",
    )
    password = PasswordField(_l("Choose a password"), validators=[Length(max=_LONGEST_PASSWORD)])


class NameForm(Form):
    """A name as its owner writes it."""

    beside: ClassVar[Mapping[str, str]] = _OF_NAMES

    name = StringField(
        _l("Your name, as you write it"),
        description=_l("It will stand like this on new certificates. Marks such as ʻ, ā or ñ are welcome."),
        validators=[_REQUIRED, Length(max=400)],
    )


class ContactForm(Form):
    """A new contact. The password is asked for where there is one."""

    beside: ClassVar[Mapping[str, str]] = {**_OF_CONTACTS, "password_wrong": "password"}

    contact = _identifier_field(_l("A phone number or e-mail"))
    is_work = BooleanField(_l("It belongs to my work"))
    password = PasswordField(_l("Your password"), validators=[Length(max=_LONGEST_PASSWORD)])


class ChangePasswordForm(Form):
    """The present password, where there is one, and a new one."""

    beside: ClassVar[Mapping[str, str]] = {**_OF_PASSWORDS, "password_wrong": "present"}

    present = PasswordField(_l("Your present password"), validators=[Length(max=_LONGEST_PASSWORD)])
    password = _password_field(_l("Your new password"))


class EmptyForm(Form):
    """A press of a button: nothing but the token."""


class PersonForm(Form):
    """A person to be invited."""

    beside: ClassVar[Mapping[str, str]] = OF_NEWCOMERS

    name = StringField(_l("Name"), validators=[_REQUIRED, Length(max=400)])
    language = SelectField(_l("Language"), choices=choices_of(LANGUAGES))
    email = StringField(_l("E-mail"), validators=[Optional(), Length(max=254)])
    phone = StringField(_l("Phone number"), validators=[Optional(), Length(max=40)])
    is_work = BooleanField(_l("The e-mail belongs to her work"))
    by_text = BooleanField(BY_TEXT)


class SendForm(Form):
    """An invitation to be sent again."""

    by_text = BooleanField(BY_TEXT)


class RoleForm(Form):
    """A role to be given. The departments are set by the view."""

    beside: ClassVar[Mapping[str, str]] = {
        "role_needs_department": "department",
        "role_needs_language": "language",
        "role_unknown": "role",
    }

    role = SelectField(_l("Role"))
    language = SelectField(_l("Language, for a translator"), validators=[Optional()])
    department = SelectField(_l("Department, for a viewer"), validators=[Optional()])


class RecoveryForm(Form):
    """A request to send a way back to a new contact."""

    beside: ClassVar[Mapping[str, str]] = {**_OF_CONTACTS, "reason_needed": "reason", "reason_too_long": "reason"}

    contact = _identifier_field(_l("Her new phone number or e-mail"))
    reason = TextAreaField(
        _l("How do you know that it is she?"),
        description=_l("For example: she came to the office and showed her badge. Another person reads this."),
        validators=[_REQUIRED, Length(max=1000)],
    )


def identifier_of(typed: str) -> Identifier:
    """Return the e-mail address or phone number that was typed; where it is neither, a short hash nobody can have."""
    return rules.normal_identifier(typed) or Identifier("none", rules.token_hash(typed))
