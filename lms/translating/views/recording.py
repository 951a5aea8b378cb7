"""Pages on which people who know a language read lessons and questions aloud, and accept what others have read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.clock import now
from lms.content.library import SOURCE_LOCALE, Library, Source, Text, Words, current
from lms.content.readings import (
    LARGEST_LESSON,
    Parts,
    is_lesson,
    largest,
    readings_of,
    spoken_texts,
    today,
    words_sha256,
)
from lms.courses.specs import spoken_of
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.files import put
from lms.i18n import TAGS
from lms.i18n import gettext as _
from lms.listening import messages, policy, queries, rules, service
from lms.listening.forms import RecordingForm
from lms.sounds import Sound, read_sound
from lms.translating.views.blueprint import TONGUES, bp, title_of
from lms.web.access import get_actor, roles, signed_in
from lms.web.forms import ButtonForm, Explained, form_page
from lms.web.sounds import AROUND_SOUND, allow_microphone, send_sound

Page = str | tuple[str, int] | Response
_WHO = ("trainer", "translator")
_CHANGES = {"accept": service.accept, "withdraw": service.withdraw, "restore": service.restore}


@dataclass(frozen=True)
class Place:
    """A module in one language, with what can be read aloud in it."""

    source: Source
    words: Words
    parts: Mapping[str, Parts]

    @property
    def key(self) -> str:
        """Return the key of the module."""
        return self.source.key

    @property
    def locale(self) -> str:
        """Return the language."""
        return self.words.locale


@dataclass(frozen=True)
class Line:
    """A lesson or a question in the list: what it is called, and how its reading stands."""

    at: str
    title: Text
    standing: str
    waiting: int


@bp.url_value_preprocessor
def _let_a_sound_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the one route that takes a sound take a whole one and no more."""
    if endpoint == "translating.record":
        request.max_content_length = LARGEST_LESSON + AROUND_SOUND


@bp.get("/readings")
@signed_in
def own_recordings() -> str:
    """List what the reader has recorded, to be taken back at any time, whatever her roles are now."""
    library, rows = current(reading()), queries.list_own(reading(), get_actor().person_id)
    return render_template(
        "translating/own_recordings.html",
        rows=[(each, title_of(library, "module", each.key)) for each in rows],
        states=messages.STATES,
        tongues=TONGUES,
    )


@bp.get("/content/audio/<key>/<locale>")
@roles(*_WHO)
def readings(key: str, locale: str) -> str:
    """List the lessons and questions of a module, and how the readings of each stand in a language."""
    library = current(reading())
    place = _place(library, get_actor(), key, locale)
    return render_template(
        "translating/readings.html",
        title=title_of(library, "module", key),
        place=place,
        tongue=TONGUES[locale],
        lines=_lines(place),
        standing=messages.STANDING,
        is_lesson=is_lesson,
    )


@bp.route("/content/audio/<key>/<locale>/record", methods=["GET", "POST"])
@roles(*_WHO)
def record(key: str, locale: str) -> Page:
    """Show the words of a lesson or question, and keep a reading of them; list what others have read."""
    library, actor, form, at = current(reading()), get_actor(), RecordingForm(), request.args.get("at", "")
    place = _place(library, actor, key, locale)
    if at not in place.parts:
        raise NotFound(f"nothing is read at {at!r}")
    if form.validate_on_submit():
        with Explained(form, messages.sentence):
            flash(_keep(actor, place, at, form), "success")
            return _sent(url_for("translating.record", key=key, locale=locale, at=at))
    return _record_page(library, place, at, form)


@bp.post("/content/audio/recordings/<public_id>/<any(accept, withdraw, restore):deed>")
@signed_in
def settle_recording(public_id: str, deed: str) -> Response:
    """Accept a recording, so that learners hear it at once, take it back, or undo that."""
    actor = get_actor()
    found = queries.get_recording(reading(), actor, public_id)
    if ButtonForm().validate_on_submit():
        try:
            write(lambda session: _CHANGES[deed](session, actor, public_id, at=now()))
            flash(_("Saved."), "success")
        except RuleBroken as error:
            flash(messages.sentence(error), "error")
    return redirect(_back(actor, found))


@bp.get("/content/audio/recordings/<public_id>/sound")
@signed_in
def recording_sound(public_id: str) -> Response:
    """Send a recording to who spoke and those who may listen before it is accepted; what is withdrawn to nobody."""
    found = queries.get_recording(reading(), get_actor(), public_id)
    if found.state == "withdrawn":
        raise NotFound("this recording was withdrawn")
    return send_sound(found.reading.sha256, found.reading.media_type, is_kept=False)


def _back(actor: Actor, found: queries.RecordingRow) -> str:
    """Return the address of the page on which a recording was settled: the speaker's list, or where others record."""
    if "own" in request.args or not policy.can_record(actor, found.locale):
        return url_for("translating.own_recordings")
    return url_for("translating.record", key=found.key, locale=found.locale, at=found.address)


def _place(library: Library, actor: Actor, key: str, locale: str) -> Place:
    if locale not in TAGS or not policy.can_record(actor, locale):
        raise NotFound(f"no language {locale!r} here")
    source = library.get("module", key)
    words = Words(locale) if locale == SOURCE_LOCALE else library.words("module", key, locale)
    return Place(source, words, spoken_of(source))


def _lines(place: Place) -> list[Line]:
    published = readings_of(place.source, place.words)
    rows = queries.list_recordings(reading(), place.key, place.locale)
    gone = {(row.address, row.reading.sha256) for row in rows if row.state == "withdrawn"}
    lines = []
    for at, parts in place.parts.items():
        here = [each for each in rows if each.address == at]
        heard = [each.reading for each in here if each.state == "accepted"]
        heard += [published[at]] if at in published and (at, published[at].sha256) not in gone else []
        standing = rules.standing(heard, today(parts, place.words))
        waiting = sum(each.state == "offered" for each in here)
        lines.append(Line(at, place.words.text(*parts[0]), standing, waiting))
    return lines


def _keep(actor: Actor, place: Place, at: str, form: RecordingForm) -> str:
    """Check a sound, store it, then name it, and say so. Raises `RuleBroken`; what may not be kept is not stored."""
    sound = _sound_in(form.sound.data, largest(at))
    shown_name = form.shown_name.data or ""
    service.check_offer(reading(), actor, at, place.locale, sound.seconds, shown_name, now=now())
    stored = put(current_app.config["LMS"].data_dir, sound.content)
    said = {"words": form.words.data, "shown_name": shown_name, "client_id": form.client_id.data}
    write(lambda s: service.offer(s, actor, (place.key, at, place.locale), sound, stored.sha256, at=now(), **said))
    if form.words.data != today(place.parts[at], place.words):
        return _("Thank you. Some words have changed while you read, so it is kept as an older reading.")
    return _("Thank you. A second person listens to it now.")


def _sent(href: str) -> Response:
    """Lead on; the page's own script, which keeps the sound until it is accepted, is told where."""
    return jsonify(href=href) if request.accept_mimetypes.best == "application/json" else redirect(href)


def _sound_in(sent: FileStorage | None, most: int) -> Sound:
    if not sent or not sent.filename:
        raise RuleBroken("sound_missing")
    return read_sound(sent.stream.read(most + 1), most)


def _tongues(place: Place, at: str) -> list[str]:
    """Return the language of each sentence: English where it is not translated."""
    found = (place.words.text(*part) for part in place.parts[at])
    return [SOURCE_LOCALE if each.is_english else place.locale for each in found]


def _record_page(library: Library, place: Place, at: str, form: RecordingForm) -> Page:
    texts = spoken_texts(place.parts[at], place.words)
    form.words.data = words_sha256(texts)
    if not form.is_submitted():
        form.shown_name.data = get_actor().name
    allow_microphone()
    return form_page(
        "translating/record.html",
        form,
        place=place,
        at=at,
        title=place.words.text(*place.parts[at][0]),
        module_title=title_of(library, "module", place.key),
        tongue=TONGUES[place.locale],
        texts=list(zip(texts, _tongues(place, at), strict=True)),
        most=largest(at),
        longest=rules.LONGEST_LESSON if is_lesson(at) else rules.LONGEST_QUESTION,
        recordings=queries.list_recordings(reading(), place.key, place.locale, at),
        states=messages.STATES,
        may_accept=policy.can_accept(get_actor(), place.locale),
    )
