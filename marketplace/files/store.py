"""The local store: contents by SHA-256 under `data_dir/files/ab/cd/…`, small copies of pictures beside them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from flask import current_app

from marketplace.files.images import THUMBNAILS


def put(data: bytes) -> str:
    """Store `data` durably and return its SHA-256; the same content is stored once."""
    digest = hashlib.sha256(data).hexdigest()
    target = path(digest)
    if target.exists() and target.stat().st_size == len(data):
        os.utime(target)  # fresh again: the sweep leaves it alone until its row is there
    else:
        _write(target, data)
    return digest


def put_copies(digest: str, copies: Mapping[int, bytes]) -> None:
    """Store the small copies of a picture."""
    for side, data in copies.items():
        _write(copy_path(digest, side), data)


def anonymous_path(digest: str) -> Path:
    """Return where the copy is that does not say who made the document; an empty one says that there can be none."""
    whole = path(digest)
    return whole.with_name(f"{whole.name}.anonymous")


def put_anonymous(digest: str, data: bytes) -> None:
    """Store that copy, or nothing in its place."""
    _write(anonymous_path(digest), data)


def path(digest: str) -> Path:
    """Return where the content of that SHA-256 is."""
    folder: Path = current_app.extensions["settings"].data_dir / "files"
    return folder / digest[:2] / digest[2:4] / digest


def copy_path(digest: str, side: int) -> Path:
    """Return where the small copy is whose longest side is `side` pixels, one of `THUMBNAILS`."""
    if side not in THUMBNAILS:
        raise ValueError(f"no copies of {side} pixels")
    whole = path(digest)
    return whole.with_name(f"{whole.name}.{side}.webp")


def contents(digest: str) -> list[Path]:
    """Return the content of that SHA-256 and, of a picture, its small copies; nothing when the content is not there."""
    whole = path(digest)
    if not whole.is_file():
        return []
    return [whole, *(copy for side in THUMBNAILS if (copy := copy_path(digest, side)).is_file())]


def _write(target: Path, data: bytes) -> None:
    """Write beside the target, then rename: readers see the whole file or none, also after a crash."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
