"""Receiving an uploaded file: stored under its digest, read once, kept only when it can be imported."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import IO, Any

from marketplace.accounts.queries import hold_person
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.files.actions import release_lock
from marketplace.importing import actions, import_runs
from marketplace.importing.models import ImportRun
from marketplace.importing.preparation import prepare
from marketplace.importing.queries import find_organisation, previewed
from marketplace.values import clock
from marketplace.values.text import clean_line

_BLOCK = 1 << 20


def receive(
    stream: IO[bytes], file_name: str, kind: str, owner: str, actor: Actor, *, publish: bool, size_limit: int
) -> ImportRun:
    """Store an upload and return its run, waiting for a look and a confirmation; the same upload again is the same run.

    Raises UnusableFile when the file cannot be read, Invalid or NotAllowed when it may not be imported for this owner.
    """
    organisation = find_organisation(owner)
    actions.check(organisation, actor, publish=publish)
    org_id = organisation.id
    release_lock()  # reading a large file must not keep other writers waiting
    name = clean_line(file_name.replace("\\", "/").rsplit("/", 1)[-1])[-200:] or "file"
    folder = import_runs.folder() / "uploads"
    folder.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=Path(name).suffix[:8], delete=False) as target:
        digest = hashlib.sha256()
        while block := stream.read(_BLOCK):
            digest.update(block)
            target.write(block)
    stored = Path(target.name)
    try:
        plan = prepare(kind, stored, size_limit).plan
        hold_person(actor.user_id)
        run = previewed(kind, org_id, digest.hexdigest(), publish, actor.user_id)
        if run is not None:
            return run
        run = _run(kind, org_id, name, digest.hexdigest(), plan.as_box(), actor, publish=publish)
        stored.replace(import_runs.upload_path(run))
        return run
    finally:
        stored.unlink(missing_ok=True)


def _run(
    kind: str, org_id: int, name: str, sha256: str, mapping: dict[str, Any], actor: Actor, *, publish: bool
) -> ImportRun:
    run = ImportRun(
        kind=kind, state="previewed", org_id=org_id, file_name=name, sha256=sha256, publish=publish, mapping=mapping,
        created_by_id=actor.user_id, created_at=clock.now(),
    )
    db.session.add(run)
    db.session.flush()
    return run
