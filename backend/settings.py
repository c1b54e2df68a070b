"""SHELL: every setting of the Django project, each read from the environment in one place (see .env.example)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from celery.schedules import crontab
from csp.constants import NONE, SELF

from backend import env, pwa

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(env.read_str("XUNFANG_HOME", str(ROOT / "var")))
PWA_DIST = Path(env.read_str("XUNFANG_PWA_DIST", str(ROOT / "frontend_pwa" / "dist")))
VERSION = "0.1.0"

DEBUG = env.read_bool("DJANGO_DEBUG", default=False)
SECRET_KEY = env.read_str("DJANGO_SECRET_KEY")
ALLOWED_HOSTS = env.read_list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.read_list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "django_celery_beat",
    "csp",
    "backend.accounts",
    "geo",
    "patrol",
    "visits",
    "backend.sync",
    "backend.uploads",
    "backend.recorders",
    "backend.reports",
    "backend.imports",
    "backend.demo",
    "backend.apps.BackendConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Outside WhiteNoise, which answers the web app's own page itself: behind it that page would have no policy.
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # A first page of 500 doors is 250 kB as JSON: half a minute on a weak mast, two seconds compressed.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "backend.urls"
WSGI_APPLICATION = "backend.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- database and spatial libraries -----------------------------------------------------------------------------------
DATABASES = {"default": {**env.database_from_url(env.read_str("DATABASE_URL")), "CONN_MAX_AGE": 60}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
GDAL_LIBRARY_PATH = env.wheel_library("pyogrio", "libgdal*.so*")
GEOS_LIBRARY_PATH = env.wheel_library("shapely", "libgeos_c*.so*")

# --- accounts ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Officer"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "backend.accounts.adapter.ClosedAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
# A whole station shares one address: limit failed sign-ins by account first, by address only softly.
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "login_failed": "10/5m/key,300/5m/ip"}
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("app", "browser")
HEADLESS_FRONTEND_URLS: dict[str, str] = {}
LOGIN_URL = "/"

HTTPS = env.read_bool("XUNFANG_HTTPS", default=False)
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Police networks are closed: no page of ours may ask another origin for anything.
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],  # a voice note is heard before it has left the phone
        "worker-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- broker and tasks -------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.read_str("CELERY_BROKER_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Below everything else (0 comes first): a new edition of the areas makes hundreds of map packages, and somebody waits
# for an import or a figure meanwhile.
CELERY_TASK_ROUTES = {"geo.build_map_package": {"priority": 6}}
# Without unacked_restore_interval a killed worker's task came back only after minutes.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 3,
    "socket_connect_timeout": 2,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = env.read_str("XUNFANG_ZONE", "Asia/Shanghai")
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = {
    # The second net under TASKS_AFTER_PUSH: what a lost nudge left waiting.
    "count touched days": {"task": "reports.refresh_townships", "schedule": timedelta(seconds=10)},
    "nightly aggregation": {"task": "reports.aggregate_night", "schedule": crontab(hour=2, minute=0)},
    "go on with runs": {"task": "reports.resume_runs", "schedule": timedelta(minutes=1)},
    "look after uploads": {"task": "uploads.sweep", "schedule": crontab(minute="*")},
    "clear uploads away": {"task": "uploads.purge", "schedule": crontab(hour=3, minute=30)},
    "forget files of imports": {"task": "imports.forget", "schedule": crontab(hour=4, minute=20)},
    "close forgotten outings": {"task": "sync.end_overdue_patrols", "schedule": crontab(minute="*/10")},
    "erase contacts": {"task": "sync.erase_contacts", "schedule": crontab(hour=3, minute=45)},
    "end raw tracks' retention": {"task": "recorders.drop_raw_tracks", "schedule": crontab(hour=4, minute=15)},
    "join recorders' positions": {"task": "recorders.join_fixes", "schedule": timedelta(minutes=1)},
    "look after map packages": {"task": "geo.refresh_map_packages", "schedule": timedelta(minutes=1)},
    "forget used nonces": {"task": "accounts.forget_used_nonces", "schedule": crontab(minute="*/10")},
}
# What is woken after a push has noted which townships and days it touched (geo.touched_days): names of Celery tasks,
# called without arguments. sync and reports are siblings, so they meet here and not in an import.
TASKS_AFTER_PUSH = ["reports.refresh_townships"]

# --- sync limits (3-sync.md) ------------------------------------------------------------------------------------------
SYNC_MAX_MUTATIONS = 500
SYNC_MAX_BODY_BYTES = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = SYNC_MAX_BODY_BYTES + 1024
DEVICE_ENROLMENT = env.read_choice("DEVICE_ENROLMENT", ("open", "code"), default="open")

# --- what phones seal to this installation (backend/common/sealing.py) ------------------------------------------------
# One file for all web processes and machines of an installation: what is sealed to a key opens only with it.
SEALING_KEY_FILE = Path(env.read_str("SEALING_KEY_FILE", str(HOME / "sealing_keys.pem")))

# --- the lock of the phones (docs/lock.md) ----------------------------------------------------------------------------
# offered: a desk in a guarded station may do without, and a demo opens without a PIN; required: wherever phones go out.
PHONE_LOCK = env.read_choice("PHONE_LOCK", ("off", "offered", "required"), default="offered")
PHONE_LOCK_MINUTES = env.read_int("PHONE_LOCK_MINUTES", default=5)
PHONE_OFFLINE_HOURS = env.read_int("PHONE_OFFLINE_HOURS", default=24)

# --- attachments ------------------------------------------------------------------------------------------------------
# Outside the web app and STATIC_ROOT: nothing in it is served but through an authorised view.
ATTACHMENTS_ROOT = HOME / "attachments"
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
# How many files one web process takes at a time; the rest of its threads are for records.
UPLOADS_AT_ONCE = env.read_int("UPLOADS_AT_ONCE", default=4)
PICTURE_MAX_BYTES = 8 * 1024 * 1024
PICTURE_MAX_PIXELS = 25_000_000

# --- contacts of residents (visits/contacts.py) -----------------------------------------------------------------------
# How many days after a dispute has ended the contacts of its parties are erased.
CONTACT_KEPT_DAYS = env.read_int("CONTACT_KEPT_DAYS", default=90)

# --- raw tracks (patrol/retention.py) ---------------------------------------------------------------------------------
# How many days after its outing ended a reading is kept as it came; the leg's compact track stands for it from then on.
RAW_TRACK_DAYS = env.read_int("RAW_TRACK_DAYS", default=30)

# --- recorder apps (OwnTracks, Traccar Client) ------------------------------------------------------------------------
# How long a position waits for the outing it belongs to: a phone may be without a network for two days.
RECORDER_HELD_HOURS = env.read_int("RECORDER_HELD_HOURS", default=48)
RECORDER_MAX_BODY_BYTES = 256 * 1024
# A GPX file of an outing, as it is sent (it may be gzip) and as it is read: twelve hours at four points a second.
TRACK_FILE_MAX_BODY_BYTES = 5 * 1024 * 1024
TRACK_FILE_MAX_BYTES = 32 * 1024 * 1024
# A message a second, and as much again for a queue that is being emptied; wrong secrets of one address.
RECORDER_RATE = "120/m"
RECORDER_FAILURE_RATE = "60/m"

# --- map packages -----------------------------------------------------------------------------------------------------
MAP_PACKAGES_ROOT = HOME / "map_packages"
# A phone fetches it over a weak network and keeps it beside its records.
MAP_PACKAGE_MAX_BYTES = 20 * 1024 * 1024

# --- API --------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "backend.accounts.authentication.DeviceSignatureAuthentication",
        "backend.accounts.authentication.BrowserSessionAuthentication",
        "backend.accounts.authentication.ScriptSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["backend.accounts.permissions.PolicyPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "backend.errors_http.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Xunfang 巡访",
    "DESCRIPTION": "The field log of a community police force. Errors are RFC 9457 problems; see docs/errors.md.",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "backend.sync.openapi.add_mutation_schemas",
    ],
}

# --- language, time, files --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
# The built web app lives at the root of the site, so that its service worker's scope is everything.
WHITENOISE_ROOT = PWA_DIST if PWA_DIST.is_dir() else None
WHITENOISE_INDEX_FILE = True
WHITENOISE_USE_FINDERS = True
WHITENOISE_ADD_HEADERS_FUNCTION = pwa.add_cache_headers
WHITENOISE_MIMETYPES = {".webmanifest": "application/manifest+json"}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

DEMO_PASSWORD = env.read_str("XUNFANG_DEMO_PASSWORD", "xunfang-demo")

# --- logs -------------------------------------------------------------------------------------------------------------
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ],
    logger_factory=structlog.PrintLoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
