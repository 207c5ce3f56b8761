"""Which column is which: usual names in English and Vietnamese, or an explicit mapping file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marketplace.buyer_requests.kind import KIND as NEED_KIND
from marketplace.importing.legacy_encodings import unicode_cells
from marketplace.importing.rows import Cell, UnusableFile, clean, shown
from marketplace.listings.kind import KIND as LISTING_KIND
from marketplace.values.text import N_, clean_line, fold

LISTINGS = "listings"
REQUESTS = "requests"

#: Fields that take several columns; all others take one.
MANY = frozenset({"tags", "facts"})

#: What each import makes.
KINDS = {LISTINGS: LISTING_KIND, REQUESTS: NEED_KIND}

_BOTH = (LISTINGS, REQUESTS)
#: A field that a column can fill: label (message id), kinds of import it belongs to, usual names, folded, likeliest first.
Heading = tuple[str, tuple[str, ...], tuple[str, ...]]
#: Columns that are not simply one field of a thing: they decide about several, or go into a text.
_FIRST: dict[str, Heading] = {
    "external_id": (N_("Identifier"), _BOTH, (
        "external id", "id", "identifier", "case number", "case no", "record id", "reference", "ref", "code", "uid",
        "uuid",
        "ma", "ma so", "ma dinh danh", "ma ho so", "ma cong nghe", "ma nhu cau", "so ho so", "ky hieu",
    )),
    "title": (N_("Title"), _BOTH, (
        "title", "name", "technology name", "technology", "challenge", "headline", "subject", "project title",
        "invention title",
        "tieu de", "ten", "ten cong nghe", "ten goi", "ten nhu cau", "ten bai toan", "bai toan", "ten san pham",
        "ten de tai",
        "ten giai phap", "ten sang che", "nhu cau",
    )),
    "summary": (N_("Summary"), _BOTH, (
        "summary", "abstract", "short description", "brief", "overview", "public summary", "tom tat", "mo ta ngan",
        "gioi thieu",
    )),
    "description": (N_("Description"), _BOTH, (
        "description", "full description", "long description", "details", "detail", "body", "content", "text",
        "how it works", "mo ta", "mo ta chi tiet", "noi dung", "chi tiet", "thuyet minh",
    )),
    "tags": (N_("Keywords"), _BOTH, (
        "keywords", "keyword", "tags", "topics", "topic", "nlp keywords", "categories", "category", "subjects",
        "tu khoa", "the", "chu de", "danh muc", "nhom",
    )),
    "language": (N_("Language"), _BOTH, ("language", "lang", "ngon ngu")),
    "url": (N_("Web address"), _BOTH, (
        "url", "link", "source url", "website", "web", "page", "homepage", "lien ket", "duong dan", "dia chi web",
        "nguon url",
    )),
    "trl": ("TRL", _BOTH, (
        "trl", "trl min", "trl level", "technology readiness level", "readiness", "muc trl", "muc do san sang",
        "muc san sang cong nghe",
        "muc do san sang cong nghe",
    )),
    "contact_name": (N_("Contact person"), _BOTH, (
        "contact", "contact name", "contact person", "nguoi lien he", "lien he",
    )),
    "contact_email": (N_("Contact e-mail"), _BOTH, ("email", "e mail", "contact email", "thu dien tu")),
    "contact_phone": (N_("Contact phone"), _BOTH, (
        "phone", "telephone", "contact phone", "dien thoai", "so dien thoai",
    )),
}
_LAST: dict[str, Heading] = {
    "money_min": (N_("From (VND)"), _BOTH, (
        "from vnd", "price min", "budget min", "budget from", "tu dong", "kinh phi tu",
    )),
    "money_max": (N_("To (VND)"), _BOTH, (
        "to vnd", "price max", "budget max", "budget to", "den dong", "kinh phi den",
    )),
    "price": (N_("Price"), (LISTINGS,), (
        "price", "price vnd", "cost", "gia", "gia ban", "don gia", "gia chuyen giao",
    )),
    "ip_number": (N_("Patent or application number"), (LISTINGS,), (
        "patent number", "patent no", "patent", "us patent", "application sn", "application number", "application no",
        "ip number", "so bang", "so bang sang che", "bang sang che", "so don", "so van bang", "ip",
    )),
    "ip_status": (N_("Patent status"), (LISTINGS,), (
        "patent status", "ip status", "tinh trang phap ly", "tinh trang bao ho",
    )),
    "ip_filed": (N_("Filing date"), (LISTINGS,), (
        "filing date", "filed", "filed on", "application date", "ngay nop don",
    )),
    "ip_expires": (N_("Patent expiration date"), (LISTINGS,), (
        "patent expiration date", "expiration date", "expiry date", "expires", "expiry", "ngay het hieu luc",
        "ngay het han bao ho",
    )),
    "opens": (N_("Opens"), (REQUESTS,), (
        "opens", "open date", "opening date", "start date", "ngay mo", "ngay bat dau",
    )),
    "closes": (N_("Deadline to answer"), (REQUESTS,), (
        "closes", "close date", "closing date", "deadline", "due date", "due", "end date", "han", "han chot",
        "answer deadline", "deadline for answers", "han tra loi", "han nhan tra loi",
        "han nop", "thoi han", "ngay dong", "ngay het han", "han nhan ho so",
    )),
    "budget": (N_("Budget"), (REQUESTS,), (
        "budget", "funding", "budget vnd", "kinh phi", "ngan sach", "kinh phi du kien", "du toan",
    )),
    "context": (N_("Context"), (REQUESTS,), ("context", "background", "boi canh", "hien trang")),
    "facts": (N_("Keep as a fact in the text"), _BOTH, (
        "center", "centre", "sponsor", "sponsors", "funder", "agency", "source", "provider", "department",
        "inventor", "inventors",
        "authors", "languages", "licenses", "licences", "license", "licence", "updated", "update date",
        "last updated", "repo",
        "repository", "trung tam", "don vi", "co quan", "don vi tai tro", "tac gia", "giay phep", "ngay cap nhat",
        "nguon",
    )),
}


def _declared() -> dict[str, Heading]:
    """Return the columns that fields of listings and needs declare, by their usual names and by their own."""
    found: dict[str, Heading] = {}
    for target, kind in KINDS.items():
        for spec in kind.fields:
            if spec.imports is not None:
                key = spec.imports.key or spec.name
                kinds = found[key][1] if key in found else ()
                label = spec.imports.label or spec.label
                names = (found[key][2] if key in found else ()) + (*spec.imports.names, fold(spec.name), fold(label))
                found[key] = (label, (*kinds, target), tuple(dict.fromkeys(names)))
    return found


#: Our field → its heading.
FIELDS: dict[str, Heading] = {**_FIRST, **_declared(), **_LAST}
#: The folded headings of a title: where one stands, a table or a record of technologies or needs begins.
TITLES = frozenset(FIELDS["title"][2])
#: Names that mean one thing only beside another column.
_STATUS = ("status", "trang thai", "tinh trang")
#: Names that could mean several things; never guessed.
_AMBIGUOUS = frozenset({"date", "ngay", "number", "no", "so", "stt", "type", "loai", "value", "gia tri", "note", "ghi chu"})


def _known() -> dict[str, str]:
    return {name: key for key, (_label, _kinds, names) in FIELDS.items() for name in names}


_FIELD_OF = _known()
#: Headings that only downloads of the exchange have, in each language: there every day is written day first.
_OWN_DOWNLOADS = (
    {"from vnd", "to vnd"}, {"tu dong", "den dong"}, {"budget from", "budget to"}, {"kinh phi tu", "kinh phi den"},
)


def is_own_download(headers: Sequence[str]) -> bool:
    """Tell whether a file has the headings of a list that was downloaded from the exchange."""
    folded = {fold(header) for header in headers}
    return any(own <= folded for own in _OWN_DOWNLOADS)


def identifier_columns(headers: Sequence[str]) -> list[str]:
    """Return the columns whose names may mean an identifier, the likeliest first."""
    return _ranked(FIELDS["external_id"][2], [one for one in headers if fold(one) in FIELDS["external_id"][2]])


def recognised_count(cells: Sequence[Any]) -> int:
    """Return how many cells of a row read like column names of ours; a heading has the most."""
    said = [cell for cell in cells if cell is not None and len(str(cell)) <= 80]
    texts = {fold(clean_line(shown(clean(cell)))) for cell in unicode_cells(said)[0]}
    return sum(text in _FIELD_OF or text in _STATUS for text in texts)


def fields_of(kind: str) -> dict[str, str]:
    """Return our fields (name → label) that an import of `kind` can fill."""
    return {key: label for key, (label, kinds, _names) in FIELDS.items() if kind in kinds}


@dataclass(frozen=True)
class Plan:
    """How rows are read: our field → columns, constants, separators of lists, formats of dates.

    `ignored` and `ambiguous` are columns that nothing uses, for the report.
    """

    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str] = field(default_factory=dict)
    separators: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)  # our field → strptime format
    ignored: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()

    def column(self, name: str) -> str:
        """Return the one column of a field, or an empty string."""
        found = self.columns.get(name, ())
        return found[0] if found else ""

    def cell(self, values: Mapping[str, Cell], name: str) -> Cell:
        """Return a field's cell: its column's, else the constant, else empty."""
        cell = values.get(self.column(name), "")
        return cell if cell not in ("", []) else self.constants.get(name, "")

    def as_box(self) -> dict[str, Any]:
        """Return plain data, the form of a mapping file."""
        return {
            "columns": {name: list(columns) for name, columns in self.columns.items()},
            "constants": dict(self.constants),
            "separators": dict(self.separators),
            "dates": dict(self.dates),
        }


def recognise(kind: str, headers: Sequence[str]) -> Plan:
    """Return the plan that the usual names suggest.

    Of two columns with one meaning the likelier name wins and the other is kept as a fact; names with several
    meanings are reported, never guessed.
    """
    offered = fields_of(kind)
    claims: dict[str, list[str]] = {}
    ambiguous, ignored = [], []
    for header in headers:
        name = fold(header)
        key = _FIELD_OF.get(name)
        if key in offered:
            claims.setdefault(key, []).append(header)
        elif name in _STATUS or name in _AMBIGUOUS:
            ambiguous.append(header)
        else:
            ignored.append(header)
    columns: dict[str, tuple[str, ...]] = {}
    facts = claims.pop("facts", [])
    for key, found in claims.items():
        ranked = _ranked(FIELDS[key][2], found)
        columns[key] = tuple(found) if key in MANY else (ranked[0],)
        facts += [] if key in MANY else ranked[1:]
    if facts:
        columns["facts"] = tuple(facts)
    _place_status(columns, ambiguous)
    return Plan(columns, ignored=tuple(ignored), ambiguous=tuple(ambiguous))


def _ranked(names: tuple[str, ...], headers: list[str]) -> list[str]:
    return sorted(headers, key=lambda header: names.index(fold(header)))


def _place_status(columns: dict[str, tuple[str, ...]], ambiguous: list[str]) -> None:
    """A bare "status" is the patent's where a patent number or expiry stands beside it."""
    statuses = [header for header in ambiguous if fold(header) in _STATUS]
    if statuses and "ip_status" not in columns and ("ip_number" in columns or "ip_expires" in columns):
        columns["ip_status"] = (statuses[0],)
        ambiguous.remove(statuses[0])


def load_mapping(path: Path) -> Any:
    """Return the content of a mapping file. Raises UnusableFile when it is no JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnusableFile(N_("The mapping file cannot be read: %(why)s"), why=str(error)[:200]) from error


def plan_of(kind: str, headers: Sequence[str], box: Any) -> Plan:
    """Return the plan of a mapping file's content: only what it names is used.

    Raises UnusableFile for fields or columns that do not exist.
    """
    if not isinstance(box, dict) or not isinstance(box.get("columns", {}), dict):
        raise UnusableFile(N_("The mapping must be an object with “columns”: our field → column name."))
    parts = [box.get(part) or {} for part in ("constants", "separators", "dates")]
    if not all(isinstance(part, dict) and all(isinstance(v, str) for v in part.values()) for part in parts):
        raise UnusableFile(N_("“constants”, “separators” and “dates” of the mapping must be objects of texts."))
    offered = fields_of(kind)
    columns: dict[str, tuple[str, ...]] = {}
    for name, wanted in box.get("columns", {}).items():
        named = [clean_line(str(one)) for one in (wanted if isinstance(wanted, list) else [wanted]) if one]
        lost = [one for one in named if one not in headers]
        if lost:
            raise UnusableFile(N_("The mapping names a column that the file lacks: %(column)s"), column=", ".join(lost))
        if named:
            columns[name] = tuple(named if name in MANY else named[:1])
    unknown = sorted({*columns, *(key for part in parts for key in part)} - set(offered))
    if unknown:
        raise UnusableFile(N_("The mapping names a field that does not exist here: %(name)s"), name=", ".join(unknown))
    used = {column for found in columns.values() for column in found}
    constants, separators, dates = ({key: str(value) for key, value in part.items()} for part in parts)
    return Plan(columns, constants, separators, dates, ignored=tuple(name for name in headers if name not in used))
