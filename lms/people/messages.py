"""Sentences for what people refuses, in the reader's language."""

from __future__ import annotations

from flask_babel import ngettext

from lms.errors import RuleBroken
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l

_SENTENCES = {
    "account_disabled": _l("This account is closed. Open it again first."),
    "already_accepted": _l("She has already signed in. If she lost her way in, ask for a way back instead."),
    "contact_last": _l("We need one way to reach you that works. Add and confirm another one first."),
    "contact_needed": _l("Please give your phone number or e-mail, so that you can sign in again."),
    "contact_shared_by_many": _l("Too many people use this number already. Please use another one."),
    "contact_wrong": _l("Please write an e-mail address or a phone number, such as 213 555 0142."),
    "code_wrong": _l("This code does not match, or it is too old. Look at the newest message, or ask for a new code."),
    "email_in_use": _l("This e-mail cannot be used here. Please use another one, or a phone number."),
    "email_wrong": _l("This does not look like an e-mail address. Please check it."),
    "language_unknown": _l("Please choose one of the languages."),
    "last_administrator": _l("Nobody else could run this site. Give the role to another person first."),
    "link_dead": _l("This link was used already, or it is too old. Please ask for a new one."),
    "name_characters": _l("The name has a sign that we cannot keep. Please type it again."),
    "name_empty": _l("Please write the name."),
    "name_too_long": _l("The name is too long. Please use at most 200 letters."),
    "number_not_given": _l(
        "We write by text message only to a number that she gave for it. Tick that she did, or print the invitation."
    ),
    "no_contact": _l("There is no e-mail or phone to send it to. Print the invitation instead."),
    "not_oneself": _l("Another person must do this for you."),
    "password_characters": _l("The password has a sign that cannot be typed again. Please choose another one."),
    "password_easy": _l(
        "This password is easy to guess. Use a few words that do not belong together, and not your name."
    ),
    "password_needed": _l("Please choose a password. Your work here needs one."),
    "password_needed_shared": _l("Somebody shares this number with you, so please choose a password too."),
    "password_wrong": _l("This is not your present password. Please try again."),
    "phone_wrong": _l("This does not look like a phone number. Write it like 213 555 0142."),
    "reason_needed": _l("Please write how you know that it is she."),
    "recovery_waits": _l("Somebody has already asked for this. It waits for another person."),
    "requester_left": _l("The one who asked may not do this any more. Close this request, then ask anew."),
    "role_needs_department": _l("Choose the department whose programs the viewer reads."),
    "role_needs_language": _l("Choose the language that the translator works in."),
    "role_to_oneself": _l("Nobody can give a role to herself. Ask another administrator."),
    "role_unknown": _l("Please choose a role."),
    "second_code_wrong": _l("This code does not match. Wait for the next one in your app, then type that."),
    "second_factor_is_on": _l("The second step is already on."),
    "second_factor_not_begun": _l("The second step is not set up."),
    "sign_in_refused": _l(
        "This did not work. Please check what you typed. If you forgot your password, you can reset it."
    ),
    "too_many_letters": _l("We have sent several messages already. Please wait fifteen minutes, then try again."),
    "too_many_tries": _l(
        "There were too many tries. Please wait five minutes, then try again, or reset your password. "
        "A phone on which you signed in before still works."
    ),
}


def sentence(error: RuleBroken) -> str:
    """Return what to tell the reader about a refused change: what is wrong, and what to do."""
    number = error.values.get("number")
    if isinstance(number, int):
        return _numbered(error.code, number)
    return str(_SENTENCES.get(error.code) or _("This did not work. Please try again, or ask for help."))


def _numbered(code: str, number: int) -> str:
    """Return the sentence of a rule that has a number in it."""
    if code == "password_must_grow":
        text = ngettext(
            "First choose a password of at least %(num)s character, then turn the second step off.",
            "First choose a password of at least %(num)s characters, then turn the second step off.",
            number,
        )
    elif code == "reason_too_long":
        text = ngettext("Please use at most %(num)s letter.", "Please use at most %(num)s letters.", number)
    elif code == "password_too_long":
        text = ngettext(
            "The password is too long. Use at most %(num)s character.",
            "The password is too long. Use at most %(num)s characters.",
            number,
        )
    else:
        text = ngettext(
            "The password is too short. Use at least %(num)s character; a few words work well.",
            "The password is too short. Use at least %(num)s characters; a few words work well.",
            number,
        )
    return str(text)
