"""Shapes of input that begin and move a lead. `once` is a form's own number: a double click is one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import InputRequired, Length, Optional

from marketplace.negotiation.actions.begin import NOTE_LENGTH
from marketplace.negotiation.actions.moves import REASON_LENGTH, TEXT_LENGTH
from marketplace.values.text import clean_line
from marketplace.vocabulary import DECLINE_REASONS
from marketplace.web.forms import ExchangeForm, LineField, LongField, OnceField, TermField


class OnceForm(ExchangeForm):
    """A form that counts once however often it is sent."""

    once = OnceField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.once.data = self.once.data or secrets.token_hex(8)


class BeginForm(OnceForm):
    """First words about a technology or a need; `thing` is one's own need or technology, by its code."""

    text = LongField(_l("Your message"), [InputRequired(), Length(*TEXT_LENGTH)])
    thing = SelectField(choices=[], coerce=clean_line, default="")

    def offer(self, label: str, things: Sequence[tuple[str, str]]) -> None:
        """Let one of `things` (code, title) be chosen, or none."""
        self.thing.label.text = label
        self.thing.choices = [("", gettext("None")), *things]


class MoveForm(OnceForm):
    """What a move of a lead needs: a question, or a coded reason. `refused` names the move whose input did not do.

    `lock` is the state the page showed.
    """

    refused: str = ""
    text = LongField(_l("Your message"), [Length(max=TEXT_LENGTH[1])], id="move-text")  # the thread has a `text` too
    reason_code = TermField(_l("Reason"), vocabulary=DECLINE_REASONS, default="")
    reason = LongField(_l("In your words"), [Length(max=REASON_LENGTH)], description=_l("The other side reads this."))

    def kept(self) -> list[tuple[str, str]]:
        """Return the texts that were typed, for a page that has no field for them any more."""
        return [(str(field.label.text), field.data) for field in (self.text, self.reason) if field.data]


class PairForm(OnceForm):
    """What an officer writes to the two sides of a pair; without it both read which criteria fit."""

    note = LongField(_l("Why they fit"), [Optional(), Length(*NOTE_LENGTH)],
                     description=_l("Both sides read this with your introduction, without your name."))


class IntroduceForm(OnceForm):
    """Which technology and which need an officer connects, and why."""

    listing = LineField(_l("Code of the technology"), [InputRequired(), Length(max=20)])
    need = LineField(_l("Code of the need"), [InputRequired(), Length(max=20)])
    note = LongField(_l("Why they fit"), [InputRequired(), Length(*NOTE_LENGTH)],
                     description=_l("Both sides read this with your introduction, without your name."))
