"""SHELL: how a request says who it is: the session cookie of the browser (X-Session-Token is allauth's own class)."""

from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class BrowserSessionAuthentication(SessionAuthentication):
    """Session cookie with CSRF check; answers 401 (not 403) to a request without a session, as RFC 9110 wants."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"
