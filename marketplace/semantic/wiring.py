"""What search by meaning brings to the application, when SEMANTIC=1."""

from __future__ import annotations

from flask import Flask

from marketplace.core.config import Settings
from marketplace.core.events import register_consumer
from marketplace.core.outbox import register_job
from marketplace.search.semantic.engine import SemanticEngine
from marketplace.search.semantic.model import E5
from marketplace.semantic.cli import embed
from marketplace.semantic.consumers import consumer_of
from marketplace.semantic.embedding_job import Filler
from marketplace.semantic.jobs import job_of
from marketplace.semantic.vector_index import StoredNeighbours


def register(app: Flask, settings: Settings) -> None:
    """Put search by meaning around the engine, and its upkeep into the worker; without the setting only the command."""
    app.cli.add_command(embed)
    if not settings.semantic:
        return
    model = E5()
    filler = app.extensions["semantic"] = Filler(model)
    app.extensions["search_engine"] = SemanticEngine(
        app.extensions["search_engine"], model, StoredNeighbours(model.name)
    )
    register_consumer(consumer_of(filler))
    register_job(job_of(filler))
