"""The translators' desk: the sentences of an object in one language, and one of them with all that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.clock import now
from lms.content.glossary import Hit, glossary_hits, term_faults
from lms.content.lessons import links_in
from lms.content.library import Library, current
from lms.content.translations import is_markdown, placeholders_in
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import gettext as _
from lms.translating import messages, policy, queries, rules, service
from lms.translating.forms import RateForm, SentenceForm, StepForm, WithdrawForm
from lms.translating.queries import Place, Rating, Seen, Told
from lms.translating.views.blueprint import TONGUES, WHO, bp, title_of
from lms.web.access import get_actor, roles
from lms.web.forms import Explained, Form, form_page, page_href, page_of

Page = str | tuple[str, int] | Response
Newest = Mapping[Place, Told]
#: Sentences on a page of a list.
PAGE_SIZE = 10
_BASE = "/content/<kind>/<key>/<locale>"


def _open(kind: str, key: str, locale: str) -> tuple[Actor, Library]:
    """Return who asks and the library; raise `NotFound` for who may not read of the language."""
    actor, library = get_actor(), current(reading())
    if not policy.can_read(actor, locale):
        raise NotFound(f"no language {locale!r} here")
    queries.source_at(library, kind, key, locale)
    return actor, library


def _known(library: Library, kind: str, key: str, locale: str) -> tuple[list[rules.Sentence], list[Rating], Newest]:
    """Return the sentences of an object, with the comments on today's words counted, its ratings, and its proposals."""
    newest = queries.list_open(reading(), library, [locale], kind, key)
    ratings = queries.list_ratings(reading(), library.get(kind, key), library.words(kind, key, locale), newest)
    comments: dict[str, int] = {}
    for each in ratings:
        comments[each.part] = comments.get(each.part, 0) + (each.is_today and bool(each.comment))
    return queries.list_sentences(library, (kind, key, locale), newest, comments), ratings, newest


@bp.get(f"{_BASE}/sentences")
@roles(*WHO)
def sentences(kind: str, key: str, locale: str) -> str:
    """List the sentences of an object in a language, ten to a page; `show` narrows the list."""
    actor, library = _open(kind, key, locale)
    listed, *_ = _known(library, kind, key, locale)
    return render_template(
        "translating/sentences.html",
        **_named(library, kind, key, locale),
        **_paged(kind, key, locale, listed),
        may_write=policy.can_write(actor, locale),
    )


def _paged(kind: str, key: str, locale: str, listed: list[rules.Sentence]) -> dict[str, Any]:
    """Return the page of the list that the address asks for."""
    show = request.args.get("show", "all")
    shown = [each for each in listed if rules.is_shown(each, show)]
    number, pages = page_of(len(shown), PAGE_SIZE)
    return {
        "rows": shown[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
        "first": next((each.address for each in shown), None),
        "count": len(shown),
        "total": len(listed),
        "show": show,
        "page": number,
        "pages": pages,
        "href_for": page_href("translating.sentences", kind=kind, key=key, locale=locale, show=show),
    }


def _named(library: Library, kind: str, key: str, locale: str) -> dict[str, Any]:
    """Return what every page of the desk says of the object and its language."""
    return {
        "kind": kind,
        "key": key,
        "tongue_tag": locale,
        "tongue": TONGUES[locale],
        "title": title_of(library, kind, key),
        "states": messages.SENTENCES,
        "shows": messages.SHOWS,
    }


@bp.route(f"{_BASE}/sentence", methods=["GET", "POST"])
@roles(*WHO)
def sentence(kind: str, key: str, locale: str) -> Page:
    """Show a sentence with all that is known of it; who knows the language writes other words."""
    actor, library = _open(kind, key, locale)
    place, form = Place(kind, key, request.args.get("at", ""), locale), SentenceForm()
    queries.english_at(library, place)
    if form.is_submitted() and not policy.can_write(actor, locale):
        raise NotFound("not her language")
    if form.validate_on_submit():
        onward = _next(library, place)
        with Explained(form, messages.sentence):
            return _after_writing(place, _write(actor, place, form), onward)
    return _page(actor, library, place, form)


def _write(actor: Actor, place: Place, form: SentenceForm) -> service.Kept:
    said: dict[str, Any] = {"text": form.text.data or "", "is_draft": request.form.get("action") == "draft"}
    said |= {"english": form.english.data or "", "mark": form.mark.data or "", "client_id": form.client_id.data}
    return write(lambda s: service.propose(s, actor, place, **said, at=now()))


def _after_writing(place: Place, kept: service.Kept, onward: str) -> Response:
    """Go on with the next sentence, or stay where somebody else was faster."""
    if kept.is_aside:
        flash(_("Somebody else wrote here at the same time. Both are kept. Please look at both."), "warning")
        return redirect(_href(place))
    flash(_("Saved."), "success")
    return redirect(onward)


def _href(place: Place, use: str = "") -> str:
    """Return the address of a sentence's page, with the filter kept; `use` is a version to begin with."""
    asked: dict[str, Any] = {"at": place.address, "show": request.args.get("show") or None, "use": use or None}
    return url_for("translating.sentence", kind=place.kind, key=place.key, locale=place.locale, **asked)


def _next(library: Library, place: Place) -> str:
    """Return where to go from a sentence as it is now: to the next one that the filter shows, then to the list."""
    listed, *_ = _known(library, place.kind, place.key, place.locale)
    after = _around(library, place, listed)[1]
    if after is not None:
        return _href(after)
    show = request.args.get("show", "")
    if show == "queue":
        return url_for("translating.queue", locale=place.locale)
    return url_for("translating.sentences", kind=place.kind, key=place.key, locale=place.locale, show=show or None)


def _around(library: Library, place: Place, listed: list[rules.Sentence]) -> tuple[Place | None, Place | None]:
    """Return what comes before and after a sentence: in the queue when she came from it, else in its list."""
    show = request.args.get("show", "")
    if show == "queue":
        return queries.around_in_queue(reading(), library, place, get_actor())
    before, after = (at and replace(place, address=at) for at in queries.neighbours(listed, place.address, show))
    return before or None, after or None


@bp.post(f"{_BASE}/sentence/step")
@roles(*WHO)
def step(kind: str, key: str, locale: str) -> Page:
    """Send the words of a sentence to be reviewed, say that they are reviewed, or approve them; then go on."""
    actor, library = _open(kind, key, locale)
    place = Place(kind, key, request.args.get("at", ""), locale)
    form, written = StepForm(prefix="step"), SentenceForm()
    taken = form.step.data if form.step.data in rules.STEPS else abort(400)
    if form.validate_on_submit():
        onward, said = _next(library, place), {"mark": form.mark.data or "", "client_id": form.client_id.data or ""}
        with Explained(form, messages.sentence):
            write(lambda s: service.take_step(s, actor, place, taken, **said, text=written.text.data, at=now()))
            flash(messages.TAKEN[taken], "success")
            return redirect(onward)
    return _page(actor, library, place, written, step=form)


@bp.post(f"{_BASE}/sentence/withdraw")
@roles("translator", "certifier")
def withdraw(kind: str, key: str, locale: str) -> Page:
    """Take the last review or approval of a sentence back, with the reason, and stay there."""
    actor, library = _open(kind, key, locale)
    if not policy.can_approve(actor, locale):
        raise NotFound("not hers to take back")
    place, form = Place(kind, key, request.args.get("at", ""), locale), WithdrawForm(prefix="withdraw")
    if form.validate_on_submit():
        said = {"why": form.why.data or "", "mark": form.mark.data or "", "client_id": form.client_id.data or ""}
        with Explained(form, messages.sentence):
            write(lambda s: service.withdraw(s, actor, place, **said, at=now()))
            flash(_("Taken back. The reason stands with the words."), "success")
            return redirect(_href(place))
    return _page(actor, library, place, SentenceForm(formdata=None), withdrawing=form)


@bp.post(f"{_BASE}/sentence/rating")
@roles("translator")
def rate(kind: str, key: str, locale: str) -> Page:
    """Keep what a community reviewer thinks of the words of this part."""
    actor, library = _open(kind, key, locale)
    place, form = Place(kind, key, request.args.get("at", ""), locale), RateForm()
    if form.validate_on_submit():
        with Explained(form, messages.sentence):
            write(lambda s: service.rate(s, actor, place, **_judged(form), at=now()))
            flash(_("Thank you. Your marks are kept."), "success")
            return redirect(_href(place))
    return _page(actor, library, place, SentenceForm(formdata=None), rating=form)


def _judged(form: RateForm) -> dict[str, Any]:
    marks = {aspect: int(form[aspect].data) for aspect in rules.ASPECTS}
    return {"marks": marks, "comment": form.comment.data or "", "wording": form.wording.data or ""}


def _page(
    actor: Actor,
    library: Library,
    place: Place,
    form: SentenceForm,
    *,
    step: StepForm | None = None,
    rating: RateForm | None = None,
    withdrawing: WithdrawForm | None = None,
) -> Page:
    """Return the page of a sentence, with the form that was refused, if any."""
    may_write = policy.can_write(actor, place.locale)
    listed, ratings, newest = _known(library, place.kind, place.key, place.locale)
    seen = queries.get_seen(reading(), library, place, newest)
    show = request.args.get("show", "")
    before, after = (_href(each) if each else None for each in _around(library, place, listed))
    has_changed = _fill(form, seen, request.args.get("use", ""))
    sent = (step, rating, withdrawing)
    refused: Form | None = next((each for each in sent if each is not None and each.errors), form)
    return form_page(
        "translating/sentence.html",
        refused,
        **_named(library, place.kind, place.key, place.locale),
        **_told(library, seen, ratings),
        **_doable(actor, seen, step),
        **_withdrawable(actor, seen, withdrawing),
        seen=seen,
        show=show,
        write_form=form,
        may_write=may_write,
        has_changed=has_changed,
        rate_form=_rate_form(actor, _wording(library, seen, newest), seen, ratings, rating) if may_write else None,
        position=next(number for number, each in enumerate(listed, 1) if each.address == place.address),
        total=len(listed),
        before=before,
        after=after,
        href=_href,
        query={"at": place.address, "show": show or None},
    )


def _fill(form: SentenceForm, seen: Seen, use: str) -> bool:
    """Put into a fresh form what stands, the version of the public id `use`, or what the "files" say.

    Return whether the page that was sent showed something else than stands now: it has to tell so, because the form
    goes on with the marks of today.
    """
    is_fresh = not form.is_submitted() or form.text.data is None
    has_changed = not is_fresh and form.mark.data != seen.mark
    if is_fresh:
        texts = {"files": seen.filed.text, **{each.version.public_id: each.version.text for each in seen.versions}}
        form.text.data = texts.get(use, seen.standing.text)
    form.text.render_kw = {"lang": seen.place.locale, "spellcheck": "false", "autocapitalize": "off"}
    form.english.data, form.mark.data = seen.english, seen.mark
    return has_changed


def _doable(actor: Actor, seen: Seen, refused: StepForm | None) -> dict[str, Any]:
    """Return the steps that she may take, the form for them, and why there is none where she may not."""
    knows, signs = policy.can_write(actor, seen.place.locale), ""
    steps: tuple[str, ...] = ()
    if policy.can_approve(actor, seen.place.locale):
        signs = queries.signs_as(reading(), actor, [seen.standing.translator])
        steps = rules.steps_for(seen.standing, actor.person_id, is_critical=seen.is_critical, knows=knows, signs=signs)
    form = refused or StepForm(formdata=None, prefix="step")
    form.mark.data = seen.step_mark
    return {
        "steps": [(each, messages.STEPS[each]) for each in steps],
        "step_form": form,
        "why_not": _why_not(actor, seen, signs),
    }


def _withdrawable(actor: Actor, seen: Seen, refused: WithdrawForm | None) -> dict[str, Any]:
    """Return the form by which she takes the last decision back, and how it is called; None where she may not."""
    step, is_hers = seen.decision, seen.is_decided_by(actor.person_id)
    form: WithdrawForm | None = None
    if policy.can_withdraw(actor, seen.place.locale, step, is_hers=is_hers) and step:
        form = refused or WithdrawForm(formdata=None, prefix="withdraw")
        form.mark.data = seen.decision_mark
    return {"withdraw_form": form, "withdraw_label": messages.WITHDRAW.get(step, "")}


def _why_not(actor: Actor, seen: Seen, signs: str) -> str:
    """Return why she cannot approve what stands, in words; "" where she can, or where nothing is said of it."""
    if not policy.can_write(actor, seen.place.locale) or seen.standing.state in {"missing", "approved", "stale"}:
        return ""
    try:
        rules.check_step("approved", seen.standing, actor.person_id, is_critical=seen.is_critical, signs=signs)
    except RuleBroken as error:
        return messages.sentence(error)
    return ""


def _wording(library: Library, seen: Seen, newest: Newest) -> str:
    """Return the mark of the words of her part as this page shows them."""
    place = seen.place
    source, words = library.get(place.kind, place.key), library.words(place.kind, place.key, place.locale)
    return queries.wording_of(source, words, rules.part_of(place.address), newest)


def _rate_form(
    actor: Actor, wording: str, seen: Seen, ratings: list[Rating], refused: RateForm | None
) -> RateForm | None:
    """Return the form for her marks with what she gave before, or the refused one; None where nothing is translated."""
    if seen.standing.state == "missing":
        return None
    part, form = rules.part_of(seen.place.address), refused or RateForm(formdata=None)
    form.wording.data = wording
    if refused:
        return form
    own = next((e for e in ratings if (e.person_id, e.part, e.is_today) == (actor.person_id, part, True)), None)
    if own is not None:
        form.comment.data = own.comment
        for aspect in rules.ASPECTS:
            form[aspect].data = str(own.marks[aspect])
    return form


def _told(library: Library, seen: Seen, ratings: list[Rating]) -> dict[str, Any]:
    """Return what is known of a sentence: who did what, what changed, terms, what to keep, and what reviewers think."""
    english, standing, part = seen.english, seen.standing, rules.part_of(seen.place.address)
    of_part = [each for each in ratings if each.part == part]
    today = [each.marks for each in of_part if each.is_today]
    hits, wrong = _terms(library, seen)
    return {
        "names": seen.names,
        "changed": rules.differences(standing.made_from, english) if standing.state == "stale" else (),
        "hits": hits,
        "wrong_terms": wrong,
        "keep": placeholders_in(english) + (links_in(english) if is_markdown(seen.place.address) else []),
        "letters": rules.LETTERS[seen.place.locale],
        "marks": rules.marks_of(today),
        "aspects": messages.ASPECTS,
        "comments": [each for each in of_part if each.comment],
    }


def _terms(library: Library, seen: Seen) -> tuple[list[Hit], frozenset[str]]:
    """Return the terms of the glossary in this sentence, and the ids of those that the words do not follow."""
    glossary = queries.glossary_of(library)
    hits = glossary_hits(glossary, seen.english, seen.place.locale) if glossary else []
    text = seen.standing.text
    return hits, frozenset(term for term, _said in term_faults(hits, text)) if text else frozenset()
