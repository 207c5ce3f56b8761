"""A new field of a technology takes its model, its spec, its migration and its words, and nothing else.

The package is copied, these four files are changed as a developer would, and a fresh process looks what it can do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

MODEL = "    warranty_months: Mapped[int | None]\n", """\
    payback_months: Mapped[int | None]
    manual_language: Mapped[str] = mapped_column(String(5), default="")
"""
SPEC = '    FieldSpec("support_note", N_("More about support")', """\
    FieldSpec("payback_months", N_("Payback in months"), TRANSFER, "number", bounds=(1, 600), units=("thang",),
      size="short", section=SUPPORT, group=SUPPORT_GROUP, number=NumberSpec(),
      facet=FacetSpec("payback", bands=v.number_bands(6, 12)),
      query_names=("hoàn vốn", "payback"), imports=ImportSpec(("payback months", "hoan von")), export=True),
    FieldSpec("manual_language", N_("Language of the manuals"), TRANSFER, "code", v.LANGUAGES, section=SUPPORT,
      group=SUPPORT_GROUP, facet=FacetSpec("manual"), query_names=("tài liệu", "manual"),
      imports=ImportSpec(("manual language", "ngon ngu tai lieu")), export=True),
"""
MIGRATION = '''\
"""Payback and the language of the manuals."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None


def upgrade() -> None:
    op.add_column("listing_revision", sa.Column("payback_months", sa.Integer()))
    op.add_column("listing_revision", sa.Column("manual_language", sa.String(5), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("listing_revision") as batch:
        batch.drop_column("payback_months")
        batch.drop_column("manual_language")
'''
WORDS = """
msgid "Payback in months"
msgstr "Hoàn vốn (tháng)"

msgid "Language of the manuals"
msgstr "Ngôn ngữ tài liệu"
"""


def insert(path: Path, anchor: str, added: str, *, after: bool) -> None:
    """Put lines beside the one line that holds the anchor."""
    text = path.read_text(encoding="utf-8")
    assert text.count(anchor) == 1, f"{path.name}: {anchor!r} stands there {text.count(anchor)} times"
    path.write_text(text.replace(anchor, anchor + added if after else added + anchor), encoding="utf-8")


def with_two_more_fields(folder: Path) -> Path:
    """Copy the package and add a number and a code to it."""
    for name in ("marketplace", "migrations"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("templates", "static"):
        (folder / name).symlink_to(ROOT / name)
    listings = folder / "marketplace" / "listings"
    insert(listings / "models.py", *MODEL, after=True)
    insert(listings / "kind.py", *SPEC, after=False)
    versions = folder / "migrations" / "versions"
    head = max(path.name for path in versions.glob("[0-9]*.py"))[:4]
    (versions / "9999_two_more_fields.py").write_text(MIGRATION.replace("{head}", head), encoding="utf-8")
    with (folder / "marketplace" / "translations" / "vi" / "listings.po").open("a", encoding="utf-8") as words:
        words.write(WORDS)
    return folder / "marketplace"


@pytest.mark.timeout(600)
@pytest.mark.thorough
def test_a_number_and_a_code_work_everywhere_after_changing_four_files(tmp_path: Path, own_database: str) -> None:
    package = with_two_more_fields(tmp_path / "house")
    path = os.pathsep.join([str(package.parent), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    script = ROOT / "tests" / "authoring" / "one_more_field.py"
    command = [sys.executable, "-P", str(script), str(package), str(tmp_path / "data"), own_database]
    done = subprocess.run(command, env=environment, cwd=package.parent, capture_output=True, text=True, timeout=580)
    assert done.returncode == 0, (
        "a field's specs must be enough (docs/authoring.md, Adding a field):\n" + done.stdout[-2000:] + done.stderr[-4000:]
    )
