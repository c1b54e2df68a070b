"""SHELL: how the built web app is served: its shell never cached, its hashed files for ever."""

from pathlib import Path

from django.conf import settings


def add_cache_headers(headers: dict[str, str], path: str, url: str) -> None:
    """WhiteNoise hook. The service worker and the page must be asked for anew each time, or an update never arrives."""
    if url.startswith("/assets/"):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif url in {"/", "/index.html", "/sw.js", "/manifest.webmanifest"}:
        headers["Cache-Control"] = "no-cache"


def is_built() -> bool:
    """Return whether the web app was built where the server looks for it."""
    return (Path(settings.PWA_DIST) / "index.html").is_file()
