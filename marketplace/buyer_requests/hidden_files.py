"""Files of a need whose requester is hidden: they can be passed on without saying who made them, or are not taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marketplace.buyer_requests.models import NeedRevision
from marketplace.core.errors import Invalid
from marketplace.files.actions import release_lock
from marketplace.files.anonymous import can_be_passed_on
from marketplace.values.text import N_


def check_files(revision: NeedRevision, files: Sequence[Any]) -> None:
    """Raise Invalid when the requester is to be hidden and one of these files cannot be without its author.

    They are rewritten here, which takes about a second each, so the database's lock is let go first. Raises Unreachable
    when too many others are being rewritten.
    """
    if not revision.hides_requester:
        return
    kinds = [(one.name, one.sha256, one.content_type) for one in files]
    release_lock()
    for name, digest, content_type in kinds:
        if not can_be_passed_on(digest, content_type):
            raise Invalid("file", N_(
                "Who made “%(name)s” cannot be taken out of it, and your organisation is to be hidden. Replace it by one"
                " without a password and without other files inside, or by a new PDF printed from it."
            ), name=name)
