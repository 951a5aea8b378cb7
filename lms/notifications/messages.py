"""The words of letters: rendered in the reader's language when sent, with the links that they carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from flask import current_app
from jinja2 import Environment, PackageLoader

from lms.clock import local_date
from lms.config import Config
from lms.i18n import force_locale
from lms.i18n import gettext as _
from lms.mail import TextMessage, check_email, check_number
from lms.notifications.queries import Facts
from lms.people.rules import code_digits, link_token

_EXTENSION = "lms.notifications"


@dataclass(frozen=True)
class Words:
    """A rendered letter. `subject` and `html` are empty for a text message."""

    text: str
    subject: str = ""
    html: str = ""


def render(kind: str, facts: Facts, config: Config) -> Words:
    """Return the words of a letter in the language of `facts`. Needs an application context, no request."""
    with force_locale(facts.language):
        values = _values(kind, facts, config)
        if facts.channel == "sms":
            return Words(_line(_template(f"{kind}.sms.txt").render(values)))
        text = _template(f"{kind}.txt")
        subject = "".join(text.blocks["subject"](text.new_context(values)))
        return Words(text.render(values).strip() + "\n", _line(subject), _template(f"{kind}.html").render(values))


def to_email(words: Words, facts: Facts, config: Config, *, message_id: str, at: datetime) -> EmailMessage:
    """Return `words` as an e-mail with both parts, from the help desk, whose Message-ID holds `message_id`.

    Nothing in it tells anybody that it was read. Raises `lms.mail.Undeliverable` for a bad address.
    """
    with force_locale(facts.language):
        site = _("Community health training")
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(site, addr_spec=config.help_email)
    message["To"] = check_email(facts.address)
    message["Subject"] = words.subject
    message["Date"] = at
    message["Message-ID"] = f"<{message_id}@{config.help_email.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(words.text, cte="quoted-printable")
    message.add_alternative(words.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = facts.language
    return message


def to_text_message(words: Words, facts: Facts, *, message_id: str, at: datetime) -> TextMessage:
    """Return `words` as a text message; raise `lms.mail.Undeliverable` for a bad number."""
    return TextMessage(message_id, check_number(facts.address), words.text, at)


def _values(kind: str, facts: Facts, config: Config) -> dict[str, Any]:
    """Return what the templates of `kind` use: the facts, the links, who helps."""
    valid_until = facts.values.get("expires_at")
    return {
        **facts.values,
        **_made_now(facts, config),
        "name": facts.name,
        "language": facts.language,
        "links": {name: _address(config, *link(facts, config)) for name, link in _LINKS[kind].items()},
        "until": local_date(valid_until) if valid_until else None,
        "is_demo": config.env == "demo",
        "help_contact": {"name": config.help_name, "phone": config.help_phone, "email": config.help_email},
    }


def _made_now(facts: Facts, config: Config) -> dict[str, str]:
    """Return the secret that a letter brings; it is written nowhere else."""
    if "code_public_id" not in facts.values:
        return {}
    return {"code": code_digits(config.secret_key, facts.values["code_public_id"])}


Link = Callable[[Facts, Config], tuple[str, dict[str, str]]]


def _one_time(endpoint: str) -> Link:
    return lambda facts, config: (endpoint, {"token": link_token(config.secret_key, facts.values["link_public_id"])})


def _own(endpoint: str) -> Link:
    return lambda facts, _config: (endpoint, {"public_id": facts.values["public_id"]})


_LINKS: dict[str, dict[str, Link]] = {
    "invitation": {"open": _one_time("people.invitation")},
    "reset": {"open": _one_time("people.reset")},
    "recovery": {"open": _one_time("people.reset")},
    "recovery_notice": {},
    "code": {},
    "certificate": {
        "open": _own("certificates.own_certificate"),
        "verify": lambda facts, _config: ("certificates.verify", {"serial": facts.values["serial"]}),
    },
    "question": {"open": _own("certificates.own_application")},
    "refusal": {"open": _own("certificates.own_application")},
    "assignment": {"open": lambda facts, _config: ("tracks.show", {"key": facts.values["track_key"]})},
}


def _address(config: Config, endpoint: str, values: dict[str, str]) -> str:
    """Return the address of a page as a reader opens it; it never comes from a request."""
    path = current_app.url_map.bind("").build(endpoint, values)
    return f"{config.base_url}{path}"


def _template(name: str) -> Any:
    """Return one of this feature's templates, in an environment like that of pages, built once."""
    environment: Environment | None = current_app.extensions.get(_EXTENSION)
    if environment is None:
        loader = PackageLoader("lms.notifications")
        environment = current_app.jinja_env.overlay(loader=loader, trim_blocks=True, lstrip_blocks=True)
        current_app.extensions[_EXTENSION] = environment
    return environment.get_template(f"notifications/{name}")


def _line(text: str) -> str:
    """Return `text` on one line."""
    return " ".join(text.split())
