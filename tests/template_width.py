"""Lines of templates and style sheets are at most 160 characters: `python -m tests.template_width` names wider ones.

`--fix` (`make format`) breaks them at white space where a line end changes no page: between the parts of an expression or a
tag, else between words, at last inside a string. It leaves `pre`, `textarea` and the sentences of a mail alone.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 160
#: Where a wide line is broken at the latest, and at the earliest when there is a choice.
LATEST, EARLIEST = 140, 70
ADVICE = "lines of over 160 characters: run `make format`, or break them inside {{ }}, {% %}, a tag, between declarations"
#: The mark of a space in a string, by its quotes.
IN_QUOTES = {'"': -1, "'": -2}
_QUOTE = {mark: quote for quote, mark in IN_QUOTES.items()}
_JINJA = {"{{": "}}", "{%": "%}", "{#": "#}"}
_PLAIN = re.compile(r"</?(pre|textarea)\b", re.IGNORECASE)
_NAME = re.compile(r"<\w+$")
_WORDS = re.compile(r" (?:if|else|and|or|~|\|) ")


def files() -> list[Path]:
    """Return every template and style sheet, in order."""
    found = [*(ROOT / "templates").rglob("*"), *(ROOT / "static" / "css").glob("*.css")]
    return sorted(path for path in found if path.suffix in {".html", ".txt", ".css"})


def wide_lines() -> Iterator[str]:
    """Yield the place and width of every line that is too wide."""
    for path in files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if len(line) > WIDTH:
                yield f"{path.relative_to(ROOT)}:{number} ({len(line)})"


def weights(source: str, *, sentences: bool) -> list[int]:
    """Return for each character how good a line end in its place is, or before a "{"; 0 where it must not be.

    With `sentences` between words too. Below 0 in a string.
    """
    found = [0] * len(source)
    closing = quote = attribute = ""  # the end of the Jinja part we are in, the quote in it, the quote around an attribute
    depth, tag, plain, place = 0, False, False, 0
    while place < len(source):
        char, two = source[place], source[place : place + 2]
        if closing:
            if quote:
                found[place] = IN_QUOTES[quote] if char == " " and closing != "#}" else 0
                quote = "" if char == quote and source[place - 1] != "\\" else quote
            elif two == closing:
                closing, place = "", place + 1
            elif char in "'\"" and closing != "#}":
                quote = char
            elif char in "([{":
                depth += 1
            elif char in ")]}":
                depth -= 1
            elif char == " ":
                found[place] = 3 if closing == "#}" else _inside(source, place, depth)
        elif two in _JINJA:
            if not (source[place - 1].isspace() or source[place - 1] in "</" or plain):
                found[place] = 3 if attribute else 7 if two == "{%" else 5
            closing, depth, place = _JINJA[two], 0, place + 1
        elif attribute:
            attribute = "" if char == attribute else attribute
        elif tag:
            if char == " ":
                found[place] = 2 if _NAME.search(source, max(0, place - 20), place) else 6
            tag = char != ">"
            attribute = char if char in "'\"" else ""
        elif char == "<":
            if opened := _PLAIN.match(source, place):
                plain = not opened[0].startswith("</")
            tag = True
        elif char == " " and sentences and not plain:
            found[place] = 8 if source[place - 1] in ">}" and source[place + 1 : place + 2] in {"<", "{"} else 4
        place += 1
    return found


def _inside(source: str, place: int, depth: int) -> int:
    """The worth of a line end between the parts of an expression: best after a comma or before a word that joins."""
    if source[place - 2 : place] in _JINJA or source[place - 1] == "-" or source[place + 1 : place + 3] in {"%}", "}}"}:
        return 0
    if source[place - 1] == "," or _WORDS.match(source, place):
        return max(2, 6 - depth)
    return 1


def _style_weights(source: str) -> list[int]:
    """The same for a style sheet: between declarations, else between words."""
    comments = {place for found in re.finditer(r"/\*.*?\*/", source, re.DOTALL) for place in range(*found.span())}
    return [
        0 if char != " " else 3 if place in comments else {";": 8, "{": 6, ",": 3}.get(source[place - 1], 0)
        for place, char in enumerate(source)
    ]


def wrapped(source: str, kind: str) -> str:
    """Return the text of a file of this kind (".html", ".txt", ".css") with its wide lines broken."""
    worth = _style_weights(source) if kind == ".css" else weights(source, sentences=kind == ".html")
    lines: list[str] = []
    begin = 0
    for line in source.splitlines(keepends=True):
        lines += _broken(line, worth[begin : begin + len(line)]) if len(line.rstrip("\n")) > WIDTH else [line]
        begin += len(line)
    return "".join(lines)


def _broken(line: str, worth: list[int]) -> list[str]:
    indent = len(line) - len(line.lstrip(" "))
    found = []
    while len(line.rstrip("\n")) > WIDTH:
        near = range(indent + 20, min(len(line) - 10, WIDTH))
        places = [place for place in near if worth[place] > 0] or [place for place in near[:-20] if worth[place] < 0]
        if not places:
            break
        best = max(places, key=lambda place: (EARLIEST <= place <= LATEST, 12 * worth[place] + place))
        found.append(line[:best].rstrip(" ") + "\n")
        start = " " * (indent + 2)
        if worth[best] < 0:  # two strings that stand one after the other are one
            quote = _QUOTE[worth[best]]
            line, worth = f"{start}{quote}{line[best + 1 :]}", [0] * (len(start) + 1) + worth[best + 1 :]
            found[-1] = found[-1].rstrip("\n") + f" {quote}\n"
        elif line[best] == "{":  # without white space before it: the dash takes the line end away again
            opened = line[best : best + 2]
            dash = "" if line[best + 2] == "-" else "-"
            line = start + opened + dash + line[best + 2 :]
            worth = [0] * len(start + opened + dash) + worth[best + 2 :]
        else:
            line, worth = start + line[best + 1 :], [0] * len(start) + worth[best + 1 :]
    return [*found, line]


def main(arguments: list[str]) -> int:
    """Name the wide lines, after breaking them with `--fix`."""
    if "--fix" in arguments:
        for path in files():
            source = path.read_text(encoding="utf-8")
            made = wrapped(source, path.suffix)
            if made != source:
                path.write_text(made, encoding="utf-8")
    wide = list(wide_lines())
    if wide:
        print(ADVICE, *wide, sep="\n  ")
    return 1 if wide else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
