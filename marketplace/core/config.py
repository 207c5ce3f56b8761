"""One typed `Settings`, read from the environment once. In production it refuses to start half-configured."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from marketplace.core.config_cards import card_keys
from marketplace.core.config_production import flag, trusted_hosts, unsafe
from marketplace.core.connection_limits import limits_here
from marketplace.core.socket_address import socket_address
from marketplace.search.engines.opensearch.address import problem_of
from marketplace.search.semantic.model import problem

ENVIRONMENTS = ("development", "test", "production")
#: How long things are kept, in days, unless the environment says otherwise (`core.retention`).
KEEP_DAYS = {
    "KEEP_OUTBOX_DAYS": 30,
    "KEEP_MAIL_TEXT_DAYS": 90,
    "KEEP_SECRET_LETTER_DAYS": 3,
    "KEEP_MAIL_DAYS": 730,
    "KEEP_NOTIFICATION_DAYS": 730,
    "KEEP_SEARCH_HIT_DAYS": 730,
    "KEEP_VIEW_DAYS": 455,
    "KEEP_FILE_DAYS": 30,
    "KEEP_UPLOAD_DAYS": 1,
    "KEEP_QUARANTINE_DAYS": 30,
    "KEEP_IMPORT_DAYS": 7,
    "KEEP_SIGN_IN_DAYS": 90,
    "KEEP_SESSION_DAYS": 1,
    "KEEP_UNSENT_FORM_DAYS": 1,
    "KEEP_RATE_COUNTER_DAYS": 1, "KEEP_USED_ANSWER_DAYS": 1,
    "KEEP_BANK_LINE_DAYS": 4018, "KEEP_PROVIDER_EVENT_DAYS": 4018,
}
ROOT = Path(__file__).resolve().parent.parent.parent


class SettingsError(RuntimeError):
    """The environment does not make a complete, safe configuration; the message lists every problem."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs between installations. README and `.env.example` list the same names."""

    environment: str  # "development" | "test" | "production"
    data_dir: Path  # database, index, files, spool
    database_url: str
    database_owner_url: str  # PostgreSQL: the role that owns the tables, for migrations and erasure; as a rule database_url
    search_url: str  # whoosh:// (under data_dir), opensearch[s]://host:port/prefix or whoosh://memory
    semantic: bool  # search across languages by embeddings; needs the extra `semantic`
    secret_key: str
    seal_key_file: Path  # the Ed25519 key that signs the nightly seal, outside the database
    seal_mail_to: tuple[str, ...]  # addresses to which every seal is mailed
    base_url: str  # how the outside reaches us, without a trailing slash
    host: str  # address to listen on
    port: int
    site_name: str
    mail_url: str  # empty: the local mailbox; smtp://user:password@host:587?tls=starttls
    mail_from: str
    trusted_proxies: int  # number of reverse proxies in front, for the client's address
    rate_limits: bool
    trusted_hosts: tuple[str, ...]  # names that requests may ask for; empty: any
    rate_limit_storage: str  # memory://, database, redis://… or valkey://…
    moderation_days: int  # working days until a submission is due
    stale_days: int  # days after which an unconfirmed listing is stale
    stale_notice_days: int  # days before that when the owner is reminded
    upload_limit: int  # bytes of one uploaded file
    clamd_url: str  # tcp://host:port or unix:/path of the virus scanner; empty: files are not checked
    import_limit: int  # bytes of one file imported on the command line
    kept_pages_mb: int  # megabytes of pages that each web process keeps; 0: every page is made anew
    keep_outbox_days: int  # days after which finished background work is deleted; 0, here and below: never
    keep_mail_text_days: int  # days after which the text of an e-mail is erased
    keep_secret_letter_days: int  # days after which the text of a letter with a secret link is erased, sent or not
    keep_mail_days: int  # days after which an e-mail is deleted from the log of deliveries
    keep_notification_days: int  # days after which a notification leaves the inbox
    keep_search_hit_days: int  # days after which what a saved search found is forgotten
    keep_view_days: int  # days of which the views of each page are kept
    keep_file_days: int  # days after which a file that nothing shows is forgotten
    keep_upload_days: int  # days after which a content without a row, an upload that was broken off, is put aside
    keep_quarantine_days: int  # days after which such a content, which was put aside by then, is deleted for good
    keep_import_days: int  # days that the uploaded file of an import waits for its confirmation and is kept afterwards
    keep_sign_in_days: int  # days that sign-ins and failed ones are shown to their person
    keep_session_days: int  # days after which a session that has ended is deleted
    keep_unsent_form_days: int  # days after which a form that was refused for want of a session is deleted
    keep_rate_counter_days: int  # days after which a counter of limits that has ended is deleted
    keep_used_answer_days: int  # days after which the digest of a passkey's answer is deleted
    keep_bank_line_days: int  # days after which the texts of lines of bank statements are erased
    keep_provider_event_days: int  # days after which what banks and card providers said is erased
    staff_two_step: bool  # roles of the staff count only in sessions made with a second step
    security_log: str  # the file that the security log is appended to; empty: standard error
    security_contact: str  # mailto:… or https://… of /.well-known/security.txt; empty: no such page
    fresh_sign_in_minutes: int  # so long after signing in or confirming it roles are granted and contracts signed
    organisation_two_step: bool  # the same for administrators and signers of organisations
    refund_two_approvers_above: int  # VND above which a refund takes two who approve
    card_limit: int  # VND above which a payment request is paid by bank transfer only
    stripe_secret_key: str  # empty: payment by card is not offered
    stripe_webhook_secret: str  # signs Stripe's messages; empty: there is no such address
    stripe_api_base: str  # our double instead of Stripe; empty: Stripe itself
    demo: bool  # demo accounts are shown on the sign-in page

    @property
    def production(self) -> bool:
        """True when mistakes must stop the start instead of being forgiven."""
        return self.environment == "production"

    def flask_config(self) -> dict[str, Any]:
        """Return Flask's own configuration keys derived from the settings."""
        secure = self.base_url.startswith("https://")
        return {
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(self.database_url),
            "MAX_CONTENT_LENGTH": self.upload_limit + 2_000_000,
            "SEND_FILE_MAX_AGE_DEFAULT": 86_400,
            "MAX_FORM_MEMORY_SIZE": 2_000_000,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": secure,
            "SESSION_COOKIE_NAME": "__Host-session" if secure else "session",
            # How long a cookie is read at all; until when somebody is signed in says the table (accounts.sessions).
            "PERMANENT_SESSION_LIFETIME": 30 * 86_400,
            "SESSION_REFRESH_EACH_REQUEST": False,
            "WTF_CSRF_TIME_LIMIT": None,  # bound to the session; a form left open overnight must not lose its text
            "BABEL_DEFAULT_LOCALE": "vi",
            "BABEL_DEFAULT_TIMEZONE": "Asia/Ho_Chi_Minh",
            "BOOTSTRAP_SERVE_LOCAL": True,
            "TEMPLATES_AUTO_RELOAD": self.environment == "development",
            "TESTING": self.environment == "test",
        }


def _engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 15, "check_same_thread": False}}
    return {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8, "connect_args": limits_here()}


def _number(env: Mapping[str, str], name: str, default: int, problems: list[str]) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal():
        problems.append(f"{name} must be a whole number, not {text!r}")
        return default
    return int(text)


def _days(env: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    return {name.lower(): _number(env, name, days, problems) for name, days in KEEP_DAYS.items()}


def _databases(env: Mapping[str, str], data_dir: Path) -> dict[str, Any]:
    url = env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'exchange.sqlite3'}"
    return {"database_url": url, "database_owner_url": env.get("DATABASE_OWNER_URL") or url}


def _seals(env: Mapping[str, str], data_dir: Path, problems: list[str]) -> dict[str, Any]:
    key_file = Path(env.get("SEAL_KEY_FILE") or data_dir / "seal_key.pem").resolve()
    return {"seal_key_file": key_file, "seal_mail_to": _addresses(env, "SEAL_MAIL_TO", problems)}


def _addresses(env: Mapping[str, str], name: str, problems: list[str]) -> tuple[str, ...]:
    """Return e-mail addresses that are separated by commas or blanks."""
    found = tuple(env.get(name, "").replace(",", " ").split())
    problems += [f"{name}: {one!r} is no e-mail address" for one in found if "@" not in one.strip("@")]
    return found


def _development_secret(data_dir: Path) -> str:
    """Return a secret kept in the data folder, so that restarts keep people signed in."""
    path = data_dir / "secret_key"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
        path.chmod(0o600)
    return path.read_text(encoding="ascii").strip()


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Read settings from `env` (default: the process environment).

    Raises SettingsError with every problem at once when production lacks something.
    """
    env = os.environ if env is None else env
    problems: list[str] = []
    environment = _environment(env, problems)
    data_dir = _folder(env)
    port = _number(env, "PORT", 8000, problems)
    base_url = env.get("BASE_URL", f"http://localhost:{port}").rstrip("/")
    secret_key, mail_url = env.get("SECRET_KEY", ""), env.get("MAIL_URL", "")
    search_url = _search_url(env, environment == "production", problems)
    problems += unsafe(env, environment, base_url)
    settings = Settings(
        environment=environment, data_dir=data_dir,
        search_url=search_url,
        semantic=_semantic(env, problems),
        secret_key=secret_key or _development_secret(data_dir),
        base_url=base_url, host=env.get("HOST", "127.0.0.1"), port=port,
        site_name=env.get("SITE_NAME", "Sàn giao dịch công nghệ"),
        mail_url=mail_url,
        mail_from=env.get("MAIL_FROM", "Sàn giao dịch công nghệ <no-reply@exchange.localhost>"),
        trusted_proxies=_number(env, "TRUSTED_PROXIES", 0, problems),
        rate_limits=flag(env, "RATE_LIMITS", True),
        trusted_hosts=trusted_hosts(env),
        rate_limit_storage=_rate_limit_storage(env, problems),
        moderation_days=_number(env, "MODERATION_DAYS", 2, problems),
        stale_days=_number(env, "STALE_DAYS", 90, problems),
        stale_notice_days=_number(env, "STALE_NOTICE_DAYS", 14, problems),
        kept_pages_mb=_number(env, "KEPT_PAGES_MB", 24, problems),
        upload_limit=_number(env, "UPLOAD_LIMIT", 20_000_000, problems), clamd_url=_clamd_url(env, problems),
        import_limit=_number(env, "IMPORT_LIMIT", 200_000_000, problems),
        **_databases(env, data_dir), **_seals(env, data_dir, problems), **_days(env, problems), **_money(env, problems),
        **_safety(env, environment == "production", problems),
        demo=flag(env, "DEMO", environment == "development"),
    )
    _refuse(problems)
    return settings


def _money(env: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    return {"refund_two_approvers_above": _number(env, "REFUND_TWO_APPROVERS_ABOVE", 5_000_000, problems),
            "card_limit": _number(env, "CARD_LIMIT", 99_999_999, problems), **card_keys(env)}


def _refuse(problems: list[str]) -> None:
    if problems:
        raise SettingsError("The configuration is not complete:\n- " + "\n- ".join(problems))


def _environment(env: Mapping[str, str], problems: list[str]) -> str:
    name = env.get("EXCHANGE_ENV", "development").strip()
    if name not in ENVIRONMENTS:
        problems.append(f"EXCHANGE_ENV must be one of {', '.join(ENVIRONMENTS)}, not {name!r}")
    return name


def _semantic(env: Mapping[str, str], problems: list[str]) -> bool:
    wanted = flag(env, "SEMANTIC", False)
    if wanted and (lacking := problem()):
        problems.append(lacking)
    return wanted


def _search_url(env: Mapping[str, str], production: bool, problems: list[str]) -> str:
    url = env.get("SEARCH_URL") or "whoosh://"
    problem = problem_of(url, production)
    if problem:
        problems.append(problem)
    return url


def _rate_limit_storage(env: Mapping[str, str], problems: list[str]) -> str:
    """Return what counts for the limits: "database", or an address of Redis or Valkey; the process itself by default."""
    url = env.get("RATE_LIMIT_STORAGE", "").strip() or "memory://"
    scheme = url.partition(":")[0]
    if scheme == "database" and not env.get("DATABASE_URL", "").startswith("postgresql"):
        problems.append("RATE_LIMIT_STORAGE=database needs PostgreSQL in DATABASE_URL")
    elif scheme in {"redis", "rediss", "valkey", "valkeys"}:
        package = "valkey" if scheme.startswith("valkey") else "redis"
        if find_spec(package) is None:
            problems.append(f"RATE_LIMIT_STORAGE={scheme}://… needs the package {package}: pip install {package}")
    elif scheme not in {"database", "memory"}:
        problems.append("RATE_LIMIT_STORAGE must be database, redis://host:6379, valkey://host:6379 or memory://")
    return url


def _clamd_url(env: Mapping[str, str], problems: list[str]) -> str:
    url = env.get("CLAMD_URL", "").strip()
    try:
        return url if not url or socket_address(url) else ""
    except ValueError:
        problems.append(f"CLAMD_URL must be tcp://host:3310 or unix:/run/clamav/clamd.ctl, not {url!r}")
        return ""


def _safety(env: Mapping[str, str], production: bool, problems: list[str]) -> dict[str, Any]:
    contact = env.get("SECURITY_CONTACT", "").strip()
    if contact and (not contact.startswith(("mailto:", "https://")) or not contact.isprintable() or " " in contact):
        problems.append("SECURITY_CONTACT must be mailto:… or https://…")
    members = flag(env, "ORGANISATION_TWO_STEP", False)
    fresh = _number(env, "FRESH_SIGN_IN_MINUTES", 15, problems)
    if not 1 <= fresh <= 24 * 60:
        problems.append("FRESH_SIGN_IN_MINUTES must be between 1 and 1440")
    return {
        "staff_two_step": flag(env, "STAFF_TWO_STEP", production), "organisation_two_step": members,
        "fresh_sign_in_minutes": fresh, "security_contact": contact,
        "security_log": env.get("SECURITY_LOG", "").strip(),
    }


def _folder(env: Mapping[str, str]) -> Path:
    """Return the data folder, made when it is missing."""
    folder = Path(env.get("DATA_DIR") or ROOT / "instance").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
