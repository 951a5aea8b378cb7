"""Words of approved wording: what is not approved, and how somebody learns until it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from lms.content.library import Library, Text
from lms.i18n import format_names, language, ngettext
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l
from lms.tracks import queries
from lms.tracks.rules import Gap, key_alone

#: How somebody may learn whose language has no approved words yet (`rules.CHOICES`), as who assigns chooses it.
ROUTE_CHOICES: Mapping[str, str] = {
    "oral": _l("A trainer reads it with them"),
    "session": _l("In a group session"),
    "both": _l("In their language, with English beneath, if they read English"),
    "out": _l("Leave them out for now"),
}
#: The same for one person; "" is as was chosen for her language.
OWN_ROUTE_CHOICES: Mapping[str, str] = {
    "": _l("As chosen above"),
    "oral": _l("A trainer reads it with her"),
    "session": _l("In a group session"),
    "both": _l("With English beneath, if she reads it"),
    "out": _l("Leave her out for now"),
}
#: A route, said to staff.
ROUTE_NAMES: Mapping[str, str] = {
    "oral": _l("A trainer reads it with her"),
    "session": _l("In a group session"),
    "both": _l("With English beneath"),
}
_TOLD_ROUTES: Mapping[str, str] = {
    "oral": _l("The words in your language are not all checked yet. A trainer reads this with you."),
    "session": _l("The words in your language are not all checked yet. You learn this in a group session."),
    "both": _l("The words in your language are not all checked yet. Read the English beneath them, too."),
}
_UNROUTED = _l("A trainer can read it with you, or you learn it in a group. Please call us.")
_OPEN_STATES = ("missing", "stale", "draft", "in review", "reviewed")


def route_words(route: str) -> str:
    """Return a route as the worker reads it."""
    return str(_TOLD_ROUTES[route])


def module_words(session: Session, library: Library, person_id: int, module_key: str) -> str | Markup:
    """Return which of a person's tracks ask for approved words, where a module has none in the language of the page.

    With how she learns until then; "" where nothing is lacking. One query; two more for whom something is.
    """
    if language() not in queries.gaps_of(library, key_alone(module_key)):
        return ""
    keys = queries.demands_on_module(session, library, person_id, module_key)
    if not keys:
        return ""
    routes = [queries.route_of(session, person_id, key) for key in (key_alone(module_key), *keys)]
    route = next(filter(None, routes), None)
    then = route_words(route) if route else str(_UNROUTED)
    return Markup("{} {}").format(demand_words(library, keys), then)


def demand_words(library: Library, track_keys: Sequence[str]) -> Markup:
    """Return that these tracks ask for approved words, by their titles, as staff and workers read it."""
    titles = [queries.track_title(library, key, language()) for key in track_keys]
    named = [Markup("“{}”").format(_marked(title)) for title in titles]
    return escape(
        ngettext(
            "%(tracks)s asks that its words are approved in the language of who learns them.",
            "%(tracks)s ask that their words are approved in the language of who learns them.",
            len(named),
            tracks="{}",
        )
    ).replace("{}", Markup(format_names([str(each) for each in named])))  # noqa: S704 -- each is escaped


def _marked(title: Text) -> str | Markup:
    return Markup('<span lang="en">{}</span>').format(title.text) if title.state == "missing" else title.text


def gap_words(gap: Gap) -> str:
    """Return what a module has not approved, in words."""
    open_ = {state: gap.open.get(state, 0) for state in _OPEN_STATES}
    said = {
        "missing": ngettext("%(num)s not translated", "%(num)s not translated", open_["missing"]),
        "stale": ngettext("%(num)s of older English", "%(num)s of older English", open_["stale"]),
        "draft": ngettext("%(num)s draft", "%(num)s drafts", open_["draft"]),
        "in review": ngettext("%(num)s in review", "%(num)s in review", open_["in review"]),
        "reviewed": ngettext("%(num)s reviewed, not approved", "%(num)s reviewed, not approved", open_["reviewed"]),
    }
    parts = format_names([said[state] for state in _OPEN_STATES if open_[state]])
    return str(_("Of %(total)s sentences: %(parts)s.", total=gap.total, parts=parts))


def gaps_words(gaps: Sequence[Gap]) -> str:
    """Return what several modules together have not approved, in words."""
    open_ = {state: sum(gap.open.get(state, 0) for gap in gaps) for state in _OPEN_STATES}
    return gap_words(Gap("", sum(gap.total for gap in gaps), open_))


def gap_lines(library: Library, gaps: Sequence[Gap]) -> list[tuple[Text, str]]:
    """Return the title of each module with what it has not approved."""
    return [(queries.module_title(library, gap.module_key, language()), gap_words(gap)) for gap in gaps]
