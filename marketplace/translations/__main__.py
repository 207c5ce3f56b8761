"""`python -m marketplace.translations`: list every text without a Vietnamese translation; exit 1 if there is one.

Prints ready `.po` entries, so that they can be appended to a feature's catalogue and translated. `--unused` lists
entries that no code uses any more.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "marketplace" / "translations" / "vi"
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "lazy_gettext": None, "_l": None}
PLACES = re.compile(r"%\((\w+)\)[sd]")
METHODS = [("marketplace/**.py", "python"), ("templates/**.*", "jinja2")]
OPTIONS = {"templates/**.*": {"extensions": "jinja2.ext.do", "silent": "false"}}


@dataclass(frozen=True)
class Text:
    """One text of the code: a message, or a pair of singular and plural."""

    message: str | tuple[str, str]
    where: str


def used() -> Iterator[Text]:
    """Yield every text that code and templates want translated."""
    rows = extract_from_dir(ROOT, METHODS, OPTIONS, keywords=KEYWORDS, directory_filter=_ours)
    for file, line, message, _comments, _context in rows:
        parts = [message] if isinstance(message, str) else [part for part in message if part is not None]
        if len(parts) > 1:
            yield Text((parts[0], parts[1]), f"{file}:{line}")
        elif parts and parts[0]:
            yield Text(parts[0], f"{file}:{line}")


def _ours(folder: str) -> bool:
    return Path(folder).name not in {"__pycache__", ".venv", ".git", "instance", "node_modules", "tests"}


def translated() -> dict[str, tuple[str, ...]]:
    """Return msgid → Vietnamese strings of all catalogues; fuzzy and empty entries do not count."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(FOLDER.glob("*.po")):
        with path.open("rb") as source:
            for entry in read_po(source, locale="vi"):
                strings = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ("",))
                if entry.id and "fuzzy" not in entry.flags and all(strings):
                    key = entry.id if isinstance(entry.id, str) else entry.id[0]
                    found[key] = tuple(str(string) for string in strings)
    return found


def problems() -> list[tuple[Text, str]]:
    """Return (text, what is wrong): untranslated texts and translations that lose a placeholder."""
    known = translated()
    wrong: dict[str, tuple[Text, str]] = {}
    for text in used():
        key = text.message if isinstance(text.message, str) else text.message[0]
        plural = "" if isinstance(text.message, str) else text.message[1]
        if key not in known:
            wrong.setdefault(key, (text, "untranslated"))
        elif any(set(PLACES.findall(string)) != set(PLACES.findall(plural or key)) for string in known[key]):
            wrong.setdefault(key, (text, "placeholders differ"))
    return list(wrong.values())


def entry(text: Text) -> str:
    """Return an empty `.po` entry for `text`."""

    def quote(value: str) -> str:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

    if isinstance(text.message, str):
        return f"#: {text.where}\nmsgid {quote(text.message)}\nmsgstr \"\"\n"
    one, many = text.message
    return f"#: {text.where}\nmsgid {quote(one)}\nmsgid_plural {quote(many)}\nmsgstr[0] \"\"\n"


def unused() -> list[str]:
    """Return msgids of the catalogues that no code uses (third parties' messages apart)."""
    texts = {t.message if isinstance(t.message, str) else t.message[0] for t in used()}
    return sorted(set(translated()) - texts)


def main(arguments: list[str]) -> int:
    """Print what is missing; return the exit code."""
    out = sys.stdout
    if "--unused" in arguments:
        out.write("\n".join(unused()) + "\n")
        return 0
    wrong = problems()
    for text, why in wrong:
        out.write(f"# {why}\n{entry(text)}\n")
    out.write(f"# {len(wrong)} texts need a Vietnamese translation\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
