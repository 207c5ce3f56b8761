"""Commands of search; registered by `create_app`."""

from __future__ import annotations

from pathlib import Path

import click

from marketplace.browse.evaluation import run
from marketplace.search.semantic.model import E5, problem

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("search-eval")
@click.argument("folder", type=_FOLDER)
@click.option("--limit", type=click.IntRange(min=1), default=None, help="Ask only the first N questions.")
@click.option("--fold-queries", is_flag=True, help="Strip diacritics from the questions first.")
@click.option("--questions", type=_FOLDER, default=None, help="Ask the questions of this folder: another language.")
@click.option("--semantic", is_flag=True, help="Search by meaning too (extra `semantic`; half a second a text).")
def search_eval(folder: Path, limit: int | None, fold_queries: bool, questions: Path | None, semantic: bool) -> None:
    """Measure search on a labelled set in BEIR layout, in a scratch index."""
    if semantic and problem():
        raise click.ClickException(problem())
    try:
        result = run(folder, limit, fold_queries, questions=questions, embedder=E5() if semantic else None)
    except (OSError, KeyError, ValueError) as error:
        raise click.ClickException(f"{folder}: {error}") from error
    click.echo(result.line())
