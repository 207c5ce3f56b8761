"""Reading the forms of a page as a browser does: where they go and what they would send."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

BUTTONS = {"submit", "button", "image", "reset"}
TEXT = {"text", "email", "search", "tel", "url", "password", "textarea", "number", "date"}


@dataclass
class Input:
    """One control that has a name."""

    name: str
    kind: str
    value: str = ""
    sent: bool = True  # a browser would send it
    options: list[str] = field(default_factory=list)
    maxlength: int | None = None
    invalid: bool = False

    @property
    def is_text(self) -> bool:
        """True when a person types into it."""
        return self.kind in TEXT


@dataclass
class Form:
    """One form of a page."""

    action: str
    method: str
    inputs: list[Input] = field(default_factory=list)

    def data(self) -> dict[str, list[str]]:
        """What a browser would send when nothing is changed; files and buttons are left out."""
        found: dict[str, list[str]] = {}
        for one in self.inputs:
            if one.sent and one.kind not in BUTTONS | {"file"}:
                found.setdefault(one.name, []).append(one.value)
        return found

    def names(self) -> list[str]:
        """The names a person can fill in, in order."""
        return list(dict.fromkeys(one.name for one in self.inputs if one.kind not in BUTTONS | {"file", "hidden"}))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.area: Input | None = None
        self.select: Input | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self.form)
        if self.form is None or (tag != "option" and "name" not in given):
            return
        if tag == "input":
            kind = given.get("type", "text")
            sent = kind not in {"checkbox", "radio"} or "checked" in given
            self._add(given, kind, given.get("value", "on" if kind == "checkbox" else ""), sent)
        elif tag == "textarea":
            self.area = self._add(given, "textarea", "", True)
        elif tag == "select":
            self.select = self._add(given, "select", "", True)
        elif tag == "button":
            self._add(given, given.get("type", "submit"), given.get("value", ""), False)
        elif tag == "option" and self.select is not None:
            if "selected" in given or not self.select.options:
                self.select.value = given.get("value", "")
            self.select.options.append(given.get("value", ""))

    def _add(self, given: dict[str, str], kind: str, value: str, sent: bool) -> Input:
        limit = given.get("maxlength") or ("" if "data-keywords" in given else given.get("data-max", ""))
        made = Input(
            given["name"], kind, value, sent, maxlength=int(limit) if limit.isdigit() else None,
            invalid=given.get("aria-invalid") == "true",
        )
        assert self.form is not None
        self.form.inputs.append(made)
        return made

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea" and self.area is not None:
            self.area.value = self.area.value.removeprefix("\n")
            self.area = None
        elif tag == "select":
            self.select = None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.value += data


def forms_of(html: str, here: str) -> list[Form]:
    """Return the forms of a page that was found at `here`, in order."""
    reader = _Reader()
    reader.feed(html)
    for form in reader.forms:
        form.action = (form.action or here).split("#", 1)[0].split("?", 1)[0]
    return reader.forms


def form_to(html: str, here: str, path: str, holding: str = "") -> Form | None:
    """Return the form of a page that posts to `path` (and has an input named `holding`), or None."""
    for form in forms_of(html, here):
        if form.method == "post" and form.action == path and (not holding or holding in {one.name for one in form.inputs}):
            return form
    return None
