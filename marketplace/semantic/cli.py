"""The command of embeddings."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from marketplace.semantic.embedding_job import Filler, progress


@click.command("embed")
@click.option("--status", is_flag=True, help="Only say how far the worker is.")
@with_appcontext
def embed(status: bool) -> None:
    """Embed all texts now, with progress, instead of leaving it to the worker; stop and start it as you like."""
    filler: Filler | None = current_app.extensions.get("semantic")
    if filler is None:
        raise click.ClickException("SEMANTIC=1 is not set")
    if not status:
        _embed(filler)
    done, total = progress()
    click.echo(f"{done} of {total} texts embedded")


def _embed(filler: Filler) -> None:
    while filler.look_round():
        pass
    before, total = progress()
    with click.progressbar(length=total, label="Embedding", show_pos=True) as bar:
        bar.update(before)
        while count := filler.embed(1.0):
            bar.update(count)
