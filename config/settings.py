"""Every setting of the platform, all from the environment; docs/settings.md lists them.

`MURMURATION_ENV` is `production`, or `local` (the default: what `up` and `test` use).
"""

from os import environ
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import logs
from config.embedded.postgres import attach
from config.environment import LOCAL_SECRET, PRODUCTION, cache, database, flag, names, required
from config.policy import *  # noqa: F403 - settings of their own page

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(environ.get("MURMURATION_DATA", BASE_DIR / ".data"))

SECRET_KEY = required("SECRET_KEY") or LOCAL_SECRET
# the keys that the platform keeps for firms are encrypted under it; a value of its own lets SECRET_KEY change
KEY_ENCRYPTION_SECRET = environ.get("KEY_ENCRYPTION_SECRET") or SECRET_KEY
DEBUG = False
ALLOWED_HOSTS = names("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1],testserver")
CSRF_TRUSTED_ORIGINS = names("CSRF_TRUSTED_ORIGINS", "")
LAN = names("MURMURATION_LAN", "")  # names on the local network; `up --lan` sets them
LAN_AUTHORITY = DATA_DIR / "lan" / "authority.crt"
if PRODUCTION:
    required("ALLOWED_HOSTS")
PUBLIC_URL = environ.get(
    "PUBLIC_URL", f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "http://localhost:8000"
)


def embedded_url(role: str) -> str:
    """Return the address of the database that `up` runs, or an empty one when it does not run."""
    cluster = attach(DATA_DIR)
    return cluster.url(role, "murmuration") if cluster else ""


DATABASE_URL = environ.get("DATABASE_URL") or embedded_url("murmuration_app")
DATABASE_OWNER_URL = (
    environ.get("DATABASE_OWNER_URL") or environ.get("DATABASE_URL") or embedded_url("murmuration_owner")
)
DATABASES = {"default": database(DATABASE_URL), "owner": database(DATABASE_OWNER_URL)}
DATABASES["owner"]["OPTIONS"] = {"application_name": "murmuration-owner"}
DATABASES["owner"]["TEST"] = {"MIRROR": "default"}
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = environ.get("REDIS_URL", "")
CACHES = {"default": cache(REDIS_URL), "near": cache("")}

INSTALLED_APPS = [
    "config",
    "firms",
    "matching",
    "alliances",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "channels",
    "django_htmx",
    "django_countries",
]

MIDDLEWARE = [
    "config.observed.Observed",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.plain.PlainText",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "firms.middleware.PersonsTimeZone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "firms.middleware.TurnsOpenWork",
    "firms.views.accounts.PhonesHoldOneSession",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.surroundings",
            ]
        },
    }
]

AUTH_USER_MODEL = "firms.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "firms.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "firms.views.accounts.Accounts"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # whoever mistypes it resets it by e-mail
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if PRODUCTION else "optional"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Murmuration"
# passkeys need a secure context; browsers treat localhost as one
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
EMAIL_BACKEND = environ.get(
    "EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend"
    if PRODUCTION
    else "django.core.mail.backends.filebased.EmailBackend",
)
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_HOST = environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 20  # seconds; an e-mail that is being sent is leased for longer
DEFAULT_FROM_EMAIL = environ.get("DEFAULT_FROM_EMAIL", "murmuration@localhost")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = "config.formats"

STATIC_URL = "static/"
STATIC_ROOT = Path(environ.get("STATIC_ROOT", BASE_DIR / "static-build")) if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "media"
CHECKPOINTS_DIR = Path(environ.get("CHECKPOINTS_DIR", DATA_DIR / "checkpoints"))
PLATFORM_KEY, PLATFORM_KEY_FILE = environ.get("PLATFORM_KEY", ""), DATA_DIR / "platform.key"
VAPID_KEY, VAPID_KEY_FILE = environ.get("VAPID_KEY", ""), DATA_DIR / "vapid.key"
# origins that push messages and robots may go to beside the known services; for tests and own push services
PUSH_ENDPOINTS_ALSO = names("PUSH_ENDPOINTS_ALSO", "")

SECURE_SSL_REDIRECT = PRODUCTION
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION or bool(LAN)
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]  # asked by machines beside this one
METRICS_TOKEN = environ.get("METRICS_TOKEN", "")
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY", False) else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": [],
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
PERMISSIONS_POLICY = {"camera": ["self"], "geolocation": [], "microphone": [], "payment": [], "usb": []}
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "firms.api.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.json_text.Json"],
    "DEFAULT_SCHEMA_CLASS": "drf_standardized_errors.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
}
STANDARD_ERRORS = (401, 403, 404, 405, 406, 415, 429, 500)
SPECTACULAR_SETTINGS = {
    "TITLE": "Murmuration",
    "DESCRIPTION": "Notice a surge, form an alliance around it, coordinate it live, dissolve it.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "ValueMissingEnum": [("invalid", "invalid"), ("null", "null")],
        "ValueNeededEnum": [("invalid", "invalid"), ("null", "null"), ("required", "required")],
        "IdentifierFaultEnum": [("invalid", "invalid"), ("max_string_length", "max_string_length")],
        "WholeFormEnum": [("non_field_errors", "non_field_errors")],
    }
    | {
        f"{name}Enum": f"drf_standardized_errors.openapi_serializers.{name}Enum.choices"
        for name in (
            "ValidationError",
            "ClientError",
            "ServerError",
            *(f"ErrorCode{n}" for n in STANDARD_ERRORS),
        )
    },
}

LOGGING = logs.configuration(environ.get("LOG_LEVEL", "WARNING"), as_json=PRODUCTION)
