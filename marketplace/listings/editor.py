"""The pages for writing a listing: its steps."""

from __future__ import annotations

from marketplace.authoring.steps import Editor, FileRole, Step
from marketplace.listings import forms
from marketplace.listings.kind import CONTACT, FILES, KIND, MATURITY, RIGHTS, TRANSFER, USE, WHAT
from marketplace.msgid import N_

FILE_ROLES = (
    FileRole("image", N_("Pictures"),
             N_("At least one: the thing itself, a diagram, a screen. The first is shown in lists."), pictures=True),
    FileRole("document", N_("Documents"), N_("Data sheets, test reports, presentations. You choose who may read each."),
             ("public", "members", "confidential")),
    FileRole("right_proof", N_("Proof of your right"),
             N_("Patent, contract or the owner's written consent. Read by your organisation and moderators only."),
             ("staff",)),
)

EDITOR = Editor(
    kind=KIND,
    steps=(
        Step(WHAT, N_("What it is"), forms.WhatForm),
        Step(USE, N_("Problem and advantages"), forms.UseForm),
        Step(MATURITY, N_("Maturity"), forms.MaturityForm),
        Step(RIGHTS, N_("Rights"), forms.RightsForm),
        Step(TRANSFER, N_("Transfer and price"), forms.TransferForm),
        Step(FILES, N_("Pictures and documents"), files=FILE_ROLES),
        Step(CONTACT, N_("Contact and visibility"), forms.ContactForm),
    ),
    path="/my/listings",
    endpoint="listings",
    new_title=N_("Offer a technology"),
    new_intro=N_("Begin with its name. You then go through seven short steps; everything is saved as you go, and "
                 "nothing is published before a moderator has read it."),
    list_title=N_("My technologies"),
)
