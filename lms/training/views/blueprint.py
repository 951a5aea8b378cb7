"""The blueprint of training from elsewhere, and what its pages share: words of content, of worth, of steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template, request
from markupsafe import Markup

from lms.clock import local_date
from lms.competencies.queries import competency_title
from lms.config import Config
from lms.content.library import Library, Text, current
from lms.courses.specs import ModuleSpec
from lms.db import reading
from lms.i18n import LANGUAGES, format_date, format_hours, format_names, language
from lms.i18n import gettext as _
from lms.training import messages, queries
from lms.training.rules import MOST_FILES, Worth
from lms.uploads import LARGEST_FILE
from lms.web.forms import Explained, Form
from lms.web.uploads import AROUND_FILE

bp = Blueprint("training", __name__, template_folder="../templates")


@bp.url_value_preprocessor
def _let_a_file_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the one route that takes evidence take a whole file; all others keep the limit of the site."""
    if endpoint == "training.add_file":
        request.max_content_length = LARGEST_FILE + AROUND_FILE


def config() -> Config:
    """Return the settings of this application."""
    found: Config = current_app.config["LMS"]
    return found


def explained(form: Form) -> Explained:
    """Return a context in which a broken rule becomes a sentence in `form`."""
    return Explained(form, messages.sentence)


@dataclass(frozen=True)
class Words:
    """What keys are called in the reader's language."""

    library: Library

    def module(self, key: str) -> Text:
        """Return a module's title; of a module that is no longer published, its key."""
        if self.library.find("module", key) is None:
            return Text(key, "source", key)
        english = self.library.spec(ModuleSpec, "module", key).title
        return self.library.words("module", key, language()).text("module.yml:title", english)

    def competency(self, competency: str) -> Text:
        """Return the title of "framework/competency"; of one that no framework has any more, its key."""
        return competency_title(self.library, competency, language())

    def competencies(self, keys: tuple[str, ...]) -> str:
        """Return the titles of competencies in one list; "" for none."""
        return format_names([self.competency(key).text for key in keys]) if keys else ""

    def worth(self, worth: Worth) -> Markup:
        """Return in words as what something counts."""
        if worth.module_key is not None:
            title = self.module(worth.module_key)
            shown = Markup('<span lang="en">{}</span>').format(title.text) if title.state == "missing" else title.text
            return Markup(_("the module “%(title)s”")) % {"title": shown}  # noqa: S704 -- our own words
        kind = messages.HOURS_NAMES[worth.hours_kind or ""]
        text = _("%(hours)s of %(kind)s", hours=format_hours(worth.minutes), kind=kind)
        names = self.competencies(worth.competencies)
        return Markup("{}: {}").format(text, names) if names else Markup("{}").format(text)


def words() -> Words:
    """Return what keys are called on this page."""
    return Words(current(reading()))


def choices(found: Words) -> tuple[list[tuple[str, Text]], list[tuple[str, Text]]]:
    """Return the modules and the competencies that a form offers, each with its title, modules by title."""
    known = queries.known_of(found.library)
    modules = sorted(((key, found.module(key)) for key in known.modules), key=lambda pair: pair[1].text)
    return modules, [(key, found.competency(key)) for key in known.competencies]


def tongue(tag: str) -> str:
    """Return a language as it calls itself; "" for none."""
    return dict(LANGUAGES).get(tag, tag)


def dates(told: Any) -> str:
    """Return the day or the days of something told."""
    last = format_date(told.learned_on)
    if told.from_on is None or told.from_on == told.learned_on:
        return last
    return _("%(first)s to %(last)s", first=format_date(told.from_on), last=last)


def page(template: str, *forms: Form, **values: Any) -> tuple[str, int]:
    """Return a page and its status: 400 when one of its forms has errors, 429 or 409 where the refusal says so."""
    code = 200
    for form in forms:
        if form.errors:
            refusal = getattr(form, "refusal", "")
            code = 429 if refusal.startswith("too_many") else 409 if refusal == "changed_meanwhile" else 400
    shared = {
        "words": values.pop("words", None) or words(),
        "reason": messages.reason,
        "marks": messages.MARKS,
        "state_names": messages.STATE_NAMES,
        "state_names_own": messages.STATE_NAMES_OWN,
        "local_date": local_date,
        "kind_names": messages.KIND_NAMES,
        "step_names": messages.STEP_NAMES,
        "tongue": tongue,
        "dates": dates,
        "most_files": MOST_FILES,
    }
    return render_template(f"training/{template}", **shared, **values), code
