"""The operators' pages: upload, preview, confirm, follow, result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.extensions import db
from marketplace.core.permissions import IMPORT_DATA
from marketplace.importing import import_runs
from marketplace.importing.forms import UploadForm, column_choices, mapping_of
from marketplace.importing.import_kinds import TARGETS
from marketplace.importing.models import ImportRun
from marketplace.importing.preparation import prepare
from marketplace.importing.preview import ROWS, preview
from marketplace.importing.queries import runs as all_runs
from marketplace.importing.queries import suggestions
from marketplace.importing.report import sentence
from marketplace.importing.rows import REASONS, Note, UnusableFile
from marketplace.importing.uploads import receive
from marketplace.vocabulary import IP_STATUSES
from marketplace.web.forms import ExchangeForm

bp = Blueprint("importing", __name__)
PAST = 50  # runs on the list


def _limit() -> int:
    limit: int = current_app.extensions["settings"].upload_limit
    return limit


def _run_or_404(run_id: int) -> ImportRun:
    run = db.session.scalars(all_runs().where(ImportRun.id == run_id)).first()
    return run if run is not None else abort(404)


def reason(code: str, examples: Mapping[str, Mapping[str, str]]) -> str:
    """Return what a reason code says, of the first row that has it."""
    return sentence(Note(code, examples.get(code, {})), _) if code in REASONS else code


def note(value: Note) -> str:
    """Return a note as a sentence in the reader's language."""
    return sentence(value, _)


@bp.app_context_processor
def _helpers() -> dict[str, Any]:
    return {"import_reason": reason, "import_note": note, "ip_statuses": IP_STATUSES}


@bp.get("/imports")
@access(IMPORT_DATA)
def index() -> ResponseReturnValue:
    """Show the upload form and past runs."""
    return _index(UploadForm(), 200)


def _index(form: UploadForm, status: int) -> ResponseReturnValue:
    past = db.session.scalars(all_runs().limit(PAST)).all()
    return render_template(
        "importing/index.html", form=form, runs=past, targets=TARGETS, organisations=suggestions(),
        limit=_limit(),
    ), status


@bp.post("/imports")
@access(IMPORT_DATA)
def upload() -> ResponseReturnValue:
    """Receive a file and go to its preview."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _index(form, 422)
    try:
        run = receive(
            form.file.data.stream, form.file.data.filename or "", form.kind.data, form.organisation.data, actor(),
            publish=form.publish.data, size_limit=_limit(),
        )
    except (Invalid, NotAllowed) as error:
        form.add_error(error)
        return _index(form, 422)
    return redirect(url_for(".show", run_id=run.id))


@bp.get("/imports/<int:run_id>")
@access(IMPORT_DATA)
def show(run_id: int) -> ResponseReturnValue:
    """Show a run: its preview, how far it is, or what came of it."""
    run = _run_or_404(run_id)
    target = TARGETS[run.kind]
    if run.state != "previewed":
        return render_template(
            "importing/run.html", run=run, target=target, progress=import_runs.progress_of(run)
        )
    return _preview(run, [], 200)


def _preview(run: ImportRun, problems: list[str], status: int) -> ResponseReturnValue:
    try:
        seen = preview(run, actor(), _limit())
    except (UnusableFile, OSError) as error:
        flash(_("The uploaded file cannot be read any more. Upload it again."), "error")
        current_app.logger.warning("preview of import run %s failed: %s", run.id, error)
        return redirect(url_for(".index"))
    return render_template(
        "importing/preview.html", run=run, target=TARGETS[run.kind], seen=seen, choices=column_choices(run.kind),
        problems=problems, first=ROWS,
    ), status


@bp.post("/imports/<int:run_id>/columns")
@access(IMPORT_DATA)
def columns(run_id: int) -> ResponseReturnValue:
    """Take another choice of columns and show the preview again."""
    ExchangeForm().check_acting()
    run = _run_or_404(run_id)
    if run.state != "previewed":
        return redirect(url_for(".show", run_id=run.id))
    path, before = import_runs.upload_path(run), run.mapping
    sheet, known = request.form.get("sheet", ""), prepare(run.kind, path, _limit(), before)
    if sheet in known.sheets and sheet != known.source.details["sheet"]:
        return _other_sheet(run, sheet)
    mapping, problems = mapping_of(run.kind, known.source.headers(), request.form.to_dict(), before)
    if problems:
        return _preview(run, problems, 422)
    run.mapping = mapping
    return redirect(url_for(".show", run_id=run.id))


def _other_sheet(run: ImportRun, sheet: str) -> ResponseReturnValue:
    """Read another sheet of the workbook, with the columns that its own headings suggest."""
    try:
        plan = prepare(run.kind, import_runs.upload_path(run), _limit(), {"sheet": sheet}).plan
    except UnusableFile as error:
        return _preview(run, [_(error.message) % error.params], 422)
    run.mapping = {**plan.as_box(), "sheet": sheet}
    return redirect(url_for(".show", run_id=run.id))


@bp.post("/imports/<int:run_id>/start")
@access(IMPORT_DATA)
def start(run_id: int) -> ResponseReturnValue:
    """Hand the run to the worker; pressed twice it is one run."""
    ExchangeForm().check_acting()
    run = _run_or_404(run_id)
    if not run.mapping.get("columns", {}).get("title"):
        return _preview(run, [_("Say which column is the title.")], 422)
    if not import_runs.start(run, actor()):
        flash(_("This import was started already."), "info")
    return redirect(url_for(".show", run_id=run.id))


@bp.post("/imports/<int:run_id>/cancel")
@access(IMPORT_DATA)
def cancel(run_id: int) -> ResponseReturnValue:
    """End a run before it is done: nothing of it is imported."""
    ExchangeForm().check_acting()
    if not import_runs.cancel(_run_or_404(run_id), actor()):
        flash(_("This import is over already."), "info")
    return redirect(url_for(".show", run_id=run_id))


@bp.get("/imports/<int:run_id>/report")
@access(IMPORT_DATA)
def report(run_id: int) -> ResponseReturnValue:
    """Send the report as a file."""
    run = _run_or_404(run_id)
    path = import_runs.report_path(run)
    if run.state != "done" or not path.exists():
        abort(404)
    return send_file(path, mimetype="text/csv", as_attachment=True, download_name=f"import-{run.id}.csv")
