"""The files step: upload, caption, order, remove. Works without JavaScript."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.authoring import attachments as verbs
from marketplace.authoring.forms import UploadForm
from marketplace.authoring.steps import Editor, FileRole, Step
from marketplace.core.access import actor
from marketplace.core.errors import Invalid, NotFound
from marketplace.files.access import file_url
from marketplace.files.actions import attachments
from marketplace.files.checks import ACCEPT, ACCEPT_IMAGES
from marketplace.values.text import N_
from marketplace.web.forms import ExchangeForm

TIER_LABELS = {
    "public": _l("Everybody"),
    "members": _l("Members of verified organisations"),
    "confidential": _l("Confidential: only your organisation and the moderator of the case"),
    "staff": _l("Only your organisation and moderators"),
}


class FilePages:
    """Views of the files step of one editor."""

    def __init__(self, editor: Editor) -> None:
        """Serve the pages of `editor`."""
        self.editor = editor

    def list_url(self) -> str:
        """Return the address of the owner's list."""
        return url_for(f"{self.editor.endpoint}.mine")

    def files_page(self, thing: Any, revision: Any, step: Step) -> ResponseReturnValue:
        """Show the files of a version; take an upload."""
        if request.method == "GET":
            return self._render(thing, revision, step)
        role = next((role for role in step.files if role.role == request.form.get("role")), None)
        if role is None:
            if request.form.get("go") == "next":
                after = self.editor.next_key(step.key, revision)
                return redirect(self.editor.url("edit", thing, step=after) if after else self.editor.url("review", thing))
            raise NotFound
        form = self._form(role)
        try:
            if form.validate_on_submit() and self._take(thing.code, form, role):
                return redirect(self.editor.url("edit", thing, step=step.key) + f"#files-{role.role}")
        except Invalid as error:
            form.add_error(error)
        thing = self.editor.load(thing.code, actor())
        return self._render(thing, self.editor.current(thing), step, form), 422

    def _take(self, code: str, form: UploadForm, role: FileRole) -> bool:
        """Receive the files outside the database's lock, then attach them; all or none."""
        uploads = [upload for upload in form.file.data or [] if getattr(upload, "filename", "")]
        if not uploads:
            raise Invalid("file", N_("Choose a file."))
        received = [verbs.receive(upload) for upload in uploads]
        revision = self.editor.current(self.editor.load(code, actor()))
        self.editor.kind.check_files(revision, received)
        revision = self.editor.current(self.editor.load(code, actor()))
        tier = form.tier.data or role.tiers[0]
        for one in received:
            verbs.add_file(self.editor.kind, revision, one, actor(), role.role, tier, form.caption.data)
        flash(_("The file was added."), "success")
        return True

    def change_file(self, code: str, attachment_id: int, change: str) -> ResponseReturnValue:
        """Remove, move or caption one file."""
        if change not in {"remove", "up", "down", "caption"}:
            raise NotFound
        thing = self.editor.load(code, actor())
        ExchangeForm().check_acting()
        caption = request.form.get("caption", "")
        verbs.change_file(self.editor.kind, self.editor.current(thing), attachment_id, change, actor(), caption)
        step = next(step for step in self.editor.steps if step.files)
        return redirect(self.editor.url("edit", thing, step=step.key) + "#files")

    def _form(self, role: FileRole) -> UploadForm:
        form = UploadForm(role=role.role, tier=role.tiers[0])
        form.tier.choices = [(tier, TIER_LABELS[tier]) for tier in role.tiers]
        return form

    def _render(self, thing: Any, revision: Any, step: Step, failed: UploadForm | None = None) -> str:
        rows = attachments(revision)
        sections = []
        for role in step.files:
            form = failed if failed is not None and failed.role.data == role.role else self._form_fresh(role)
            sections.append((role, form, [row for row in rows if row.role == role.role]))
        return render_template(
            "authoring/files.html",
            **self.editor.frame(thing, revision, step.key), step=step, sections=sections, failed=failed,
            file_url=file_url, tier_labels=TIER_LABELS, accept=ACCEPT, accept_images=ACCEPT_IMAGES,
        )

    def _form_fresh(self, role: FileRole) -> UploadForm:
        """Return an empty form whatever was posted."""
        form = UploadForm(formdata=None, role=role.role, tier=role.tiers[0])
        form.tier.choices = [(tier, TIER_LABELS[tier]) for tier in role.tiers]
        return form
