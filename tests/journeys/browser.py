"""A reader with a browser and no JavaScript: opens pages, fills forms in, presses buttons, follows links."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict


@dataclass
class Form:
    """One form of a page: where it goes, what it holds, which values each choice offers."""

    action: str
    method: str
    id: str = ""
    fields: MultiDict[str, str] = field(default_factory=MultiDict)
    choices: MultiDict[str, str] = field(default_factory=MultiDict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.loose: list[tuple[str, str, str, str]] = []
        self.links: list[tuple[str, str]] = []
        self.lang = ""
        self.words: list[str] = []
        self._form: Form | None = None
        self._select: str | None = None
        self._textarea: str | None = None
        self._link: str | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {k: v or "" for k, v in attrs}
        if tag == "html":
            self.lang = a.get("lang", "")
        elif tag in ("script", "style", "svg"):
            self._silent += 1
        elif tag == "form":
            self._form = Form(a.get("action", ""), a.get("method", "get").lower(), a.get("id", ""))
            self.forms.append(self._form)
        elif tag == "a":
            self._link = a.get("href")
            self.links.append((a.get("href", ""), ""))
        elif tag == "button" and "form" in a:
            self.loose.append((a["form"], a.get("name", ""), a.get("value", ""), a.get("formaction", "")))
        elif self._form is not None:
            self._field(tag, a)

    def _field(self, tag: str, a: dict[str, str]) -> None:
        assert self._form is not None
        name, value = a.get("name", ""), a.get("value", "on")
        if tag == "input" and a.get("type") in ("radio", "checkbox"):
            self._form.choices.add(name, value)
            if "checked" in a:
                self._form.fields.add(name, value)
        elif tag == "input" and name and a.get("type") not in ("submit", "file"):
            self._form.fields.add(name, a.get("value", ""))
        elif tag == "button":
            self._form.buttons.append((name, a.get("value", ""), a.get("formaction", "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self._form.choices.add(self._select, value)
            if "selected" in a:
                self._form.fields.setlist(self._select, [value])
        elif tag == "textarea":
            self._textarea = name
            self._form.fields.add(name, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag in ("script", "style", "svg"):
            self._silent -= 1
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None
        elif tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        if self._textarea and self._form:
            self._form.fields[self._textarea] = self._form.fields[self._textarea] + data
        if self._link is not None and self.links:
            href, words = self.links[-1]
            self.links[-1] = (href, words + data)
        if not self._silent and data.strip():
            self.words.append(data.strip())


class Page:
    """What the reader sees now."""

    def __init__(self, browser: Browser, status: int, address: str, html: str) -> None:
        self.browser = browser
        self.status = status
        self.address = address
        self.html = html
        reader = _Reader()
        reader.feed(html)
        self.forms = reader.forms
        self.links = reader.links
        self.lang = reader.lang
        self.text = " ".join(reader.words)

    def form(self, action: str = "", *, having: str = "") -> Form:
        """Return the form whose address contains `action` and which offers the field `having`."""
        for form in self.forms:
            target = form.action or self.address
            if action in target and (not having or having in form.fields or having in form.choices):
                return form
        raise AssertionError(f"no form {action!r} with {having!r} on {self.address}:\n{self.text[:1500]}")

    def link(self, part: str) -> str:
        """Return the first link whose address contains `part`."""
        for href, _ in self.links:
            if part in href:
                return href
        raise AssertionError(f"no link to {part!r} on {self.address}: {[href for href, _ in self.links]}")

    def follow(self, part: str) -> Page:
        """Open the first link whose address contains `part`."""
        return self.browser.get(urljoin(self.address, self.link(part)))

    def send(self, form: Form, button: tuple[str, str] | None = None, **values: str | list[str]) -> Page:
        """Fill `form` with `values` and press `button` (name, value), or its only way of sending."""
        data = MultiDict(form.fields)
        for name, value in values.items():
            data.setlist(name, value if isinstance(value, list) else [value])
        if button:
            data.add(*button)
        target = urljoin(self.address, form.action or self.address)
        return self.browser.post(target, data) if form.method == "post" else self.browser.get(target, data)


class Browser:
    """Keeps cookies and follows redirects."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, address: str, query: MultiDict[str, str] | None = None) -> Page:
        """Open an address."""
        response = self.client.get(_path(address), query_string=query, follow_redirects=True)
        return Page(self, response.status_code, response.request.full_path.rstrip("?"), response.get_data(as_text=True))

    def post(self, address: str, data: MultiDict[str, str]) -> Page:
        """Send a form."""
        response = self.client.post(_path(address), data=data, follow_redirects=True)
        return Page(self, response.status_code, response.request.full_path.rstrip("?"), response.get_data(as_text=True))

    def sign_in(self, email: str, passphrase: str) -> Page:
        """Sign in at the sign-in page."""
        page = self.get("/sign-in")
        return page.send(page.form("/sign-in", having="password"), identifier=email, password=passphrase)


def _path(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
