"""The server's own settings, read once from the environment. A merchant's live in its YAML."""

from enum import StrEnum
from pathlib import Path
from typing import Final

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from sokoni.errors import AppError

_DATABASES: Final = ("sqlite", "postgresql", "mysql", "mariadb")


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """`SOKONI_…` variables (design §7)."""

    model_config = SettingsConfigDict(
        env_prefix="SOKONI_", frozen=True, extra="ignore", populate_by_name=True
    )

    database_url: str = "sqlite:///sokoni.db"
    """`sqlite:///…`, `postgresql://…` or `mysql://…`; the driver is ours to choose."""
    redis_url: str = ""
    """Optional: spreads requests and wakes processes. What is lost with it is speed."""
    search_cache: bool = False
    """Remember for a few minutes what searches come upon: in Redis where there is one, else in
    each process. What is shown is read anew, whatever is remembered."""
    secret_keys: SecretStr = SecretStr("")
    """Comma-separated base64url keys of 32 bytes, newest first."""
    public_url: str = "http://127.0.0.1:8000"
    """Where providers reach the server."""
    log_level: str = "INFO"
    env: Environment = Environment.DEVELOPMENT
    """Production shuts the simulator, logs JSON, insists on keys and refuses unsafe settings."""

    # Limits on what one installation does; every figure is a setting (CV-24, SE-03).
    turn_batch: int = 100
    """Most conversations in one transaction."""
    turn_attempts: int = 5
    """An event that failed so often is parked."""
    unknown_after_seconds: float = 60.0
    """How long a send of unknown outcome waits for its status."""
    contact_rate_per_minute: int = 60
    """Messages of one contact answered in a minute; 0 lifts the limit."""
    circle_turns: int = 10
    """Answers given again in a row, within a minute of one another, after which the contact is
    taken for a machine and not answered for an hour; 0 lifts the limit."""
    global_rate_per_second: int = 0
    """Messages taken in a second over all merchants; 0 lifts the limit."""
    send_concurrency: int = 256
    """Messages on the wire to providers at a time."""
    number_per_second: float = 0
    """Messages a second that each number may send; 0: what its channel allows."""
    pairwise_pacing: bool = True
    """Keep to one message per 6 s and contact, with a burst of 45, as WhatsApp asks."""

    # Files that contacts send.
    media_dir: Path | None = None
    """Where they are kept, sealed; unless said in a folder beside the SQLite database, else
    `sokoni.media`. Several machines must share it, or use a bucket."""
    media_base_url: str = Field(
        "", validation_alias=AliasChoices("SOKONI_MEDIA_BASE_URL", "MEDIA_BASE_URL")
    )
    """Where providers fetch them; unless said `SOKONI_PUBLIC_URL`. `MEDIA_BASE_URL` counts too."""
    media_link_hours: int = Field(72, ge=1)
    """A link to a file is good for so long: as long as a message may wait to be sent."""
    media_image_mb: int = Field(10, ge=1, le=100)
    """A picture may be so large when it is fetched."""
    media_document_mb: int = Field(15, ge=1, le=100)
    """A document may be so large."""
    media_megapixels: int = Field(50, ge=1, le=100)
    """A picture may have so many dots when it is unpacked, in millions."""
    media_private_hosts: str = ""
    """Comma-separated hosts on this machine or network that files may be fetched from, as in the
    `base_url` of a bridge of your own. No other private address is ever asked."""
    media_bucket_url: str = ""
    """Address of a bucket that keeps them in place of the folder, its name in the host or path."""
    media_bucket_region: str = "us-east-1"
    """The bucket's region; what it is called where there are none."""
    media_bucket_key_id: str = ""
    """Name of the key that opens the bucket."""
    media_bucket_secret: SecretStr = SecretStr("")
    """The key itself."""

    # Places that our own gazetteer cannot name.
    nominatim_url: str = ""
    """Asks Nominatim which suburb or village a location lies in, where we know only the town, or
    nothing: `https://nominatim.openstreetmap.org`, or a server of one's own. Empty: nobody is
    asked."""
    nominatim_user_agent: str = Field(
        "",
        validation_alias=AliasChoices("SOKONI_NOMINATIM_USER_AGENT", "GEOPY_NOMINATIM_USER_AGENT"),
    )
    """Who asks, with an address to write to: `my-shop/1.0 (me@example.com)`. Must be given with
    the URL; `GEOPY_NOMINATIM_USER_AGENT` counts too."""
    nominatim_every_seconds: float = Field(1.1, ge=0)
    """The whole installation asks once in so long. OpenStreetMap's own server wants a second at
    least."""

    # What is over is deleted after so many days.
    event_days: int = Field(14, ge=8)
    """Handled events stay so long; Meta repeats a webhook for a week, and they tell that."""
    request_days: int = Field(30, ge=1)
    """Requests to the outside world that ended stay so long."""
    message_days: int = Field(0, ge=0)
    """The log of what was said stays so long; 0 keeps it for ever."""
    review_days: int = Field(0, ge=0)
    """Deals, and what both sides said of one another, stay so long; 0 keeps them for ever."""
    report_days: int = Field(365, ge=0)
    """Reports and appeals stay so long after staff decided; 0 keeps them for ever."""
    miss_days: int = Field(90, ge=1)
    """Words that were looked for in vain, without who looked, stay so long."""
    code_days: int = Field(2, ge=2)
    """Codes that nobody typed stay so long, and how many were sent to a number: the limits of a
    day are counted by it."""
    media_days: int = Field(60, ge=1)
    """Files that nothing uses stay so long: longer than a task may stay half done."""

    @property
    def production(self) -> bool:
        return self.env is Environment.PRODUCTION

    @property
    def key_file(self) -> Path:
        """Where development keys are kept: beside an SQLite database, else in the folder."""
        return self._beside(".keys")

    @property
    def media_folder(self) -> Path:
        """Where files are kept."""
        return self.media_dir or self._beside(".media")

    def _beside(self, ending: str) -> Path:
        path = self.database_url.partition(":///")[2] if "sqlite" in self.database_url else ""
        return Path(path or "sokoni").with_suffix(ending)


class InvalidSettingsError(AppError):
    """A variable has a value of the wrong kind."""

    code = "settings_invalid"
    http_status = 500


def read_settings() -> Settings:
    """Read the environment, or say which variable is wrong, never its value."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = (
            f"SOKONI_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}"
            for one in error.errors()
        )
        raise InvalidSettingsError("\n".join(wrong)) from error


class UnsafeSettingsError(AppError):
    """Production must not start like this (T-16)."""

    code = "settings_unsafe"
    http_status = 500


def check_settings(settings: Settings) -> None:
    """Refuse a database URL that is none and, in production, one that anybody may open."""
    _check_nominatim(settings)
    url = _database(settings.database_url)
    all_powerful = url.get_backend_name() in {"mysql", "mariadb"} and url.username == "root"
    if settings.production and all_powerful and not url.password:
        raise UnsafeSettingsError(
            "SOKONI_DATABASE_URL connects as root without a password. Production needs a "
            "database user of its own, with a password."
        )


def _check_nominatim(settings: Settings) -> None:
    if settings.nominatim_url and not settings.nominatim_user_agent.strip():
        raise UnsafeSettingsError(
            "SOKONI_NOMINATIM_USER_AGENT must say who asks Nominatim, with an address to write to."
        )
    if "nominatim.openstreetmap.org" in settings.nominatim_url and (
        settings.nominatim_every_seconds < 1
    ):
        raise UnsafeSettingsError(
            "SOKONI_NOMINATIM_EVERY_SECONDS: OpenStreetMap's server may be asked once a second."
        )


def _database(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise UnsafeSettingsError("SOKONI_DATABASE_URL is no database URL.") from error
    kind = url.get_backend_name()
    if kind not in _DATABASES:
        known = ", ".join(_DATABASES)
        raise UnsafeSettingsError(f"SOKONI_DATABASE_URL names {kind}; there is: {known}.")
    if kind == "sqlite" and url.database and not Path(url.database).absolute().parent.is_dir():
        raise UnsafeSettingsError(
            f"SOKONI_DATABASE_URL: there is no folder {Path(url.database).parent}."
        )
    return url
