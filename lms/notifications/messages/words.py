"""The words of letters: rendered in the reader's language when sent, with the links that they carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from lms.notifications import rules
from lms.notifications.messages.links import LINKS
from lms.notifications.messages.telling import tell, tell_part
from lms.notifications.messages.told import Told
from lms.notifications.queries import NEWS, Facts, Item
from lms.notifications.rules import Title, stop_token
from lms.people.rules import code_digits
from lms.surveys.rules import follow_up_token

_EXTENSION = "lms.notifications"
#: Letters about facts have the same templates; what they say is in `messages.telling`.
_NAMES = dict.fromkeys(NEWS, "news")


@dataclass(frozen=True)
class Words:
    """A rendered letter. `subject` and `html` are empty for a text message."""

    text: str
    subject: str = ""
    html: str = ""
    #: The address that stops letters of this sort; "" for those that cannot be stopped.
    stop: str = ""


def render(kind: str, facts: Facts, config: Config, *, letter_id: str) -> Words:
    """Return the words of a letter in the language of `facts`. Needs an application context, no request.

    `letter_id` is the letter's public id, by which its reader can stop letters of this sort.
    """
    with force_locale(facts.language):
        if facts.channel == "sms":
            return Words(_short(kind, facts, config, letter_id))
        values = _values(kind, facts, config, letter_id)
        name = _NAMES.get(kind, kind)
        text = _template(f"{name}.txt")
        subject = "".join(text.blocks["subject"](text.new_context(values)))
        html = _template(f"{name}.html").render(values)
        return Words(text.render(values).strip() + "\n", _line(subject), html, values["stop"])


def _short(kind: str, facts: Facts, config: Config, letter_id: str) -> str:
    """Return a text message; where it would take too many parts, with shorter titles, at last without the name."""
    text = ""
    for length, has_name in rules.ATTEMPTS:
        tried = _shortened(facts, length, has_name=has_name)
        text = _line(_template(f"{_NAMES.get(kind, kind)}.sms.txt").render(_values(kind, tried, config, letter_id)))
        if rules.segments(text) <= rules.MOST_SEGMENTS:
            break
    return text


def _shortened(facts: Facts, length: int | None, *, has_name: bool) -> Facts:
    """Return facts with titles of at most `length` letters."""
    values: dict[str, Any] = {
        key: rules.cut(each, length) if isinstance(each, Title) else each for key, each in facts.values.items()
    }
    if "items" in values:
        values["items"] = [_shortened_item(item, length) for item in facts.values["items"]]
    return replace(facts, name=facts.name if has_name else "", values=values)


def _shortened_item(item: Item, length: int | None) -> Item:
    """Return an item whose titles have at most `length` letters."""
    cut = {key: rules.cut(each, length) for key, each in item.values.items() if isinstance(each, Title)}
    return replace(item, title=rules.cut(item.title, length), values={**item.values, **cut})


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
    if words.stop:  # RFC 8058: one press in the mail program, without opening anything
        message["List-Unsubscribe"] = f"<{words.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(words.text, cte="quoted-printable")
    message.add_alternative(words.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = facts.language
    return message


def to_text_message(words: Words, facts: Facts, *, message_id: str, at: datetime) -> TextMessage:
    """Return `words` as a text message; raise `lms.mail.Undeliverable` for a bad number."""
    return TextMessage(message_id, check_number(facts.address), words.text, at)


def _values(kind: str, facts: Facts, config: Config, letter_id: str) -> dict[str, Any]:
    """Return what the templates of `kind` use: the facts, the links, who helps."""
    valid_until = facts.values.get("expires_at")
    token = stop_token(config.secret_key, letter_id)
    links = {name: _address(config, *link(facts, config)) for name, link in LINKS[kind].items()}
    return {
        **facts.values,
        **_made_now(facts, config),
        "name": facts.name,
        "language": facts.language,
        "links": links,
        "told": [
            *(_told(item, config) for item in facts.values.get("items", ())),
            *(tell_part(part, links[part.key]) for part in facts.values.get("parts", ())),
        ],
        "until": local_date(valid_until) if valid_until else None,
        "stops": rules.STOPPED_BY.get(kind, ""),
        "stop": _address(config, "notifications.stop", {"token": token}) if kind in rules.STOPPED_BY else "",
        "is_demo": config.env == "demo",
        "help_contact": {"name": config.help_name, "phone": config.help_phone, "email": config.help_email},
    }


def _told(item: Item, config: Config) -> Told:
    """Return what a reminder says of one thing, with its address; that of a follow-up carries its own proof."""
    made = item.values.get("follow_up")
    address = {"token": follow_up_token(config.secret_key, made)} if made else item.address
    return replace(tell(item), link=_address(config, item.endpoint, address))


def _made_now(facts: Facts, config: Config) -> dict[str, str]:
    """Return the secret that a letter brings; it is written nowhere else."""
    if "code_public_id" not in facts.values:
        return {}
    return {"code": code_digits(config.secret_key, facts.values["code_public_id"])}


def _address(config: Config, endpoint: str, values: Mapping[str, str]) -> str:
    """Return the address of a page as a reader opens it; it never comes from a request."""
    path = current_app.url_map.bind("").build(endpoint, dict(values))
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
