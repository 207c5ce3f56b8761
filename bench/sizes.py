"""Lines, statements and lines of code of `marketplace/` by package: `.venv/bin/python -m bench.sizes 0f176ad HEAD …`.

Counted from the commits, not from the folder. A line of code is one that is neither empty, nor a comment, nor part of a
docstring. A module outside packages counts for the package that it moved into, so that like stands beside like.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

#: Where the modules of the first level have moved (docs/renames.md).
MOVED = {
    "core": {"access", "apart", "bulk_events", "columns", "config", "errors", "events", "extensions", "lifecycle", "models",
             "outbox", "view_counts", "codes"},
    "values": {"calendar_days", "clock", "money", "msgid", "places", "taxcode", "text", "words"},
    "mail": {"mail", "smtp"},
    "saved_searches": {"alerts"},
}
PLACES = {old: new for new, olds in MOVED.items() for old in olds}


class Size(NamedTuple):
    """What stands in one package."""

    lines: int = 0
    statements: int = 0
    code: int = 0

    def plus(self, other: Size) -> Size:
        return Size(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def measured(source: str) -> Size:
    """Return the size of one module."""
    tree, lines = ast.parse(source), source.splitlines()
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = [node.body[0] for node in ast.walk(tree) if isinstance(node, documented) and ast.get_docstring(node)]
    said = sum((one.end_lineno or one.lineno) - one.lineno + 1 for one in docs)
    empty = sum(not line.strip() or line.strip().startswith("#") for line in lines)
    statements = sum(isinstance(node, ast.stmt) for node in ast.walk(tree)) - len(docs)
    return Size(len(lines), statements, len(lines) - said - empty)


def sizes(commit: str) -> dict[str, Size]:
    """Return the size of each package at a commit."""
    listed = subprocess.check_output(["git", "ls-tree", "-r", "--name-only", commit, "marketplace"], text=True)
    found: dict[str, Size] = defaultdict(Size)
    for path in listed.split():
        if path.endswith(".py"):
            name = path.split("/")[1].removesuffix(".py")
            source = subprocess.check_output(["git", "show", f"{commit}:{path}"], text=True)
            found[PLACES.get(name, name)] = found[PLACES.get(name, name)].plus(measured(source))
    return found


def main(*commits: str) -> None:
    """Print the table in Markdown: lines at each commit, statements and code at the first and last; the largest first."""
    tables = [sizes(commit) for commit in commits]
    first, last = commits[0], commits[-1]
    print(f"| package | {' | '.join(commits)} | statements, {first} → {last} | code, {first} → {last} |")
    print("|---" * (len(commits) + 3) + "|")
    for name in sorted({name for table in tables for name in table}, key=lambda name: -tables[-1].get(name, Size()).lines):
        print(_row(name, [table.get(name, Size()) for table in tables]))
    print(_row("**whole**", [Size(*map(sum, zip(*table.values(), strict=True))) for table in tables]))


def _row(name: str, found: Sequence[Size]) -> str:
    lines, first, last = " | ".join(f"{one.lines:,}" for one in found), found[0], found[-1]
    statements = f"{first.statements:,} → {last.statements:,}"
    return f"| {name} | {lines} | {statements} | {first.code:,} → {last.code:,} |"


if __name__ == "__main__":
    main(*sys.argv[1:])
