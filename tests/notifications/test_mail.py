"""Senders: files and a real SMTP server, and what they refuse."""

from __future__ import annotations

import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, default
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lms.app import create_app
from lms.config import BadSettings, Config
from lms.mail import (
    Gateway,
    MailFolder,
    RefusedError,
    SmtpServer,
    TextFolder,
    TextMessage,
    Undeliverable,
    check_email,
    check_number,
    mail_sender,
    open_senders,
    sms_sender,
)

AT = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)


class Inbox:
    """What an SMTP server received; addresses that begin with "no" are refused, for good or for now."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.readers: list[list[str]] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if address.startswith("nobody"):
            return "550 no such mailbox"
        if address.startswith("not-now"):
            return "451 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.raw.append(envelope.content)
        self.readers.append(envelope.rcpt_tos)
        return "250 OK"

    @property
    def messages(self) -> list[Any]:
        return [message_from_bytes(raw, policy=default) for raw in self.raw]


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def controller(inbox: Inbox, **options: Any) -> Controller:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return Controller(inbox, hostname="127.0.0.1", port=port, **options)


class Talk(socketserver.StreamRequestHandler):
    """One conversation in SMTP, as far as a sender of one letter goes."""

    def handle(self) -> None:
        """Take letters until the other side says goodbye, or is gone."""
        self.say("220 ready")
        while line := self.rfile.readline():
            word = line[:4].upper().decode(errors="replace")
            if word == "DATA":
                self.say("354 go on")
                content = b"".join(iter(self.whole_line, b".\r\n"))
                self.server.inbox.raw.append(content)  # type: ignore[attr-defined]
            self.say("221 bye" if word == "QUIT" else "250 OK")

    def whole_line(self) -> bytes:
        """Return a line of the letter; raise `ConnectionError` where it breaks off, so that nothing half is kept."""
        line = self.rfile.readline()
        if not line.endswith(b"\n"):
            raise ConnectionError("the letter broke off")
        return line[1:] if line.startswith(b"..") else line

    def say(self, answer: str) -> None:
        """Answer with one line."""
        with suppress(OSError):  # the other side may have been killed
            self.wfile.write(f"{answer}\r\n".encode())


class QuickServer(socketserver.ThreadingTCPServer):
    """An SMTP server for thousands of letters; aiosmtpd takes longer for each one than for the one before."""

    daemon_threads = True

    def __init__(self, inbox: Inbox) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.inbox = inbox

    def handle_error(self, *_: Any) -> None:
        """Say nothing of those who were killed while they spoke."""


@pytest.fixture
def server(inbox: Inbox) -> Iterator[Controller]:
    running = controller(inbox)
    running.start()
    yield running
    running.stop()


def letter(to: str = "mele@test.example") -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Akoʻi ki he moʻui", addr_spec="help@test.example")
    message["To"] = to
    message["Subject"] = "Ko hoʻo tohi fakamoʻoni: ʻOku maau! ¿Está lista, Māmā?"
    message["Date"] = AT
    message["Message-ID"] = "<abc123@test.example>"
    message.set_content("Mālō e lelei, ʻAna. ¡Felicidades!\n", cte="quoted-printable")
    return message


def test_a_real_server_receives_letters_of_every_language_whole(server: Controller, inbox: Inbox) -> None:
    mail_sender(f"smtp://127.0.0.1:{server.port}").send(letter())
    (received,) = inbox.messages
    assert received["Subject"] == "Ko hoʻo tohi fakamoʻoni: ʻOku maau! ¿Está lista, Māmā?"
    assert received["From"].addresses[0].display_name == "Akoʻi ki he moʻui"
    assert received["Message-ID"] == "<abc123@test.example>"
    assert received.get_content().replace("\r\n", "\n") == "Mālō e lelei, ʻAna. ¡Felicidades!\n"
    assert inbox.readers == [["mele@test.example"]]
    assert all(byte < 128 for byte in inbox.raw[0]), "not every server takes eight bits"


class Curt(Inbox):
    """A server that takes the letter and then has no time to say goodbye, or hangs up."""

    hangs_up = False

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.hangs_up:
            server.transport.abort()
        return "421 too busy to say goodbye"


@pytest.mark.parametrize("hangs_up", [False, True])
def test_a_letter_that_was_taken_has_left_whatever_comes_after(hangs_up: bool) -> None:
    inbox = Curt()
    inbox.hangs_up = hangs_up
    running = controller(inbox)
    running.start()
    try:
        mail_sender(f"smtp://127.0.0.1:{running.port}").send(letter())
        with pytest.raises(Undeliverable):
            mail_sender(f"smtp://127.0.0.1:{running.port}").send(letter("nobody@test.example"))
    finally:
        running.stop()
    assert len(inbox.raw) == 1


def test_a_refusal_for_good_is_told_from_one_for_now(server: Controller, inbox: Inbox) -> None:
    sender = SmtpServer("127.0.0.1", server.port)
    with pytest.raises(Undeliverable, match="550 no such mailbox"):
        sender.send(letter("nobody@test.example"))
    with pytest.raises(OSError, match="451"):
        sender.send(letter("not-now@test.example"))
    assert inbox.raw == []


def test_it_signs_in_with_the_user_of_the_address(inbox: Inbox) -> None:
    seen = []

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: LoginPassword) -> AuthResult:
        seen.append((given.login, given.password))
        return AuthResult(success=True)

    running = controller(inbox, authenticator=check, auth_require_tls=False)
    running.start()
    try:
        mail_sender(f"smtp://us%40er:p%2Fw@127.0.0.1:{running.port}").send(letter())
    finally:
        running.stop()
    assert seen == [(b"us@er", b"p/w")]
    assert len(inbox.raw) == 1


def test_it_refuses_a_server_whose_certificate_nobody_vouches_for(inbox: Inbox, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(tmp_path))
    running = controller(inbox, tls_context=context)
    running.start()
    try:
        with pytest.raises(ssl.SSLCertVerificationError):
            mail_sender(f"smtp://127.0.0.1:{running.port}?starttls=1").send(letter())
    finally:
        running.stop()
    assert inbox.raw == []


def test_tls_from_the_first_byte_is_asked_of_a_server(server: Controller, inbox: Inbox) -> None:
    with pytest.raises(ssl.SSLError):
        mail_sender(f"smtps://127.0.0.1:{server.port}").send(letter())
    assert inbox.raw == []


def certificate(folder: Path) -> tuple[str, str]:
    """Write a certificate signed by itself, with its key, and return both paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2090, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(folder / "cert.pem"), str(folder / "key.pem")


def test_a_folder_keeps_each_letter_as_one_whole_file(tmp_path: Path) -> None:
    sender = mail_sender(f"file:{tmp_path / 'mail'}")
    sender.send(letter())
    sender.send(letter())
    (file,) = (tmp_path / "mail").iterdir()
    assert file.name == "20260305T180000-abc123.eml", "a repeat is the same file, and nothing half-written is left"
    assert message_from_bytes(file.read_bytes(), policy=default)["To"] == "mele@test.example"


def test_an_id_cannot_leave_the_folder(tmp_path: Path) -> None:
    message = letter()
    del message["Message-ID"]
    message["Message-ID"] = "<../../evil/x@test.example>"
    MailFolder(tmp_path / "mail").send(message)
    assert [file.name for file in tmp_path.rglob("*.eml")] == ["20260305T180000-evilx.eml"]


def test_a_text_message_is_a_file_with_its_number(tmp_path: Path) -> None:
    sms_sender(f"file:{tmp_path}").send(TextMessage("abc", "+12135550100", "Ko hoʻo fika: 123456", AT))
    assert (tmp_path / "20260305T180000-abc.txt").read_text() == "+12135550100\n\nKo hoʻo fika: 123456\n"


@pytest.mark.parametrize(
    "address",
    [
        "a@x.example\nBcc: b@x.example",
        "a@x.example\r\n",
        "a@x.example, b@x.example",
        "a@x.example;b@x.example",
        "Ana <a@x.example>",
        "a b@x.example",
        "a@",
        "@x.example",
        "a@x@y.example",
        "",
        "a" * 65 + "@x.example",
    ],
)
def test_addresses_that_are_not_exactly_one_are_refused(address: str) -> None:
    with pytest.raises(Undeliverable):
        check_email(address)


@pytest.mark.parametrize("number", ["12135550100", "+1 213 555 0100", "+1213\n5550100", "+", "", "+12135550100\n"])
def test_numbers_that_are_not_plain_are_refused(number: str, tmp_path: Path) -> None:
    with pytest.raises(Undeliverable):
        check_number(number)
    with pytest.raises(Undeliverable):
        TextFolder(tmp_path / "sms").send(TextMessage("abc", number, "words", AT))
    assert not (tmp_path / "sms").exists()


def test_a_letter_to_nobody_or_to_two_does_not_leave(tmp_path: Path) -> None:
    for change in ({"To": None}, {"To": "a@x.example, b@x.example"}, {"Cc": "b@x.example"}, {"Bcc": "b@x.example"}):
        message = letter()
        for header, value in change.items():
            del message[header]
            if value:
                message[header] = value
        with pytest.raises(Undeliverable):
            MailFolder(tmp_path / "mail").send(message)
    assert not (tmp_path / "mail").exists()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", SmtpServer("mail.example", 25)),
        ("smtp://mail.example:2525", SmtpServer("mail.example", 2525)),
        ("smtp://u:p@mail.example?starttls=1", SmtpServer("mail.example", 587, "starttls", "u", "p")),
        ("smtps://u:p@mail.example", SmtpServer("mail.example", 465, "always", "u", "p")),
        ("smtp://u:p@localhost:1025", SmtpServer("localhost", 1025, "", "u", "p")),
    ],
)
def test_an_address_says_how_to_reach_a_server(url: str, expected: SmtpServer) -> None:
    assert mail_sender(url) == expected
    assert "p@" not in repr(mail_sender(url))


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("sendgrid://key", "sendgrid"),
        ("nonsense", "nonsense"),
        ("smtp://", "smtp"),
        ("smtp://mail.example:many", "Port"),
        ("smtp://mail.example?starttls=yes", "starttls=1"),
        ("smtp://mail.example?tls=1", "starttls=1"),
        ("smtp://mail.example?starttls", "strict|bad query"),
        ("smtp://u:p@mail.example", "unencrypted"),
        ("file:", "folder"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_at_the_start(url: str, word: str) -> None:
    with pytest.raises(BadSettings, match=word):
        mail_sender(url)


class Counter(BaseHTTPRequestHandler):
    """A gateway that keeps what it was sent, and answers as the number asks for."""

    heard: ClassVar[list[tuple[str, dict[str, str], Any]]] = []

    def do_POST(self) -> None:
        """Take one message."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.heard.append((self.path, dict(self.headers), body))
        status = {"+12135550410": 410, "+12135550422": 422, "+12135550404": 404, "+12135550302": 302}.get(
            body["to"], 202
        )
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(b"told why")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def gateway() -> Iterator[str]:
    Counter.heard.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Counter)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_gateway_gets_each_text_message_once_with_its_id(gateway: str) -> None:
    sms_sender(f"http://tok%40en@{gateway}/send?from=1").send(TextMessage("abc", "+12135550100", "Mālō ʻAna", AT))
    ((path, headers, body),) = Counter.heard
    assert path == "/send?from=1"
    assert (headers["Authorization"], headers["Idempotency-Key"]) == ("Bearer tok@en", "abc")
    assert body == {"id": "abc", "to": "+12135550100", "text": "Mālō ʻAna"}
    sms_sender(f"http://user:pass@{gateway}").send(TextMessage("abd", "+12135550100", "x", AT))
    path, headers, _ = Counter.heard[1]
    assert (path, headers["Authorization"]) == ("/", "Basic dXNlcjpwYXNz")
    sms_sender(f"http://{gateway}/").send(TextMessage("abe", "+12135550100", "x", AT))
    assert "Authorization" not in Counter.heard[2][1]


@pytest.mark.parametrize(
    ("number", "fault"), [("410", Undeliverable), ("422", Undeliverable), ("404", RefusedError), ("302", RefusedError)]
)
def test_a_gateway_that_says_no_for_good_is_told_from_one_that_may_say_yes_later(
    gateway: str, number: str, fault: type[Exception]
) -> None:
    with pytest.raises(fault, match=f"{number} told why"):
        sms_sender(f"http://{gateway}/").send(TextMessage("abc", f"+12135550{number}", "x", AT))
    assert len(Counter.heard) == 1, "no redirection is followed"
    with pytest.raises(Undeliverable):
        sms_sender(f"http://{gateway}/").send(TextMessage("abc", "nonsense", "x", AT))
    assert len(Counter.heard) == 1


def test_a_gateway_that_does_not_answer_is_a_fault_of_the_moment() -> None:
    with pytest.raises(OSError, match="refused"):
        sms_sender("http://127.0.0.1:9/").send(TextMessage("abc", "+12135550100", "x", AT))


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("twilio://key", "LMS_SMS_URL cannot use 'twilio'"),
        ("http://gateway.example/send", "unencrypted"),
        ("https://gateway.example:many/", "Port"),
        ("https:///send", "LMS_SMS_URL cannot use 'https'"),
    ],
)
def test_a_gateway_that_cannot_be_used_is_refused_at_the_start(url: str, word: str) -> None:
    with pytest.raises(BadSettings, match=word):
        sms_sender(url)


def test_a_gateway_is_encrypted_and_keeps_its_secret() -> None:
    found = sms_sender("https://secret@gateway.example/v1")
    assert found == Gateway("gateway.example", 443, "/v1", True, "Bearer secret")
    assert "secret" not in repr(found)
    assert isinstance(found, Gateway)
    assert isinstance(found._connect(), HTTPSConnection)


def test_the_default_settings_write_into_folders(tmp_path: Path) -> None:
    config = Config.from_env({"LMS_DATA_DIR": str(tmp_path)})
    senders = open_senders(config)
    assert senders.mail == MailFolder(tmp_path / "mail")
    assert senders.sms == TextFolder(tmp_path / "sms")
    assert mail_sender("file:///srv/mail") == MailFolder(Path("/srv/mail"))


def test_the_program_does_not_start_with_a_way_out_that_it_does_not_know(tmp_path: Path) -> None:
    for setting in ("LMS_MAIL_URL", "LMS_SMS_URL"):
        config = Config.from_env({"LMS_ENV": "test", "LMS_DATA_DIR": str(tmp_path), setting: "pigeon://loft"})
        with pytest.raises(BadSettings, match=f"{setting} cannot use 'pigeon'"):
            create_app(config)
