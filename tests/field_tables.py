"""The tables of docs/fields.md, made from the declared fields: `python -m tests.field_tables` writes the page anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from marketplace.authoring.kinds import Kind
from marketplace.browse.catalogues import CATALOGUES
from marketplace.browse.query_fields import fields_of
from marketplace.importing.columns import FIELDS, KINDS
from marketplace.web.i18n import catalogue

PAGE = Path(__file__).resolve().parent.parent / "docs" / "fields.md"
HEAD = """\
# Declared fields

Written by `python -m tests.field_tables` from the specs in `marketplace/listings/kind.py` and
`marketplace/buyer_requests/kind.py`; a test compares. How to add a field: [authoring.md](authoring.md).
"""


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for title, kind in (("technology", KINDS["listings"]), ("need", KINDS["requests"])):
        parts += [f"## Search document of a {title}\n", *_documents(kind), ""]
    parts += ["## Names in the query language\n", *_queries(), "", "## Columns of imported files\n"]
    parts += ["Names are compared without case, marks and punctuation.\n", *_columns()]
    return "\n".join(parts) + "\n"


def _documents(kind: Kind) -> Iterator[str]:
    yield "| field | shape | facet | number | words |"
    yield "|---|---|---|---|---|"
    numbers = {spec.name: name for spec, name in kind.numbers}
    for spec in kind.searched:
        number, facet = numbers.get(spec.name, ""), spec.facet
        words = "text" if spec.search else ("names of its values" if facet and facet.words and not facet.bands else "")
        if facet or number or words:
            shown = f"`{facet.name}`" + ("" if facet.shown else " (not offered)") if facet else ""
            yield f"| {spec.name} | {spec.shape} | {shown} | {f'`{number}`' if number else ''} | {words} |"


def _queries() -> Iterator[str]:
    yield "| page | field | names | example |"
    yield "|---|---|---|---|"
    for one in CATALOGUES.values():
        for field in fields_of(one):
            label = catalogue("vi").gettext(field.label)
            yield f"| {one.path} | {label} | {', '.join(field.names)} | `{field.example}` |"


def _columns() -> Iterator[str]:
    yield "| field | for | usual names |"
    yield "|---|---|---|"
    for key, (_label, kinds, names) in FIELDS.items():
        yield f"| {key} | {', '.join(kinds)} | {', '.join(names)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
