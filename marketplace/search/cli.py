"""Commands of search; registered by `create_app`."""

from __future__ import annotations

from pathlib import Path

import click

from marketplace.search.evaluation import run


@click.command("search-eval")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--limit", type=click.IntRange(min=1), default=None, help="Ask only the first N questions.")
@click.option("--fold-queries", is_flag=True, help="Strip diacritics from the questions first.")
def search_eval(folder: Path, limit: int | None, fold_queries: bool) -> None:
    """Measure search on a labelled set in BEIR layout, in a scratch index."""
    try:
        result = run(folder, limit, fold_queries)
    except (OSError, KeyError, ValueError) as error:
        raise click.ClickException(f"{folder}: {error}") from error
    click.echo(result.line())
