"""Commands of matching; registered by `create_app`."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from marketplace.core.extensions import db, write_intent
from marketplace.matching import evaluation, full_pass


@click.command("match-eval")
@click.option("--labels", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None,
              help="CSV with the columns need, listing (codes) and grade: adds nDCG@10.")
@with_appcontext
def match_eval(labels: Path | None) -> None:
    """Report from feedback: counts, precision at each strength, factors of useful and not useful matches."""
    for line in evaluation.lines(evaluation.report()):
        click.echo(line)
    if labels is None:
        return
    try:
        gain, needs = evaluation.ndcg(labels)
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{labels}: {error}") from error
    click.echo(f"nDCG@{evaluation.DEPTH}={gain:.3f} over {needs} needs")


@click.command("rematch")
@with_appcontext
def rematch_all() -> None:
    """Match every listing with every open need anew, with progress; the site goes on meanwhile."""
    write_intent.set(True)
    run = full_pass.begin("command")
    db.session.commit()
    with click.progressbar(length=max(run.total, 1), label="Matching", show_pos=True) as bar:
        finished = False
        while not finished:
            finished = full_pass.step(run, seconds=2.0)
            bar.update(run.done - bar.pos)
    click.echo(f"{run.done} listings, {run.pairs} pairs compared in {run.seconds} s")
