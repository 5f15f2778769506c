"""Django's settings for the tiers. They need no file of the user's; the section `tiers` of mrjob.conf changes some.

    tiers:
      state_dir: /srv/gristmill     # where all is kept on this machine (see gristmill.tiers.state)
      max_upload: 10GB              # bytes that the files of one request have at most
      lease_seconds: 60             # after that long without a word of a consumer, another takes its requests over
      runner: emr                   # where jobs run (see gristmill.tiers.runner)
      storage: s3://bucket/prefix   # where uploads are kept, if not in state_dir (see gristmill.tiers.s3)
      mail: smtp://localhost:25     # the server that sends mails (see gristmill.tiers.mail_server)
      mail_from: gristmill@example.org
      url: https://gristmill.example.org    # where people reach `gristmill serve`; mails link there
      database: sqlite              # or one of MariaDB (see gristmill.tiers.database_settings)
      queue: table                  # of the database; or the URL of a FIFO queue of SQS

Secrets are not among them: they come from the environment, or from files that only this user reads.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gristmill.errors import RunError
from gristmill.job.options import byte_count
from gristmill.job.settings import section
from gristmill.tiers.database_settings import SQLITE, database_settings
from gristmill.tiers.mail_server import mail_settings
from gristmill.tiers.queue import TABLE
from gristmill.tiers.runner import checked_runner
from gristmill.tiers.s3 import storages
from gristmill.tiers.state import secret_key, state_folder
from gristmill.typed import nearest

if TYPE_CHECKING:
    from typing import Callable

#: The keys of the section, with the values that they have without it.
DEFAULTS = {
    "state_dir": None,
    "max_upload": "10GB",
    "lease_seconds": 60,
    "runner": "local",
    "storage": None,
    "mail": None,
    "mail_from": "gristmill@localhost",
    "url": None,
    "database": SQLITE,
    "queue": TABLE,
}


def _site() -> dict[str, Any]:
    """The section `tiers`, with defaults; RunError for a key that there is none of, or a value of no use."""
    path, given = section("tiers")
    for name in given:
        if name not in DEFAULTS:
            keys = ", ".join(DEFAULTS)
            raise RunError(f"settings {path}: tiers: there is no {name!r}{nearest(str(name), DEFAULTS)}, only {keys}")
    site = {**DEFAULTS, **given}
    try:
        site["max_upload"] = byte_count(str(site["max_upload"]))
    except ArgumentTypeError as error:
        raise RunError(f"settings {path}: tiers: max_upload: {error}") from None
    lease = site["lease_seconds"]
    if type(lease) not in (int, float) or not 1 <= lease <= 86400:
        raise RunError(f"settings {path}: tiers: lease_seconds is {lease!r}; give it 1 to 86400")
    if site["url"] is not None:
        site["url"] = _origin(path, site["url"])
    return {"path": path, **site}


def _made(name: str, make: Callable[..., Any], *more: Any) -> Any:
    """What is made of one of the section's settings; RunError, which names it."""
    try:
        return make(_SITE[name], *more)
    except RunError as error:
        raise RunError(f"settings {_SITE['path']}: tiers: {name}: {error}") from None


def _origin(path: str, url: object) -> str:
    """The scheme and the host of `url`, which has nothing else."""
    try:
        parts = urlsplit(str(url))
        rest = parts.path.strip("/") + parts.query + parts.fragment
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    if not fits or rest or "@" in parts.netloc:
        raise RunError(f"settings {path}: tiers: url is {url!r}; give a scheme and a host, as https://jobs.example.org")
    return f"{parts.scheme}://{parts.netloc}"


_SITE = _site()

# of ours
STATE = state_folder(_SITE["state_dir"])
MAX_UPLOAD = _SITE["max_upload"]
LEASE_SECONDS = _SITE["lease_seconds"]
RUNNER = _made("runner", checked_runner)
MAIL_FOLDER = STATE / "mail"
QUEUE = _SITE["queue"]

# Django's
SECRET_KEY = secret_key(STATE)
INSTALLED_APPS = [
    "gristmill.tiers",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework.authtoken",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
# its own would replace those of the program
LOGGING_CONFIG = None
DATABASES = {"default": database_settings(_SITE["database"], STATE)}
STORAGES = {
    **_made("storage", storages, STATE / "uploads"),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
globals().update(_made("mail", mail_settings))
DEFAULT_FROM_EMAIL = _SITE["mail_from"]

# the web's
ROOT_URLCONF = "gristmill.tiers.urls"
MIDDLEWARE = [
    # load balancers ask by any name of the host
    "gristmill.tiers.middleware.answer_health_checks",
    "django.middleware.security.SecurityMiddleware",
    "gristmill.tiers.middleware.add_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    # before what reads a form, and with it the files
    "gristmill.tiers.middleware.limit_length",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
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
STATIC_URL = "/static/"
# as they lie in the packages: nothing has to be collected first
WHITENOISE_USE_FINDERS = True
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "sign-in", "requests", "sign-in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# JSON alone, forms that stream, one clear line for what is refused
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.MultiPartParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "gristmill.tiers.api_answers.answer_error",
}
FILE_UPLOAD_HANDLERS = ["gristmill.tiers.receive.Receiver"]
FILE_UPLOAD_TEMP_DIR = STATE / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, exist_ok=True)
#: Files of one request.
DATA_UPLOAD_MAX_NUMBER_FILES = 1000
#: Bytes of a request beside its files: names, options, what stands between them.
MAX_FORM = 1 << 20
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_FORM

# who may reach it, and how
URL = _SITE["url"]
IS_HTTPS = str(URL).startswith("https:")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS: list[str] = []
if URL:
    _host = str(urlsplit(URL).hostname)
    # an address of IPv6 stands in brackets, as in the header
    ALLOWED_HOSTS.append(f"[{_host}]" if ":" in _host else _host)
    CSRF_TRUSTED_ORIGINS.append(URL)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
# the proxy that has the certificate says by this header that a person came by https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
# of other hosts of the domain, and of browsers' lists, its owner decides
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
