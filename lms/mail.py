"""Sending: a letter into a file or to an SMTP server, a text message into a file or to a gateway over HTTP.

`LMS_MAIL_URL` is `file:DIR`, `smtp://user:password@host:port?starttls=1`, or `smtps://...` (TLS from the first byte);
`LMS_SMS_URL` is `file:DIR`, or `https://...`: each message is posted there as JSON. Anything else is refused when the
program starts. Nothing here knows a letter or a person.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import smtplib
import ssl
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from lms.config import BadSettings, Config

TIMEOUT_SECONDS = 30.0
_SPECIAL = r"\s\x00-\x1f\x7f@,;:<>()\[\]\"\\"
_EMAIL = re.compile(rf"[^{_SPECIAL}]{{1,64}}@[^{_SPECIAL}]{{1,189}}")
_NUMBER = re.compile(r"\+[0-9]{8,15}")
#: Answers by which a gateway says that this number will never do. Others, such as 400 and 404, may be a fault of
#: the settings, for which no number is to blame.
_REFUSES_NUMBER = (410, 422)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")

M_contra = TypeVar("M_contra", contravariant=True)


class Undeliverable(Exception):
    """The address can never be reached; sending again is of no use."""


class RefusedError(Exception):
    """A gateway did not take a message; a later try may help. The message is its answer."""


class Sender(Protocol[M_contra]):
    """Hands one message over. It has left when this returns; every fault raises."""

    def send(self, message: M_contra) -> None:
        """Send `message` to its one recipient; raise `Undeliverable` when no later try can help."""


@dataclass(frozen=True)
class TextMessage:
    """A text message (SMS): a fixed id, so that a repeat can be recognized, the number, and the words."""

    id: str
    number: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Senders:
    """The ways out that the settings name."""

    mail: Sender[EmailMessage]
    sms: Sender[TextMessage]


def open_senders(config: Config) -> Senders:
    """Return the senders of the settings, nothing connected yet; raise `BadSettings` when a setting is unknown."""
    return Senders(mail_sender(config.mail_url), sms_sender(config.sms_url))


def mail_sender(url: str) -> Sender[EmailMessage]:
    """Return the sender of letters that `url` names; raise `BadSettings` for any but file, smtp and smtps."""
    if url.startswith("file:"):
        return MailFolder(_folder(url))
    parts = urlsplit(url)
    if parts.scheme in ("smtp", "smtps") and parts.hostname:
        return _smtp_sender(parts)
    raise BadSettings(
        f"LMS_MAIL_URL cannot use {parts.scheme or url!r}; use file:DIR or smtp://user:password@host:port."
    )


def sms_sender(url: str) -> Sender[TextMessage]:
    """Return the sender of text messages that `url` names; raise `BadSettings` for any but file and https."""
    if url.startswith("file:"):
        return TextFolder(_folder(url))
    parts = urlsplit(url)
    if parts.scheme in ("http", "https") and parts.hostname:
        return _gateway(parts)
    raise BadSettings(f"LMS_SMS_URL cannot use {parts.scheme or url!r}; use file:DIR or https://token@host/path.")


def check_email(address: str) -> str:
    """Return `address` when it is one plain e-mail address; raise `Undeliverable` for anything else.

    A line break would add a header, a comma a second reader.
    """
    if not _EMAIL.fullmatch(address):
        raise Undeliverable(f"not an e-mail address: {address!r}")
    return address


def check_one_reader(message: EmailMessage) -> None:
    """Raise `Undeliverable` unless `message` goes to one plain e-mail address and to nobody else."""
    if message["Cc"] or message["Bcc"] or message["To"] is None or len(message["To"].addresses) != 1:
        raise Undeliverable("a letter goes to one address")
    check_email(message["To"].addresses[0].addr_spec)


def check_number(number: str) -> str:
    """Return `number` when it is + and 8 to 15 digits; raise `Undeliverable` for anything else."""
    if not _NUMBER.fullmatch(number):
        raise Undeliverable(f"not a phone number: {number!r}")
    return number


@dataclass(frozen=True)
class MailFolder:
    """Writes each letter as one whole `.eml` file, which mail programs open."""

    folder: Path

    def send(self, message: EmailMessage) -> None:
        """Write `message` under its date and id; raise `Undeliverable` for a bad address."""
        check_one_reader(message)
        name = f"{_stamp(message['Date'].datetime)}-{_plain(message['Message-ID'])}.eml"
        _write_whole(self.folder / name, bytes(message))


@dataclass(frozen=True)
class TextFolder:
    """Writes each text message as one whole `.txt` file: the number, an empty line, the words."""

    folder: Path

    def send(self, message: TextMessage) -> None:
        """Write `message` under its date and id; raise `Undeliverable` for a bad number."""
        name = f"{_stamp(message.at)}-{_plain(message.id)}.txt"
        content = f"{check_number(message.number)}\n\n{message.text}\n"
        _write_whole(self.folder / name, content.encode())


@dataclass(frozen=True)
class SmtpServer:
    """Speaks to one SMTP server, one connection for each letter. `tls` is "", "starttls" or "always"."""

    host: str
    port: int
    tls: str = ""
    user: str = ""
    password: str = field(default="", repr=False)

    def send(self, message: EmailMessage) -> None:
        """Hand `message` over; raise `Undeliverable` when the server refuses its reader for good."""
        check_one_reader(message)
        server = self._connect()
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            answers = [f"{code} {words.decode(errors='replace')}" for code, words in error.recipients.values()]
            if all(answer.startswith("5") for answer in answers):
                raise Undeliverable("; ".join(answers)) from error
            raise
        finally:  # whatever the server says to our goodbye, the letter has left or has not
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        """Return an open connection, encrypted and signed in where the settings say so."""
        server: smtplib.SMTP
        if self.tls == "always":
            context = ssl.create_default_context()
            server = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        if self.tls == "starttls":
            server.starttls(context=ssl.create_default_context())
        if self.user:
            server.login(self.user, self.password)
        return server


@dataclass(frozen=True)
class Gateway:
    """Posts each text message to a gateway over HTTP, as JSON with `id`, `to` and `text`.

    `authorization` is the header of that name. The id is sent as `Idempotency-Key` too, so that the gateway can
    recognize a repeat. It follows no redirection.
    """

    host: str
    port: int
    target: str
    is_encrypted: bool = True
    authorization: str = field(default="", repr=False)

    def send(self, message: TextMessage) -> None:
        """Hand `message` over; raise `Undeliverable` when the gateway refuses its number for good."""
        body = json.dumps({"id": message.id, "to": check_number(message.number), "text": message.text})
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.id}
        headers |= {"Authorization": self.authorization} if self.authorization else {}
        connection = self._connect()
        try:
            connection.request("POST", self.target, body.encode(), headers)
            answer = connection.getresponse()
            said = f"{answer.status} {answer.read(500).decode(errors='replace')}".strip()
        finally:
            connection.close()
        if answer.status in _REFUSES_NUMBER:
            raise Undeliverable(said)
        if not 200 <= answer.status < 300:
            raise RefusedError(said)

    def _connect(self) -> HTTPConnection:
        if self.is_encrypted:
            context = ssl.create_default_context()
            return HTTPSConnection(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        return HTTPConnection(self.host, self.port, timeout=TIMEOUT_SECONDS)


def _gateway(parts: SplitResult) -> Gateway:
    """Return the gateway of an http address; raise `BadSettings` for what it must not or cannot mean."""
    try:
        port = parts.port
    except ValueError as error:
        raise BadSettings(f"LMS_SMS_URL cannot be read: {error}.") from error
    is_encrypted = parts.scheme == "https"
    if not is_encrypted and parts.hostname not in _LOOPBACK:
        raise BadSettings("LMS_SMS_URL would send numbers and words unencrypted; use https://.")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    authorization = ""
    if password:
        authorization = f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"
    elif user:
        authorization = f"Bearer {user}"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Gateway(parts.hostname or "", port or (443 if is_encrypted else 80), target, is_encrypted, authorization)


def _smtp_sender(parts: SplitResult) -> SmtpServer:
    """Return the sender of an smtp address; raise `BadSettings` for what it must not or cannot mean."""
    try:
        port = parts.port
        options = parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise BadSettings(f"LMS_MAIL_URL cannot be read: {error}.") from error
    if options not in ({}, {"starttls": ["1"]}):
        raise BadSettings("LMS_MAIL_URL knows one option: ?starttls=1.")
    tls = "always" if parts.scheme == "smtps" else "starttls" if options else ""
    if parts.username and not tls and parts.hostname not in _LOOPBACK:
        raise BadSettings("LMS_MAIL_URL would send its password unencrypted; add ?starttls=1 or use smtps://.")
    usual = {"always": 465, "starttls": 587, "": 25}[tls]
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return SmtpServer(parts.hostname or "", port or usual, tls, user, password)


def _folder(url: str) -> Path:
    """Return the folder that a `file:` address names."""
    path = url.removeprefix("file:")
    path = path.removeprefix("//") if path.startswith("///") else path
    if not path:
        raise BadSettings("file: must name a folder, such as file:var/mail.")
    return Path(path)


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S}"


def _plain(message_id: str) -> str:
    """Return the part of a message's id before its @, with nothing that could leave the folder."""
    return re.sub(r"[^0-9A-Za-z]", "", message_id.partition("@")[0])


def _write_whole(target: Path, content: bytes) -> None:
    """Write a file that is seen whole or not at all, also after a power cut."""
    target.parent.mkdir(parents=True, exist_ok=True)
    passing = target.parent / f".{secrets.token_hex(8)}"
    with passing.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    passing.replace(target)
