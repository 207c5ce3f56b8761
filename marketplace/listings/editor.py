"""The pages for writing a listing: its steps."""

from __future__ import annotations

from flask import url_for

from marketplace.authoring.steps import Editor, FileRole, Step
from marketplace.listings.forms import FORMS
from marketplace.listings.kind import FILES, KIND, STEPS
from marketplace.listings.models import Listing, ListingRevision
from marketplace.values.text import N_

FILE_ROLES = (
    FileRole("image", N_("Pictures"),
             N_("At least one: the thing itself, a diagram, a screen. The first is shown in lists."), pictures=True),
    FileRole("document", N_("Documents"), N_("Data sheets, test reports, presentations. You choose who may read each."),
             ("public", "members", "confidential")),
    FileRole("right_proof", N_("Proof of your right"),
             N_("Patent, contract or the owner's written consent. Read by your organisation and moderators only."),
             ("staff",)),
)


def _preview(listing: Listing, revision: ListingRevision) -> str:
    return url_for("listings.preview", code=listing.code)


EDITOR = Editor(
    kind=KIND,
    moved={"use": "what", "rights": "maturity", "contact": "transfer"},
    steps=tuple(Step(key, label, FORMS.get(key), FILE_ROLES if key == FILES else ()) for key, label in STEPS),
    path="/my/listings",
    endpoint="listings",
    new_title=N_("Offer a technology"),
    new_intro=N_("Begin with its name. You then go through four short steps; everything is saved as you go, and "
                 "nothing is published before a moderator has read it."),
    list_title=N_("Our technologies"),
    preview=_preview,
)
