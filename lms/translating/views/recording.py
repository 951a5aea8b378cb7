"""Pages on which people who know a language read lessons and questions aloud, and accept what others have read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.clock import now
from lms.content.library import SOURCE_LOCALE, Library, Source, Text, Words, current
from lms.content.readings import Parts, is_lesson, largest, readings_of, spoken_texts, today, words_sha256
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
from lms.web.access import get_actor, roles
from lms.web.forms import ButtonForm, Explained, form_page
from lms.web.sounds import allow_microphone, send_sound

Page = str | tuple[str, int] | Response
_WHO = ("trainer", "translator")


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
            _keep(actor, place, at, form)
            flash(_("Thank you. A second person listens to it now."), "success")
            return redirect(url_for("translating.record", key=key, locale=locale, at=at))
    return _record_page(library, place, at, form)


@bp.post("/content/audio/recordings/<public_id>/<any(accept, withdraw):deed>")
@roles(*_WHO)
def settle_recording(public_id: str, deed: str) -> Response:
    """Accept a recording, so that learners hear it at once, or take it back."""
    actor = get_actor()
    found = queries.get_recording(reading(), actor, public_id)
    change = service.accept if deed == "accept" else service.withdraw
    if ButtonForm().validate_on_submit():
        try:
            write(lambda session: change(session, actor, public_id, at=now()))
            flash(_("Saved."), "success")
        except RuleBroken as error:
            flash(messages.sentence(error), "error")
    return redirect(url_for("translating.record", key=found.key, locale=found.locale, at=found.address))


@bp.get("/content/audio/recordings/<public_id>/sound")
@roles(*_WHO)
def recording_sound(public_id: str) -> Response:
    """Send a recording to those who may accept it."""
    found = queries.get_recording(reading(), get_actor(), public_id)
    return send_sound(found.reading.sha256, found.reading.media_type)


def _place(library: Library, actor: Actor, key: str, locale: str) -> Place:
    if locale not in TAGS or not policy.can_record(actor, locale):
        raise NotFound(f"no language {locale!r} here")
    source = library.get("module", key)
    words = Words(locale) if locale == SOURCE_LOCALE else library.words("module", key, locale)
    return Place(source, words, spoken_of(source))


def _lines(place: Place) -> list[Line]:
    published = readings_of(place.source, place.words)
    rows = queries.list_recordings(reading(), place.key, place.locale)
    lines = []
    for at, parts in place.parts.items():
        here = [each for each in rows if each.address == at]
        heard = [each.reading for each in here if each.state == "accepted"]
        heard += [published[at]] if at in published else []
        standing = rules.standing(heard, today(parts, place.words))
        waiting = sum(each.state == "offered" for each in here)
        lines.append(Line(at, place.words.text(*parts[0]), standing, waiting))
    return lines


def _keep(actor: Actor, place: Place, at: str, form: RecordingForm) -> None:
    """Check a sound, store it, and then name it. Raises `RuleBroken`; what may not be kept is not stored."""
    if form.words.data != today(place.parts[at], place.words):
        raise RuleBroken("words_changed")
    sound = _sound_in(form.sound.data, largest(at))
    service.check_offer(reading(), actor, at, place.locale, sound.seconds, now=now())
    stored = put(current_app.config["LMS"].data_dir, sound.content)
    said = {"words": form.words.data, "shown_name": form.shown_name.data or "", "client_id": form.client_id.data}
    write(lambda s: service.offer(s, actor, (place.key, at, place.locale), sound, stored.sha256, at=now(), **said))


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
    )
