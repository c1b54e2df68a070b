"""SHELL: typed readers for environment variables; the only module that touches os.environ for settings."""

import importlib.util
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class SettingError(SystemExit):
    """A setting that is missing or unreadable; ends the process with one clear line."""


def read_str(name: str, default: str | None = None) -> str:
    """Return the variable's text, or `default`; with neither, end with a line naming the variable."""
    value = os.environ.get(name, default)
    if value is None:
        raise SettingError(f"xunfang: the environment variable {name} is not set. See .env.example.")
    return value


def read_bool(name: str, *, default: bool) -> bool:
    """Return True for 1/true/yes/on, False for 0/false/no/off or empty."""
    text = os.environ.get(name)
    if text is None:
        return default
    if text.strip().lower() in {"1", "true", "yes", "on"}:
        return True
    if text.strip().lower() in {"", "0", "false", "no", "off"}:
        return False
    raise SettingError(f"xunfang: {name}={text!r} is neither true nor false.")


def read_int(name: str, *, default: int) -> int:
    """Return the variable as a whole number, or `default`."""
    text = os.environ.get(name)
    if text is None:
        return default
    try:
        return int(text)
    except ValueError:
        raise SettingError(f"xunfang: {name}={text!r} is not a whole number.") from None


def read_list(name: str, *, default: list[str]) -> list[str]:
    """Return the comma-separated parts of the variable, or `default`."""
    text = os.environ.get(name)
    return default if text is None else [part.strip() for part in text.split(",") if part.strip()]


def read_choice(name: str, allowed: tuple[str, ...], *, default: str) -> str:
    """Return the variable, which must be one of `allowed`, or `default`."""
    text = os.environ.get(name, default).strip().lower()
    if text not in allowed:
        raise SettingError(f"xunfang: {name}={text!r} is none of {', '.join(allowed)}.")
    return text


def database_from_url(url: str) -> dict[str, Any]:
    """Return Django's DATABASES entry for a postgis://, postgres:// or postgresql:// address.

    A unix socket is named by `?host=<directory>`, as libpq does.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgis", "postgres", "postgresql"}:
        raise SettingError(f"xunfang: DATABASE_URL must begin with postgis:// (it begins with {parts.scheme!r}).")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "xunfang", **query},
    }


def wheel_library(package: str, pattern: str) -> str | None:
    """Return the path of a shared library shipped inside a wheel (`<package>.libs/<pattern>`), or None.

    Debian's own GDAL 3.6 makes Django warn about a security hole, so GeoDjango uses the GDAL and GEOS of the
    pyogrio and shapely wheels: the same build that reads and writes our layers.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    site_packages = Path(spec.origin).resolve().parent.parent
    found = sorted((site_packages / f"{package}.libs").glob(pattern))
    return str(found[-1]) if found else None
