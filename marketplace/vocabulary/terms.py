"""What a code set is: `Term` and `Vocabulary`. The code sets themselves are data in the modules beside this one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Term:
    """One code with its names. Codes are stored in the database and never change; names may."""

    code: str
    vi: str
    en: str
    note_vi: str = ""
    note_en: str = ""
    parent: str = ""  # code of the broader term in the same vocabulary
    source: str = ""  # article or point of the vocabulary's source, when it differs term by term

    def label(self, locale: object = "vi") -> str:
        """Return the name in `locale` (a string or a Babel locale); anything but English is Vietnamese."""
        return self.en if is_english(locale) else self.vi

    def note(self, locale: object = "vi") -> str:
        """Return the explanation in `locale`, or an empty string."""
        return self.note_en if is_english(locale) else self.note_vi


class Vocabulary:
    """A closed, ordered set of terms with its legal or other source.

    `effective` is the ISO date from which a legal source applies, empty when there is none.
    Raises ValueError for repeated codes and unknown parents, so a slip in the data stops at import.
    """

    def __init__(self, name: str, terms: Iterable[Term], *, source: str = "", effective: str = "") -> None:
        """Keep `terms` in the order given: it is the order of every choice list."""
        self.name = name
        self.source = source
        self.effective = effective
        self.terms: tuple[Term, ...] = tuple(terms)
        by_code = {term.code: term for term in self.terms}
        if len(by_code) != len(self.terms):
            raise ValueError(f"{name}: a code is repeated")
        lost = [term.code for term in self.terms if term.parent and term.parent not in by_code]
        if lost:
            raise ValueError(f"{name}: unknown parent of {', '.join(lost)}")
        self._by_code: Mapping[str, Term] = MappingProxyType(by_code)

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, in order."""
        return tuple(self._by_code)

    def get(self, code: object) -> Term | None:
        """Return the term of `code`, or None."""
        return self._by_code.get(str(code)) if code is not None else None

    def label(self, code: object, locale: object = "vi") -> str:
        """Return the name of `code`; an unknown code is shown as it is, so that old rows stay readable."""
        term = self.get(code)
        if term:
            return term.label(locale)
        return "" if code is None else str(code)

    def choices(self, locale: object = "vi") -> list[tuple[str, str]]:
        """Return (code, name) pairs for a select field."""
        return [(term.code, term.label(locale)) for term in self.terms]

    def without(self, *codes: str) -> Vocabulary:
        """Return the same vocabulary with fewer codes to choose from; it keeps its name and source."""
        terms = (term for term in self.terms if term.code not in codes)
        return Vocabulary(self.name, terms, source=self.source, effective=self.effective)

    def children(self, parent: str = "") -> tuple[Term, ...]:
        """Return the terms right below `parent`; without one, the top level."""
        return tuple(term for term in self.terms if term.parent == parent)

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and code in self._by_code

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def __repr__(self) -> str:
        return f"Vocabulary({self.name!r}, {len(self)} terms)"


def is_english(locale: object) -> bool:
    """Tell whether `locale` (a string or a Babel locale) asks for English."""
    return str(locale).lower().replace("-", "_").split("_")[0] == "en"
