"""Topics in a form: two levels to choose from, and what the text proposes, one press each; none is chosen by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext
from wtforms.validators import StopValidation

from marketplace.authoring.kinds import Kind
from marketplace.vocabulary import MOST_TOPICS, TOPICS
from marketplace.vocabulary.topic_proposal import propose
from marketplace.web.forms import TermsField
from marketplace.web.i18n import language

#: Name of the buttons that take a proposed topic; a page without JavaScript sends the form by it.
ADD = "add-topic"


def proposed_topics(kind: Kind, value: Callable[[str], Any], known: tuple[str, ...] = ()) -> list[str]:
    """Return the topics that a text proposes; `value` gives its fields by name, None or blank for what is not stated."""
    said = [spec.name for spec in kind.fields if spec.search and spec.shape in {"text", "prose"}]
    fields = [value("field_code") or "", *(value("field_codes") or ())]
    return propose(
        f"{value('title') or ''}\n{value('title_en') or ''}", "\n".join(str(value(name) or "") for name in said),
        value("tags") or (),
        science_field=next(filter(None, fields), ""), priority=str(value("hanoi_priority_field") or ""), known=known,
    )


class TopicsField(TermsField):
    """Up to MOST_TOPICS topics of either level."""

    template = "authoring/_topics_field.html"
    data: list[str] | None
    most = MOST_TOPICS
    part = "topics"  # its proposals, which saving in the background renews
    part_template = "authoring/_topics_proposed.html"

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, vocabulary=TOPICS, **kwargs)
        self.proposed: list[tuple[str, str]] = []

    def pre_validate(self, form: Any) -> None:
        """Refuse unknown codes, and more than a thing may stand under."""
        super().pre_validate(form)
        if len(self.data or ()) > MOST_TOPICS:
            raise StopValidation(gettext("Choose at most %(most)s topics.", most=MOST_TOPICS))

    def propose(self, kind: Kind, value: Callable[[str], Any]) -> None:
        """Look what the text proposes beside what is chosen."""
        chosen = tuple(self.data or ())
        found = proposed_topics(kind, value, chosen) if len(chosen) < MOST_TOPICS else []
        self.proposed = [(code, TOPICS.label(code, language())) for code in found]

    def handle_button(self, pressed: Mapping[str, Any]) -> bool:
        """Choose the proposed topic whose button was pressed; True when there was one."""
        code = pressed.get(ADD, "")
        if code not in TOPICS:
            return False
        if len(self.data or ()) < MOST_TOPICS:
            self.data = list(dict.fromkeys([*(self.data or ()), code]))
        return True

    def groups(self) -> list[tuple[str, list[Any], int]]:
        """Return each topic of the first level by name, the choices below it (itself first), and how many are chosen."""
        options = {option.data: option for option in self}
        found = []
        for top in TOPICS.children():
            inside = [options[top.code], *(options[one.code] for one in TOPICS.children(top.code))]
            found.append((top.label(language()), inside, sum(option.data in (self.data or ()) for option in inside)))
        return found
