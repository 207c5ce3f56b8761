"""The pages in which a need is written: the steps of the shared editor."""

from __future__ import annotations

from marketplace.authoring.steps import Editor, FileRole, Step
from marketplace.buyer_requests.forms import steps as forms
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.buyer_requests.on_publish import path_of
from marketplace.buyer_requests.rules import settles_six_points
from marketplace.values.text import N_


def _preview(need: BuyerRequest, revision: NeedRevision) -> str:
    return path_of(need) if need.published_revision is not None else path_of(need, revision)


EDITOR = Editor(
    kind=KIND,
    steps=(
        Step("problem", N_("The problem")),
        Step("result", N_("The result asked for")),
        Step("terms", N_("Terms and choosing"), forms.TermsForm),
        Step("six-clear", N_("Six clear points"), forms.SixClearForm, when=settles_six_points, intro=N_(
            "Agency problems and orders settle all six points before they are submitted.")),
        Step("files", N_("Files"), files=(
            FileRole("image", N_("Pictures"), N_("The site, the process, the defect. PNG, JPEG or WebP."), pictures=True),
            FileRole("document", N_("Documents"), N_(
                "Terms of reference, data sheets, measurements. Confidential ones are read only by your organisation and "
                "the moderator of the case."), tiers=("public", "members", "confidential")),
        )),
    ),
    moved={"classification": "result", "choosing": "terms", "contact": "terms"},
    path="/my/needs",
    endpoint="buyer_requests",
    new_title=N_("Post a technology need"),
    new_intro=N_(
        "Describe the problem, not the solution: what is wrong today, which result you need and how it will be measured. "
        "You can stop at any time; what you write is saved as a draft."),
    list_title=N_("Our needs"),
    preview=_preview,
)
