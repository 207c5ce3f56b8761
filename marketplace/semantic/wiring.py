"""What search by meaning brings to the application, when SEMANTIC=1."""

from __future__ import annotations

from flask import Flask

from marketplace.browse import indexing
from marketplace.core.config import Settings
from marketplace.core.events import Consumer, register_consumer
from marketplace.core.outbox import Job, register_job
from marketplace.search.semantic.engine import SemanticEngine
from marketplace.search.semantic.model import E5
from marketplace.semantic.cli import embed
from marketplace.semantic.embedding_job import Filler
from marketplace.semantic.vector_index import StoredNeighbours

CONSUMER = "semantic"


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
    register_consumer(Consumer(CONSUMER, indexing.wants, filler.handle, batch=200, rereads=True))
    register_job(Job("semantic.embed", filler.run, filler.next_run))
