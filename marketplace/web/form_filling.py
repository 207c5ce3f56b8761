"""Fills a form of a rendered page with what somebody had sent before: the page is otherwise as it was.

The page is read, never run: nothing is sent again, and no view has to know of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

Attributes = dict[str, str | None]
#: Fields of ours that are taken over although they are hidden: an old lock or organisation is refused, not overwritten.
TAKEN_OVER = frozenset({"lock", "acting"})
_UNTOUCHED = frozenset({"hidden", "password", "file", "submit", "button", "image", "reset"})


@dataclass
class _Control:
    """A field of a form: where its tag stands, and where its content."""

    tag: str
    attributes: Attributes
    start: int
    end: int
    options: list[_Control] = field(default_factory=list)
    content: tuple[int, int] = (0, 0)

    @property
    def name(self) -> str:
        return self.attributes.get("name") or ""

    @property
    def kind(self) -> str:
        return (self.attributes.get("type") or "text").lower() if self.tag == "input" else self.tag


@dataclass
class _Form:
    """A form, its fields, and the closed disclosures around it."""

    attributes: Attributes
    start: int
    closed: list[_Control]
    controls: list[_Control] = field(default_factory=list)

    def sends_to(self, path: str, page: str) -> bool:
        """Return whether the form is posted to `path`, when it stands on `page`."""
        method = (self.attributes.get("method") or "get").lower()
        target = (self.attributes.get("action") or page).partition("#")[0].partition("?")[0]
        return method == "post" and target == path


class _Reader(HTMLParser):
    """Finds the forms of a page and the places of their fields in its text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[_Form] = []
        self._form: _Form | None = None
        self._disclosures: list[_Control] = []
        self._open: _Control | None = None  # the textarea or select whose end is still to come
        self._lines = [0]  # where each line begins; the parser counts "\n" alone
        for line in text.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self.feed(text)
        self.close()

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, a field or a disclosure."""
        start = self._here()
        found = _Control(tag, dict(attrs), start, start + len(self.get_starttag_text() or ""))
        if tag == "details":
            self._disclosures.append(found)
        elif tag == "form":
            closed = [one for one in self._disclosures if "open" not in one.attributes]
            self._form = _Form(found.attributes, start, closed)
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "option":
            if self._open is not None and self._open.tag == "select":
                self._open.options.append(found)
        elif tag in {"input", "textarea", "select", "button"} and found.name:
            self._form.controls.append(found)
            if tag in {"textarea", "select"}:
                self._open = found

    def handle_data(self, data: str) -> None:
        """An option without a value has its text as one."""
        if self._open is not None and self._open.options and "value" not in self._open.options[-1].attributes:
            last = self._open.options[-1].attributes
            last["data-text"] = (last.get("data-text") or "") + data

    def handle_endtag(self, tag: str) -> None:
        """Note where a field ends."""
        if self._open is not None and tag == self._open.tag:
            self._open.content = (self._open.end, self._here())
            self._open = None
        elif tag == "form":
            self._form = None
        elif tag == "details" and self._disclosures:
            self._disclosures.pop()


Edit = tuple[int, int, str]


def _tag(control: _Control, **changes: str | bool | None) -> str:
    """Return the tag of a field with changed attributes; False takes one away, True states it."""
    attributes: dict[str, str | bool | None] = {
        name: value for name, value in control.attributes.items() if name != "data-text"
    }
    attributes |= changes
    said = "".join(
        f" {name}" if value is True or value is None else f' {name}="{escape(str(value))}"'
        for name, value in attributes.items() if value is not False
    )
    return f"<{control.tag}{said}>"


def _filled(form: _Form, sent: dict[str, list[str]]) -> Iterator[Edit]:
    """Yield the changes that put what was sent into a form; takes the values that found a place out of `sent`."""
    whole = {name: list(values) for name, values in sent.items()}
    for control in form.controls:
        name, kind = control.name, control.kind
        if kind in _UNTOUCHED and not (kind == "hidden" and name in TAKEN_OVER):
            sent.pop(name, None)
        elif kind in {"checkbox", "radio"}:
            if kind == "checkbox" or name in whole:
                value = control.attributes.get("value") or "on"
                yield control.start, control.end, _tag(control, checked=value in whole.get(name, []))
                _take(sent, name, value)
        elif kind == "select":
            yield from _chosen(control, whole.get(name), sent)
        elif sent.get(name):
            value = sent[name].pop(0)
            if kind == "textarea":
                yield *control.content, "\n" + escape(value)
            else:
                yield control.start, control.end, _tag(control, value=value)


def _chosen(control: _Control, values: list[str] | None, sent: dict[str, list[str]]) -> Iterator[Edit]:
    if values is None and "multiple" not in control.attributes:
        return
    for option in control.options:
        text = option.attributes.get("data-text") or ""
        value = option.attributes["value"] or "" if "value" in option.attributes else text.strip()
        yield option.start, option.end, _tag(option, selected=value in (values or []))
        _take(sent, control.name, value)


def _take(sent: dict[str, list[str]], name: str, value: str) -> None:
    if value in sent.get(name, []):
        sent[name].remove(value)


def fill(
    text: str, path: str, page: str, sent: Iterable[tuple[str, str]]
) -> tuple[str, int | None, list[tuple[str, str]]]:
    """Return the page with its form for `path` filled, where that form begins (None when it has none), and what found no
    place. Of several forms for one path it is the one with most of the fields.
    """
    values: dict[str, list[str]] = {}
    for name, value in sent:
        values.setdefault(name, []).append(value)
    forms = [form for form in _Reader(text).forms if form.sends_to(path, page)]
    best = max(forms, key=lambda form: len({one.name for one in form.controls} & values.keys()), default=None)
    if best is None:
        return text, None, _left(values)
    edits = list(_filled(best, values)) + [(one.start, one.end, _tag(one, open=True)) for one in best.closed]
    begins = best.closed[0].start if best.closed else best.start
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text, begins, _left(values)


def _left(values: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [
        (name, value) for name, found in values.items() for value in found
        if value.strip() and name not in TAKEN_OVER
    ]
