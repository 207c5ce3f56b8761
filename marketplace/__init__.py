"""The technology exchange. `create_app` is its table of contents."""

from __future__ import annotations

from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from marketplace import cli
from marketplace.core import security_log
from marketplace.core.access import gate
from marketplace.core.config import ROOT, Settings, load_settings
from marketplace.core.connection_limits import longest_here
from marketplace.core.counters import store_of
from marketplace.core.extensions import babel, bootstrap, csrf, db, limiter, migrate, prepare_engine
from marketplace.features import register_features
from marketplace.web import (
    aside,
    ask_first,
    compression,
    database_refusals,
    errors,
    headers,
    kept_fragments,
    kept_pages,
    templating,
)
from marketplace.web import views as web_views
from marketplace.web.application import Exchange, begin, static_version
from marketplace.web.i18n import Catalogues, select_locale
from marketplace.web.trusted_hosts import TrustedHosts


def create_app(settings: Settings | None = None) -> Exchange:
    """Build the application. Raises SettingsError when the environment is not complete."""
    settings = settings or load_settings()
    static = ROOT / "static"
    address = f"/static/{static_version(static)}"
    app = Exchange(__name__, template_folder=ROOT / "templates", static_folder=static, static_url_path=address)
    app.config.from_mapping(settings.flask_config())
    counters = {"RATELIMIT_STORAGE_URI": "exchange://", "RATELIMIT_STORAGE_OPTIONS": {"store": store_of(settings)}}
    app.config.from_mapping(counters, RATELIMIT_ENABLED=settings.rate_limits)  # core.counters
    app.extensions["settings"] = settings

    app.before_request(begin)  # before anything that may query
    headers.register_last(app)
    compression.register(app)  # first, so that it works last on an answer
    aside.register(app)  # before the database, so that it runs when the session has let go
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine, longest_here())
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    babel.init_app(app, locale_selector=select_locale)
    babel.domain_instance = Catalogues()
    for extension in (csrf, limiter, bootstrap):
        extension.init_app(app)
    app.before_request(gate)

    security_log.register(app)
    errors.register(app)
    database_refusals.register(app)
    headers.register(app)
    templating.register(app)
    kept_pages.register(app)
    kept_fragments.register(app)
    ask_first.register(app)
    app.register_blueprint(web_views.bp)
    with app.app_context():  # registries that belong to this application are filled (core.registry)
        register_features(app, settings)
    cli.register(app)

    _wrap(app, settings, address)
    return app


def _wrap(app: Exchange, settings: Settings, address: str) -> None:
    """Put what stands before the application around it: names it answers to, proxies it trusts, static files."""
    if settings.trusted_hosts:
        app.wsgi_app = TrustedHosts(app.wsgi_app, settings.trusted_hosts)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    if settings.production:
        served = {"root": str(ROOT / "static"), "prefix": address, "immutable_file_test": lambda *_: True}
        app.wsgi_app = WhiteNoise(app.wsgi_app, **served)  # type: ignore[method-assign]


__all__ = ["create_app"]
