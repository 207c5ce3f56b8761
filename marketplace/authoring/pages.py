"""The pages for writing a thing, the same for every `Editor`: begin, edit by steps, files, check, submit, take back.

A feature calls `register_editor(bp, EDITOR)`; it adds nothing of its own unless it wants to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from marketplace.authoring import actions
from marketplace.authoring.conflict import conflict, differences
from marketplace.authoring.diff import only_free
from marketplace.authoring.file_pages import FilePages
from marketplace.authoring.formatting import shown
from marketplace.authoring.forms import NewForm
from marketplace.authoring.kinds import FieldSpec, is_empty
from marketplace.authoring.lifecycle import EDITABLE_STATES, REVISION
from marketplace.authoring.queries import Reads
from marketplace.authoring.shared_forms import StepForm
from marketplace.authoring.steps import Editor, Step
from marketplace.core.access import Actor, access, actor
from marketplace.core.calendar_days import review_days, review_due
from marketplace.core.errors import Invalid, Missing, Stale
from marketplace.core.extensions import db
from marketplace.core.locks import UNNAMED
from marketplace.core.permissions import ACTING, EDIT_CONTENT, Permission
from marketplace.core.subjects import subject_of
from marketplace.core.view_counts import views
from marketplace.files.access import file_url
from marketplace.files.actions import attachments, same
from marketplace.values import clock
from marketplace.web.errors import text_of
from marketplace.web.forms import ExchangeForm, errors_of
from marketplace.web.paging import Paging, requested_page
from marketplace.web.tabs import tabs

PER_PAGE = 20  # of an organisation's own list


class Pages(FilePages):
    """The views of one editor; thin, each loads, checks a form, calls one action and answers."""

    def new(self) -> ResponseReturnValue:
        """Begin a thing with its title."""
        form = NewForm()
        if form.validate_on_submit():
            revision = actions.begin(self.editor.kind, actor(), form.title.data)
            thing = self.editor.kind.thing_of(revision)
            return redirect(self.editor.url("edit", thing, step=self.editor.steps[0].key))
        status = 422 if form.is_submitted() else 200
        return render_template("authoring/new.html", form=form, editor=self.editor), status

    def edit(self, code: str, step: str) -> ResponseReturnValue:
        """Show or save one step."""
        thing = self.editor.load(code, actor())
        revision = self.editor.current(thing)
        here = self.editor.step(self.editor.moved.get(step, step)) or abort(404)
        if here.key != step and request.method == "GET":
            return redirect(self.editor.url("edit", thing, step=here.key), 301)
        if revision.state not in EDITABLE_STATES:
            if request.method == "POST":
                actions.save(self.editor.kind, revision, {}, actor(), None)  # refuses with the reason
            return redirect(self.editor.url("review", thing))
        if here.form is None:
            return self.files_page(thing, revision, here)
        form = here.form(obj=revision)
        form.apply_specs(self.editor.kind)
        form.part = here.key != step
        form.lock.data = request.form.get("lock", "")  # never the present one: it says what the page was opened with
        if request.method == "GET":
            form.lock.data = str(revision.lock)
            return self._form_page(thing, revision, here, form)
        if _wants_autosave():
            return self._autosave(thing, revision, form)
        return self._save(thing, revision, here, form)

    def _save(self, thing: Any, revision: Any, step: Step, form: StepForm) -> ResponseReturnValue:
        if form.handle_button():
            return self._form_page(thing, revision, step, form)
        code = thing.code  # after a failed flush nothing can be read before the rollback
        try:
            valid = form.validate_on_submit()
            if valid:
                actions.save(self.editor.kind, revision, form.values(self.editor.kind), actor(), form.lock_value())
        except (Stale, StaleDataError) as error:
            return self._conflict_page(code, step, form, error if isinstance(error, Stale) else Stale())
        if not valid:
            return self._form_page(thing, revision, step, form), 422
        after = self.editor.next_key(step.key, revision) if request.form.get("go") == "next" else step.key
        if after == step.key:
            flash(_("Saved."), "success")
        return redirect(self.editor.url("edit", thing, step=after) if after else self.editor.url("review", thing))

    def _autosave(self, thing: Any, revision: Any, form: StepForm) -> ResponseReturnValue:
        """Save what is valid; answer with the new lock, the errors and what is still missing."""
        kind = self.editor.kind
        form.check_acting()
        form.validate()
        try:
            actions.save(kind, revision, form.values(kind, only_valid=True), actor(), form.lock_value())
        except StaleDataError:
            raise Stale from None
        missing = self.editor.missing(thing, revision)
        saved = clock.local(revision.saved_at).strftime("%H:%M")
        errors = errors_of(form)
        if errors:
            saved = _("%(time)s, except fields that need attention", time=saved)
        return jsonify(
            saved=saved,
            saved_at=revision.saved_at.isoformat(),
            lock=revision.lock,
            errors=errors,
            missing=missing,
            missing_html=render_template("authoring/_missing.html", missing=missing),
        )

    def _conflict_page(self, code: str, step: Step, form: StepForm, error: Stale) -> ResponseReturnValue:
        """Show the form again with what was typed, and beside it what the other person changed."""
        opened_with = form.lock_value()
        db.session.rollback()
        thing = self.editor.load(code, actor())
        revision = self.editor.current(thing)
        found = None
        if opened_with == UNNAMED:
            found = differences(self.editor.kind, revision, form.values(self.editor.kind, only_valid=True))
        elif opened_with != revision.lock:
            found = conflict(self.editor, thing, revision, step, opened_with)
        else:
            form.add_error(error)  # the page acts for another organisation
        form.lock.data = str(revision.lock)  # saving again is then a decision, not an accident
        return self._form_page(thing, revision, step, form, found), 409

    def _form_page(self, thing: Any, revision: Any, step: Step, form: StepForm, conflict: Any = None) -> str:
        return render_template(
            "authoring/edit.html",
            **self.editor.frame(thing, revision, step.key), step=step, form=form, conflict=conflict,
            needed={spec.name: spec.needed or _(spec.demanded_if) for spec in self.editor.kind.fields if spec.needed
                    or spec.demanded_if},
        )

    def review(self, code: str) -> ResponseReturnValue:
        """Show everything by step as it stands, and what may be done now."""
        thing = self.editor.load(code, actor())
        return self._review_page(thing, self.editor.current(thing))

    def _review_page(self, thing: Any, revision: Any, error: str = "") -> str:
        kind = self.editor.kind
        old = thing.published_revision
        sections = [
            (step, [(_(spec.label), _reviewed(spec, revision), spec.tier) for spec in kind.fields if spec.step == step.key])
            for step in self.editor.steps_of(revision)
        ]
        free = bool(old) and old is not revision and only_free(kind, old, revision) and same(old, revision)
        return render_template(
            "authoring/review.html",
            **self.editor.frame(thing, revision, "review"), sections=sections, error=error,
            files=attachments(revision), file_url=file_url,
            publishes_at_once=free and thing.state in kind.live,
            moves=REVISION.actions_for(revision.state, thing.roles_of(actor())),
            days=review_days(kind.name),
        )

    def submit(self, code: str) -> ResponseReturnValue:
        """Submit for review (or publish a small change at once)."""
        form = ExchangeForm()
        form.check_acting()
        thing = self.editor.load(code, actor())
        revision = self.editor.current(thing)
        refused = self._files_refused(revision)
        thing = self.editor.load(code, actor())
        revision = self.editor.current(thing)
        if refused:
            return self._review_page(thing, revision, refused), 422
        due_at = review_due(self.editor.kind.name, clock.now())
        try:
            actions.submit(self.editor.kind, revision, actor(), due_at, form.lock_value())
        except Missing as error:
            return self._review_page(thing, revision, text_of(error)), 422
        if revision.state == "approved":
            flash(_("Published: small changes need no review."), "success")
        else:
            flash(_("Submitted. You will hear from us by %(day)s.", day=clock.format_date(due_at)), "success")
        return redirect(self.editor.url("review", thing))

    def _files_refused(self, revision: Any) -> str:
        """Return why the files of a version cannot be submitted, or nothing. The version is to be loaded again."""
        try:
            self.editor.kind.check_files(revision, [one.file for one in attachments(revision)])
        except Invalid as error:
            return text_of(error)
        return ""

    def revise(self, code: str) -> ResponseReturnValue:
        """Begin a new version of what is published, or go on with the one begun."""
        thing = self.editor.load(code, actor())
        ExchangeForm().check_acting()
        actions.start_revision(self.editor.kind, thing, actor())
        return redirect(self.editor.url("edit", thing, step=self.editor.steps[0].key))

    def withdraw(self, code: str) -> ResponseReturnValue:
        """Take back a submission, to change it."""
        thing = self._owner_move(code, "withdraw")
        flash(_("Taken back. You can change it and submit again."), "success")
        return redirect(self.editor.url("review", thing))

    def delete(self, code: str) -> ResponseReturnValue:
        """Delete a draft; what is published stays."""
        self._owner_move(code, "delete")
        flash(_("The draft was deleted."), "success")
        return redirect(self.list_url())

    def _owner_move(self, code: str, move: str) -> Any:
        thing = self.editor.load(code, actor())
        form = ExchangeForm()
        form.check_acting()
        actions.owner_move(self.editor.kind, self.editor.current(thing), move, actor(), lock=form.lock_value())
        return thing


def own_list(
    editor: Editor, reads: Reads[Any], words: Mapping[str, str], more: Callable[[Any, Any, Actor], Mapping[str, Any]]
) -> str:
    """Return the page of what the organisation acted for has written, by tab (`words`: tab → message id).

    `more(thing, version, reader)` adds to what a row shows: whether a version is `coming`, whether buttons stand beside it
    (`acts`), the `moves` and what is the kind's own.
    """
    reader, tab = actor(), request.args.get("state", "")
    org_id, tab = reader.org_id or 0, tab if tab in reads.tabs else ""
    number, offset = requested_page(PER_PAGE)
    things, counts = reads.mine(org_id, tab, offset, PER_PAGE), reads.counts(org_id)
    seen = views(editor.kind.name, [thing.id for thing in things]) if things else {}
    rows = []
    for thing in things:
        revision = editor.current(thing)
        page = subject_of(thing).path(thing, reader) if thing.published_revision_id else editor.url("review", thing)
        rows.append({
            "thing": thing, "revision": revision, "views": seen.get(thing.id, 0), "href": page,
            **more(thing, revision, reader),
        })
    return render_template(
        f"{editor.endpoint}/mine.html",
        rows=rows, tab=tab, counts=counts, editor=editor, may_write=reader.may(EDIT_CONTENT),
        tabs=tabs(words, tab, lambda code: url_for(f"{editor.endpoint}.mine", state=code or None), counts, empty=False),
        paging=Paging(number, PER_PAGE, counts[tab]),
    )


def _wants_autosave() -> bool:
    """True for the page's own saving in the background."""
    headers = request.headers
    return "X-Autosave" in headers or headers.get("X-Requested-With") == "autosave" or (
        request.accept_mimetypes.best == "application/json"
    )


def _reviewed(spec: FieldSpec, revision: Any) -> Any:
    """Return a value for the last page before submitting; confidential text where its reading is recorded or written."""
    value = getattr(revision, spec.name)
    if spec.tier == "confidential" and spec.shape == "prose" and not is_empty(value):
        return _("Written. It is read on its own page, where each reading is recorded.")
    return shown(spec, value)


def register_editor(bp: Blueprint, editor: Editor) -> None:
    """Add the pages of an editor to a blueprint: new, edit, review, submit, revise, withdraw, delete, file."""
    pages = Pages(editor)
    one = f"{editor.path}/<code>"
    rows: list[tuple[str, str, list[str], Permission, Callable[..., ResponseReturnValue]]] = [
        (f"{editor.path}/new", "new", ["GET", "POST"], EDIT_CONTENT, pages.new),
        (f"{one}/edit/<step>", "edit", ["GET", "POST"], EDIT_CONTENT, pages.edit),
        (f"{one}/review", "review", ["GET"], ACTING, pages.review),
        (f"{one}/submit", "submit", ["POST"], EDIT_CONTENT, pages.submit),
        (f"{one}/revise", "revise", ["POST"], EDIT_CONTENT, pages.revise),
        (f"{one}/withdraw", "withdraw", ["POST"], EDIT_CONTENT, pages.withdraw),
        (f"{one}/delete", "delete", ["POST"], EDIT_CONTENT, pages.delete),
        (f"{one}/files/<int:attachment_id>/<change>", "change_file", ["POST"], EDIT_CONTENT, pages.change_file),
    ]
    for rule, endpoint, methods, mark, view in rows:
        bp.add_url_rule(rule, endpoint, _marked(view, mark), methods=methods)


def _marked(view: Callable[..., ResponseReturnValue], mark: Permission) -> Callable[..., ResponseReturnValue]:
    """Return a plain function around a bound method, carrying its access mark."""

    def call(**values: Any) -> ResponseReturnValue:
        return view(**values)

    call.__doc__ = view.__doc__
    return access(mark)(call)
