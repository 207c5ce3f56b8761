"""The table of renames leads to what there is: a name of today that it gives is a module, or something in one."""

from __future__ import annotations

import ast
import re

from tests.test_conventions import ROOT

TABLE = (ROOT / "docs" / "renames.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "marketplace"


def exists(name: str) -> bool:
    """True for a package, a module, and for a name at the first level of one."""
    folder = PACKAGE
    parts = name.split(".")
    while parts and (folder / parts[0]).is_dir():
        folder /= parts.pop(0)
    if not parts:
        return True
    module = folder / f"{parts.pop(0)}.py"
    if not module.exists():
        return False
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return not parts or parts[0] in {
        getattr(node, "name", "") or getattr(node, "id", "") for statement in tree.body for node in ast.walk(statement)
    }


def test_every_new_name_of_the_table_is_there() -> None:
    modules = TABLE.partition("## Modules")[2].partition("\n## ")[0]
    given = [name for row in re.findall(r"^\|.*\| (.*) \|$", modules, re.MULTILINE)
             for name in re.findall(r"`([a-z_]+(?:\.\w+)+)`", row)]
    assert len(given) > 100, "the section Modules of docs/renames.md is read wrongly by this test"
    gone = [name for name in given if not exists(name)]
    assert not gone, f"docs/renames.md leads to {gone}: write the present name, or that it is gone"
