"""All settings, in one file. What a deployer may change comes from the environment, named beside it."""

from datetime import timedelta
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from onedoor.config.env import (
    data_dir,
    env_bool,
    env_days,
    env_int,
    env_list,
    env_networks,
    env_str,
    env_tiles,
    env_token,
    env_url,
    env_word,
)
from onedoor.config.keys import load_key
from onedoor.config.suites import NATIONAL, chosen

PACKAGE = Path(__file__).resolve().parent.parent
DATA = data_dir()

# --- keys: generated into the data directory on first start -------------------------------------------
SECRET_KEY = load_key(DATA, "secret").hex()
FIELD_KEY = load_key(DATA, "field")
LEDGER_KEY = load_key(DATA, "ledger")
INDEX_KEY = load_key(DATA, "index")
# standard: SHA-256 and AES-256-GCM; sm: SM3 and SM4-GCM (国密). For new values: what is stored names its suite.
SUITE = chosen(env_str("ONEDOOR_SUITE", "standard"))

# --- what and where -------------------------------------------------------------------------------------
DEBUG = env_bool("ONEDOOR_DEBUG", default=False)
ALLOWED_HOSTS = env_list("ONEDOOR_HOSTS", "*")
PUBLIC_URL = env_str("ONEDOOR_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
# Other addresses under which browsers see this server, behind a proxy with TLS: `https://desk.example.cn`. Where staff
# come by another address than residents, that of the staff.
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL, *env_list("ONEDOOR_ORIGINS")]
# Reverse proxies in front of this server, as addresses or networks: `127.0.0.1,10.1.2.0/24`. Only what they say of
# where a request comes from (X-Forwarded-For) is believed. Without it everybody behind a proxy shares the limits of
# the open pages; with a network too many, anybody can give himself a new address for each guess.
PROXIES = env_networks("ONEDOOR_PROXIES")
# Which addresses this process serves: `public` only those for residents, `internal` all but those, `all`.
ZONE = env_word("ONEDOOR_ZONE", ("all", "public", "internal"))
# What Prometheus says to read /metrics (`Authorization: Bearer …`); without it there is no such address.
METRICS_TOKEN = env_token("ONEDOOR_METRICS_TOKEN")
# The certificate that residents' browsers see, only to tell Prometheus when it ends.
TLS_CERT = Path(env_str("ONEDOOR_TLS_CERT", "")) if env_str("ONEDOOR_TLS_CERT", "") else None
SECURE_COOKIES = PUBLIC_URL.startswith("https://")
CSRF_FAILURE_VIEW = "onedoor.web.refusals.foreign_form"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
if SECURE_COOKIES:  # names that browsers take from this host alone; that of the staff's token is in web/desk/access.py
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
ROOT_URLCONF = "onedoor.config.urls"
WSGI_APPLICATION = "onedoor.config.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "ninja",
    "onedoor.people",
    "onedoor.cases",
    "onedoor.notices",
    "onedoor.hall",
    "onedoor.mediation",
    "onedoor.voices",
    "onedoor.grid",
    "onedoor.papers",
    "onedoor.figures",
    "onedoor.exchange",
    "onedoor.web",
    "django.contrib.admin.apps.SimpleAdminConfig",  # after web, which changes one of its templates
]
MIDDLEWARE = [
    "onedoor.web.metrics.Counted",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "onedoor.web.middleware.SafeHeaders",
    "onedoor.web.middleware.Zone",
    "onedoor.web.middleware.ServerTiming",
    "onedoor.config.no_room.Room",
    "onedoor.web.middleware.PagesOnly",
    "onedoor.api.middleware.WrongMethod",
    "django.middleware.common.CommonMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
# The admin looks for sessions, accounts and messages in the list above; PagesOnly brings them.
# The folder of forms is made when the first one comes (cases/upload.py), so it may not be there yet.
SILENCED_SYSTEM_CHECKS = ["admin.E408", "admin.E409", "admin.E410", "files.E001"]
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

# --- database: PostgreSQL only; the launcher sets DATABASE_URL for the embedded one -----------------------
_conninfo = {key: str(value) for key, value in conninfo_to_dict(env_str("DATABASE_URL", "")).items()}
# A machine that loses its current closes no connection: without these a request would wait a quarter of an hour for it
# while the other database serves already. What DATABASE_URL says itself goes first.
_GONE = {
    "connect_timeout": 3,  # seconds, for each address; less than /healthz is waited for
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # milliseconds
}
_over_network = not _conninfo.get("host", "/").startswith("/")
DATABASES = {
    "default": {
        "ENGINE": "onedoor.config.postgresql",
        "NAME": _conninfo.pop("dbname", "onedoor"),
        "USER": _conninfo.pop("user", ""),
        "PASSWORD": _conninfo.pop("password", ""),
        "HOST": _conninfo.pop("host", ""),
        "PORT": _conninfo.pop("port", ""),
        # A new connection for each request cost a peer 30 ms; one per thread is kept.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **(_GONE if _over_network else {}),
            **_conninfo,
            # jit costs more than it gives on queries of a few milliseconds
            "options": "-c jit=off -c timezone=UTC",
            "server_side_binding": True,
            "prepare_threshold": 3,
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
# The first one makes new ones; a password of another is renewed when its owner signs in.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "onedoor.people.hashers.Pbkdf2Sm3",
]
if SUITE is NATIONAL:
    PASSWORD_HASHERS.insert(0, PASSWORD_HASHERS.pop())
PASSWORD_LENGTH = env_int("ONEDOOR_PASSWORD_LENGTH", 12, least=8)
# Older ones are replaced at the next sign-in (等保2.0 定期更换); 0: none is too old, as NIST SP 800-63B wants it.
PASSWORD_LIFE = timedelta(days=env_int("ONEDOOR_PASSWORD_DAYS", 0, most=3650)) or None
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "onedoor.people.passwords.KindsOfCharacters"},
]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "一扇门"
MFA_TOTP_TOLERANCE = 1  # steps of 30 s that a phone's clock may be off
MFA_ADAPTER = "onedoor.people.second_factor.SealingAdapter"
LOCK_AFTER = env_int("ONEDOOR_LOCK_AFTER", 5, least=3, most=20)  # failures in a row
LOCK_FOR = timedelta(minutes=env_int("ONEDOOR_LOCK_MINUTES", 15, least=1))
TOKEN_LIFE = timedelta(hours=env_int("ONEDOOR_TOKEN_HOURS", 12, least=1))
# A sign-in on a page that nobody uses for so long is over (等保2.0 登录连接超时自动退出). Phones and programs
# have TOKEN_LIFE alone: the field app locks itself by its PIN.
IDLE_LIFE = timedelta(minutes=env_int("ONEDOOR_IDLE_MINUTES", 30, least=1, most=24 * 60))
SESSION_COOKIE_AGE = int(TOKEN_LIFE.total_seconds())

# --- the record -----------------------------------------------------------------------------------------------
FILES = DATA / "files"
CHECKPOINTS = DATA / "checkpoints"
ARRIVING = DATA / "arriving"  # files from the field on their way; no part of a backup: the phone still has them
# Fonts of the papers, as npm has installed them; what is unpacked of them is kept beside the data.
FONTS = Path(env_str("ONEDOOR_FONTS", str(PACKAGE.parents[1] / "node_modules")))
FONT_CACHE = DATA / "fonts"
# Where less is left on a disk, nothing more is written there; what is there stays readable (cases/space.py).
SPARE = env_int("ONEDOOR_SPARE_MB", 256, least=0, most=100_000) * 1024 * 1024
ATTACHMENT_LIMIT = env_int("ONEDOOR_ATTACHMENT_MB", 50, least=1, most=2000) * 1024 * 1024
# After the server's clock has gone forward, how long jobs wait for a person to look at it (cases/server_clock.py).
CLOCK_HOLD = timedelta(seconds=env_int("ONEDOOR_CLOCK_HOLD_SECONDS", 600, least=0, most=86_400))
# Seconds without 16 KB more after which an upload is given up and told so (config/whole_requests.py).
UPLOAD_PATIENCE = float(env_int("ONEDOOR_UPLOAD_PATIENCE_SECONDS", 60, least=2, most=3600))
# How long a matter's file is kept, in the centre's own words ("办结后10年") for the notice to residents. 待核: no text
# that was read names a period, so it says that the centre settles it as long as this is empty.
CASE_KEPT = env_str("ONEDOOR_CASE_KEPT", "")
# 待核: no law names a period for records of visits
VISIT_YEARS = env_int("ONEDOOR_VISIT_YEARS", 5, least=1)  # after which their texts are erased
# 待核: no law names a period for a hall's rota
DUTY_YEARS = env_int("ONEDOOR_DUTY_YEARS", 2, least=1)  # after which rota and calls are removed
# 待核: no law names the days for an answer to a question, or how long it is kept; both are local rules
QUESTION_DAYS = env_int("ONEDOOR_QUESTION_DAYS", 3, least=1, most=60)  # working days until the answer
QUESTION_YEARS = env_int("ONEDOOR_QUESTION_YEARS", 1, least=1)  # after which questions are erased
OPINION_YEARS = env_int("ONEDOOR_OPINION_YEARS", 2, least=1)  # after which opinions are erased
SURVEY_YEARS = env_int("ONEDOOR_SURVEY_YEARS", 2, least=1)  # after a survey's end, what was written is erased
# 待核: no law names these days; local rules
HOUSEHOLD_VISIT_DAYS = env_int("ONEDOOR_HOUSEHOLD_VISIT_DAYS", 90, least=1, most=366)  # after which visits are erased
CARE_PLAN_DAYS = env_int("ONEDOOR_CARE_PLAN_DAYS", 180, least=1, most=1100)  # after a plan's end, when it is erased
TICKET_DAYS = env_int("ONEDOOR_TICKET_DAYS", 30, least=2)  # after which a hall's numbers are counted and removed
# Shapes of grids are kept in memory; a change of them is seen by all processes this many seconds later.
GRIDS_KEPT = env_int("ONEDOOR_GRIDS_KEPT_SECONDS", 2, least=0)
# The base map below the grids; without one the grids stand alone. Either a PMTiles archive in the data directory
# (`maps/county.pmtiles`), or addresses of image tiles with {z} {x} {y}, several one above the other with a blank
# between them (天地图: the map and its names). Both in CGCS2000 or WGS-84: others would lie hundreds of metres beside.
MAP_FILE = DATA / env_str("ONEDOOR_MAP_FILE", "") if env_str("ONEDOOR_MAP_FILE", "") else None
MAP_TILES = env_tiles("ONEDOOR_MAP_TILES")
MAP_CREDIT = env_str(
    "ONEDOOR_MAP_CREDIT", ""
)  # whose map it is and its number of approval (审图号), as their owner asks
MAP_HOSTS = sorted({"/".join(tile.split("/")[:3]) for tile in MAP_TILES})
# Days after an agreement takes effect on which it is called back about, by category; the nearest group above
# decides, * is for all others. 待核: a local habit
AGREEMENT_VISITS = env_days(
    "ONEDOOR_AGREEMENT_VISITS", "dispute.family=30,90;dispute.labour=15;dispute.medical=30;*=30"
)
FOLLOW_UP_SHARE = env_int("ONEDOOR_FOLLOW_UP_PERCENT", 100, least=0, most=100)  # closed cases called back
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
IDEMPOTENCY_LIFE = timedelta(days=7)
COUNT_CAP = 1000
FILE_UPLOAD_TEMP_DIR = str(DATA / "forms")  # files of forms while they are read; no part of a backup
FILE_UPLOAD_HANDLERS = ["onedoor.cases.upload.LimitedUpload"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- the grid -----------------------------------------------------------------------------------------------------
# What a report from the field is when the worker has chosen no category: a leaf of the catalogue.
FIELD_CATEGORY = env_str("ONEDOOR_FIELD_CATEGORY", "incident.other")
# 待核: no law names a period; the positions of entries go, so that they never add up to where somebody has been
FIELD_POSITION_DAYS = env_int("ONEDOOR_FIELD_POSITION_DAYS", 90, least=1)
FIELD_TASK_DAYS = env_int("ONEDOOR_FIELD_TASK_DAYS", 366, least=30)  # after which finished errands are removed; 待核
FIELD_FILE_DAYS = env_int("ONEDOOR_FIELD_FILE_DAYS", 365, least=7)  # pictures of inspections and tasks beside no case

# --- notices ------------------------------------------------------------------------------------------------------
NOTICE_LIFE = timedelta(days=env_int("ONEDOOR_NOTICE_DAYS", 180, least=30))  # after which they are removed
NOTICE_QUIET = timedelta(minutes=env_int("ONEDOOR_NOTICE_QUIET_MINUTES", 10, least=1))  # between two messages
# The mail server, as an apprise address without a recipient: mailtos://user:password@smtp.example.com?from=a@example.com
MAIL = env_url("ONEDOOR_MAIL", ("mailto", "mailtos"))
# The text message gateway that gets POST {"id", "phone", "text"}; "console" writes them to the log. Empty: none, but
# "console" in a demo database.
SMS = env_url("ONEDOOR_SMS", ("http", "https"), words=("console",))
SMS_TOKEN = env_str("ONEDOOR_SMS_TOKEN", "")
# Group robots; other addresses for a private edition or a relay.
ROBOTS = {
    "dingtalk": env_url("ONEDOOR_DINGTALK", ("http", "https"), "https://oapi.dingtalk.com/robot/send"),
    "wecom": env_url("ONEDOOR_WECOM", ("http", "https"), "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"),
}

# --- language, time, files --------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
# The open pages are marked for translation; a language is a line here and a folder under `locale` (see there).
LANGUAGES = [("zh-hans", "简体中文")]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = env_str("ONEDOOR_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [path for path in [PACKAGE / "web" / "static"] if path.exists()]
WHITENOISE_USE_FINDERS = True

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "onedoor.config.logs.Lines"}},
    "filters": {"no_addresses": {"()": "onedoor.config.logs.NoAddresses"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_addresses"]},
        "nowhere": {"class": "logging.NullHandler"},
    },
    # It names recipients, so it writes to no log; why a message has not gone is kept with the message.
    # Templates tell at DEBUG which name they did not find, and among what: the whole of what the page was given.
    "loggers": {
        "apprise": {"level": "DEBUG", "handlers": ["nowhere"], "propagate": False},
        "django.template": {"handlers": ["nowhere"], "propagate": False},
    },
    "root": {"handlers": ["stderr"], "level": env_str("ONEDOOR_LOG", "WARNING")},
}
