"""Sheets on pages: what was typed, the files kept beside it, and the one way a form is sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import flash, g, jsonify, make_response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.acts import BadAnswers, Typed, file_ids
from engine.clients import intake
from engine.records import WorkItem
from forms.answers import Filled
from forms.display import field_id
from forms.rows import CHANGE_FIELD, change, is_in_row, read_change
from forms.sheet import Sheet
from helpdesk.errors import DeskError, NotAllowed, NotFound
from helpdesk.files import (
    DRAFT_LASTS,
    Draft,
    StoredFile,
    add_file,
    drop_draft,
    find_draft,
    find_drafts,
    keep_draft,
    list_draft_files,
    remove_draft_file,
)
from helpdesk.years import ZONE
from sla.speech import say_day
from web import begun
from web.edge import Page, ShowAgain, StaleForm, desk, if_it_fails, now, person, row_id, separately, session
from web.language import gettext, language, say_error

ACT_FIELD = "act_id"
REMOVE_FIELD = "remove_file"
OWN_FIELDS = {"csrf_token", ACT_FIELD, REMOVE_FIELD, CHANGE_FIELD, "next", "kept"}


def typed() -> Typed:
    """What the browser sent, without the page's own fields, and without what no database stores."""
    form = request.form
    sent = {key: [text.replace("\x00", "") for text in form.getlist(key)]
            for key in form if key not in OWN_FIELDS and "\x00" not in key}
    return Typed(change(sent, form.get(CHANGE_FIELD, "")))


def changed_list() -> str | None:
    """The list to which the pressed button adds a row or from which it takes one; None for the form's own button."""
    asked = read_change(request.form.get(CHANGE_FIELD, ""))
    return asked[0] if asked else None


def go_on(page: str, name: str, at: str = "") -> Response:
    """Back to the form, at a field or a list of it."""
    return redirect(f"{page}#{at}{field_id(name)}")


def act_id() -> str | None:
    """The key that makes a form sent twice count once."""
    given = request.form.get(ACT_FIELD, "")
    return f"{person().id}:{given[:64]}" if given else None


def keep(place: str) -> list[DeskError]:
    """Keep what was typed and every acceptable file, whatever happens next; gives what was wrong with the files.

    Once in a request: when its act is tried again after a lost race, the files are there already. A script that sends
    the files before the form (sending.js) is told here what became of them, and nothing else is done.
    """
    if "kept" in g and place in g.kept:
        return list(g.kept[place])
    if g.person is None:
        if request.form.get("next") == "upload":
            # The page was somebody's: its files have nowhere to go until they are signed in again.
            raise StaleForm()
        # Files come after signing in: the page does not ask for them before.
        problem = begun.keep(place, typed())
        return [problem] if problem else []
    words, who, moment = typed(), person().id, now()
    problems: list[DeskError] = []
    added: list[int] = []

    def save(own: Session) -> None:
        problems.clear()
        added.clear()
        draft = keep_draft(own, who, place, dict(words), now=moment)
        for file_id in request.form.getlist(REMOVE_FIELD):
            removed = row_id(file_id)
            if removed is not None:
                remove_draft_file(own, draft, removed)
        _drop_files_of_row(own, draft)
        for field, upload in request.files.items(multi=True):
            if not upload.filename:
                continue
            upload.stream.seek(0)
            try:
                added.append(add_file(
                    own, desk().storage, upload.stream, name=upload.filename, by_id=who, draft_id=draft.id,
                    limits=desk().settings.limits, now=moment, field=field[:60]).id)
            except DeskError as error:
                problems.append(error)

    separately(save)
    g.kept = {**g.get("kept", {}), place: problems}
    if request.form.get("next") == "upload":
        told = {"problem": say_error(problems[0])} if problems else {
            "id": str(added[-1]) if added else "", "changed": moment.isoformat()}
        raise ShowAgain(None, lambda: jsonify(told), 200)
    return list(problems)


def _drop_files_of_row(own: Session, draft: Draft) -> None:
    name, number = read_change(request.form.get(CHANGE_FIELD, "")) or ("", None)
    for stored in list_draft_files(own, draft) if number is not None else ():
        if number is not None and is_in_row(stored.field, name, number):
            remove_draft_file(own, draft, stored.id)


def keep_words(place: str, *, check: Callable[[], object]) -> list[DeskError]:
    """As `keep`, but words that came without files are kept only if the act fails: success would forget them at once.

    check: raises if the person may not do this; asked before a file is stored.
    """
    if any(upload.filename for upload in request.files.values()) or REMOVE_FIELD in request.form or changed_list():
        check()
        return keep(place)
    who, moment, words = person().id, now(), dict(typed())
    if_it_fails(lambda: separately(lambda own: keep_draft(own, who, place, words, now=moment)))
    return []


def draft_at(place: str) -> Draft | None:
    """The person's draft at a place, or what somebody not signed in has begun there.

    A page asks for it more than once, and it is read once in a transaction.
    """
    if g.person is None:
        return begun.find(place)
    known: dict[tuple[Session, str], Draft | None] = g.setdefault("drafts", {})
    if (session(), place) not in known:
        known[session(), place] = find_draft(session(), person().id, place)
    return known[session(), place]


def begin_anew(place: str) -> None:
    """Put what was sent in the place of the draft, without the files that it had."""
    words, who, moment = typed(), person().id, now()

    def write(own: Session) -> None:
        draft = find_draft(own, who, place)
        if draft is not None:
            drop_draft(own, draft)
        keep_draft(own, who, place, {key: value for key, value in words.items() if key not in {"next", "client"}},
                   now=moment)

    separately(write)


def is_overtaken(place: str) -> bool:
    """Whether the draft was changed since the page that sends this was made or last kept it."""
    if g.person is None:
        return False
    who = person().id

    def changed(own: Session) -> str | None:
        draft = find_draft(own, who, place)
        return draft.changed_at.isoformat() if draft else None

    # In a transaction of its own: this one reads the draft only after it was kept.
    return separately(changed) not in (None, request.form.get("kept", ""))


def tell_overtaken(place: str) -> None:
    """Say so when what is sent now takes the place of what was typed elsewhere in the meantime."""
    if request.form.get("kept") and is_overtaken(place):
        flash(gettext("This form had also been changed in another window or on another device. What you sent now "
                      "counts."), "info")


def keep_quietly(place: str) -> Page:
    """What the page's script keeps while somebody types; an older page does not write over a newer draft."""
    if is_overtaken(place):
        return make_response(gettext("This form was changed in another window or on another device. Load the page "
                                     "again to see it; if you go on here, this page counts."), 409)
    keep(place)
    response = make_response(gettext("Saved."))
    response.headers["X-Draft-Changed"] = now().isoformat()
    return response


def leave_unfinished() -> Page:
    """To what is unfinished: the form was kept and can be finished later; by signing in it becomes one's own."""
    if g.person is None:
        return redirect(url_for("signin.sign_in", next=url_for("drafts.list_")))
    until = say_day((now() + DRAFT_LASTS).astimezone(ZONE).date(), language())
    flash(gettext("Your form was saved. You can finish it here, also on another device, until {day}.", day=until),
          "success")
    return redirect(url_for("drafts.list_"))


def know_drafts(places: Sequence[str]) -> None:
    """Read the person's drafts at several places at once, for those who ask for them later."""
    found = find_drafts(session(), person().id, places)
    known: dict[tuple[Session, str], Draft | None] = g.setdefault("drafts", {})
    known.update({(session(), place): found.get(place) for place in places})


def kept_files(place: str) -> list[StoredFile]:
    return list_draft_files(session(), draft_at(place))


def kept_by_field(place: str) -> dict[str, list[dict[str, Any]]]:
    """The draft's files as a sheet shows them, by field."""
    found: dict[str, list[dict[str, Any]]] = {}
    for stored in kept_files(place):
        found.setdefault(stored.field, []).append(
            {"id": stored.id, "name": stored.name, "size_text": say_size(stored.size)})
    return found


def tell_sections(sheet: Sheet, answers: Mapping[str, object], files: Sequence[StoredFile]) -> list[dict[str, Any]]:
    """The answers as a summary shows them: sections with their parts (rows of a list are a part each)."""
    stored = {str(one.id): {"name": one.name, "size_text": say_size(one.size), "is_picture": one.is_picture,
                            "href": url_for("files.download", file_id=one.id)} for one in files}
    names = {str(one.id): one.name for one in files}
    sections: list[dict[str, Any]] = []
    for told in sheet.tell(answers, language(), file_names=names):
        if not sections or sections[-1]["title"] != told.section:
            sections.append({"title": told.section, "parts": []})
        parts = sections[-1]["parts"]
        if not parts or parts[-1]["title"] != told.row:
            parts.append({"title": told.row, "answers": []})
        parts[-1]["answers"].append({
            "label": told.label, "text": told.text, "id": field_id(told.field), "about": told.full_label,
            "files": [stored[one] for one in told.files if one in stored]})
    return sections


def say_size(size: int) -> str:
    """A size in bytes as people say it: 12 kB, 3,4 MB."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    text = f"{size / 1_000_000:.1f} MB"
    return text if language() == "en" else text.replace(".", ",")


def shown(sheet: Sheet, place: str, context: Mapping[str, Any] | None = None,
          prefill: Mapping[str, object] | None = None) -> Filled:
    """The sheet as it is shown again: with what the person has typed at this place, unchecked."""
    draft = draft_at(place)
    files = file_ids(list_draft_files(session(), draft))
    if draft is None or not draft.typed:
        return sheet.blank(language(), prefill or {}, context=context or {}, files=files)
    filled = sheet.read(Typed(draft.typed), language(), context or {}, files=files)
    return replace(filled, errors={}, answers={}, newly_asked=())


def shown_step(sheet: Sheet, item: WorkItem, context: Mapping[str, Any] | None = None,
               prefill: Mapping[str, object] | None = None) -> Filled:
    """The form of an open step; of one that completes a request, the questions that are lacking."""
    place = f"step:{item.id}"
    if not item.completes_start:
        return shown(sheet, place, context, prefill)
    draft = draft_at(place)
    filled = intake.rest(session(), item, draft.typed if draft else None, language=language(), draft=draft)
    return replace(filled, errors={}, answers={}, newly_asked=())


Again = Callable[[DeskError | None, Filled | None], Any]


def try_to(act: Callable[[], Any], again: Again, *, status: int = 422) -> Any:
    """Do the act; when it fails, roll back and show the form again with what was typed. A closed door stays closed."""
    try:
        return act()
    except BadAnswers as error:
        filled = error.filled
        raise ShowAgain(error, lambda: again(None, filled), status) from error
    except (NotAllowed, NotFound):
        raise
    except DeskError as error:
        kept = error
        raise ShowAgain(error, lambda: again(kept, None), status) from error


def or_again(act: Callable[[], Page], page: Callable[[DeskError], Any]) -> Page:
    """Do the act of a page without a sheet; when it fails, roll back and show the page again with the reason."""
    def again(error: DeskError | None, _filled: Filled | None) -> Any:
        assert error is not None, "only a sheet has answers that are wrong"
        return page(error)

    return try_to(act, again)  # type: ignore[no-any-return]
