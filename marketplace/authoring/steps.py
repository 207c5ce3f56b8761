"""Steps of writing a thing: `Step` names one, `Editor` is what a feature declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from marketplace.authoring.actions import open_revision
from marketplace.authoring.completeness import problems
from marketplace.authoring.form_fields import form_of
from marketplace.authoring.kinds import NOT_STATED, PUBLISH, SUBMIT, Kind, Problem
from marketplace.authoring.shared_forms import StepForm
from marketplace.core.access import Actor
from marketplace.core.errors import NotFound
from marketplace.core.extensions import db
from marketplace.core.subjects import review_of
from marketplace.web.i18n import language


@dataclass(frozen=True)
class FileRole:
    """One kind of file on the files step. `tiers` are offered to the person; with one there is no choice."""

    role: str
    label: str  # message id
    hint: str  # message id
    tiers: tuple[str, ...] = ("public",)
    pictures: bool = False


@dataclass(frozen=True)
class Step:
    """One step: a form, or the files step. `form` is what it is made on, and the made form in an editor."""

    key: str
    label: str  # message id
    form: type[StepForm] | None = None
    files: tuple[FileRole, ...] = ()
    intro: str = ""  # message id
    when: Callable[[Any], bool] | None = None  # (version) → whether its writer walks through the step; always when None


@dataclass(frozen=True)
class Editor:
    """What a feature declares to get pages for writing its things."""

    kind: Kind
    steps: tuple[Step, ...]
    path: str  # "/my/listings"
    endpoint: str  # name of the blueprint
    new_title: str  # message ids of the page that begins a thing
    new_intro: str
    list_title: str  # "Our technologies": the breadcrumb; its endpoint is `mine`
    moved: Mapping[str, str] = field(default_factory=dict)  # steps of before → the step that has their fields now
    preview: Callable[[Any, Any], str] | None = None  # (thing, revision) → address of the page as others see it, or ""

    def __post_init__(self) -> None:
        """Make the forms of the steps from the specs of the kind. Raises ValueError for a field that no step shows."""
        keys = {step.key for step in self.steps}
        lost = [spec.name for spec in self.kind.fields if spec.step not in keys]
        if lost:
            raise ValueError(f"{self.kind.name}: no step of the editor has these fields: {lost}; steps are {sorted(keys)}")
        steps = (
            step if step.files else replace(step, form=form_of(self.kind, step.key, step.form or StepForm))
            for step in self.steps
        )
        object.__setattr__(self, "steps", tuple(steps))

    def step(self, key: str) -> Step | None:
        """Return the step of that key, or None."""
        return next((step for step in self.steps if step.key == key), None)

    def steps_of(self, revision: Any) -> list[Step]:
        """Return the steps that the writer of a version walks through."""
        return [step for step in self.steps if step.when is None or step.when(revision)]

    def next_key(self, key: str, revision: Any) -> str:
        """Return the key of the step after `key` for a version, empty after the last."""
        later = self.steps[[step.key for step in self.steps].index(key) + 1:]
        return next((step.key for step in later if step in self.steps_of(revision)), "")

    def url(self, page: str, thing: Any, **values: Any) -> str:
        """Return the address of one of the pages: edit (step=), review, submit, withdraw, delete, revise, file …"""
        return url_for(f"{self.endpoint}.{page}", code=thing.code, **values)

    def load(self, code: str, actor: Actor) -> Any:
        """Return the thing of the organisation acted for, versions loaded. Raises NotFound for any other."""
        thing_type = self.kind.thing
        query = select(thing_type).where(thing_type.code == code, thing_type.org_id == (actor.org_id or 0))
        thing = db.session.scalars(query.options(selectinload(thing_type.revisions))).one_or_none()
        if thing is None or thing.state == "deleted":
            raise NotFound
        return thing

    def current(self, thing: Any) -> Any:
        """Return the version on its way, else the published one, else the last that was not deleted."""
        found = open_revision(self.kind, thing)
        if found is not None:
            return found
        kept = [revision for revision in thing.revisions if revision.state != "deleted"]
        return thing.published_revision or (kept[-1] if kept else thing.revisions[-1])

    def missing(self, thing: Any, revision: Any) -> list[dict[str, Any]]:
        """Return what is missing for submission, as groups of links to step and field."""
        return self.groups(thing, problems(self.kind, revision))

    def groups(self, thing: Any, found: Sequence[Problem]) -> list[dict[str, Any]]:
        """Return problems as groups of links: what stops submission; publication asks for nothing more, unless it does."""

        def items(stage: str) -> list[dict[str, str]]:
            return [self._link(thing, problem) for problem in found if problem.needed == stage]

        first = {"title": _("Missing for submission"), "items": items(SUBMIT), "ok": _("Ready to be submitted.")}
        later = items(PUBLISH)
        return [first, *([{"title": _("Missing for publication"), "items": later, "ok": ""}] if later else [])]

    def _link(self, thing: Any, problem: Problem) -> dict[str, str]:
        label = _(self.kind.spec(problem.field).label) if problem.field in self.kind.names else ""
        text = _(problem.message) % problem.params if problem.params else _(problem.message)
        href = self.url("edit", thing, step=problem.step) + f"#{problem.field}"
        plain = problem.code == NOT_STATED and label
        return {"label": label if plain else (f"{label}: {text}" if label else text), "href": href}

    def navigation(self, thing: Any, revision: Any, current: str, found: Sequence[Problem]) -> list[dict[str, str]]:
        """Return the steps for the page: current, done when nothing is missing on them, todo otherwise."""
        open_steps = {problem.step for problem in found}
        items = [
            {
                "label": _(step.label),
                "href": self.url("edit", thing, step=step.key),
                "state": "current" if step.key == current else ("todo" if step.key in open_steps else "done"),
            }
            for step in self.steps_of(revision)
        ]
        review = {"label": _("Check and submit"), "href": self.url("review", thing), "state": "todo"}
        return [*items, {**review, "state": "current"} if current == "review" else review]

    def frame(self, thing: Any, revision: Any, current: str) -> dict[str, Any]:
        """Return what the frame of every page for writing needs."""
        found = problems(self.kind, revision)
        return {
            "editor": self,
            "thing": thing,
            "revision": revision,
            "steps": self.navigation(thing, revision, current, found),
            "missing": self.groups(thing, found),
            "reason_label": self._reason,
        }

    def _reason(self, code: str) -> str:
        return review_of(self.kind.name).reasons.label(code, language())
