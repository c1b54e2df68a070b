"""SHELL: are the database and broker that the environment names there, and fit for us? Needs the packages of .venv."""

import re

from ops.failures import OpsFailure


def check_database(url: str) -> None:
    """Connect, and have PostGIS in the database; otherwise one line that says what to do (never the password)."""
    import psycopg

    if not re.match(r"(postgis|postgres|postgresql)://", url):
        raise OpsFailure("DATABASE_URL must begin with postgis:// (see .env.example).")
    address = re.sub(r"^(postgis|postgres)://", "postgresql://", url)
    try:
        with psycopg.connect(address, connect_timeout=5, autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'").fetchone() is None:
                connection.execute("CREATE EXTENSION postgis")
    except psycopg.OperationalError as error:
        raise OpsFailure(f"DATABASE_URL cannot be reached: {_one_line(error)}") from None
    except psycopg.Error as error:
        raise OpsFailure(
            f"The database of DATABASE_URL has no PostGIS and this role may not create it ({_one_line(error)}): "
            "as its superuser run  CREATE EXTENSION postgis;"
        ) from None


def check_broker(url: str) -> None:
    """Ask the broker for a connection; otherwise one line."""
    from kombu import Connection

    try:
        with Connection(url, connect_timeout=5) as connection:
            connection.ensure_connection(max_retries=1, timeout=5)
    except Exception as error:  # the transports (Redis, AMQP) share no base class for failures
        raise OpsFailure(f"CELERY_BROKER_URL cannot be reached: {_one_line(error)}") from None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
