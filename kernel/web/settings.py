"""The settings of one service: typed, and refusing to start when one is missing or a sample."""

import base64
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SAMPLE = "sample"
# The reader, whose reactions write, holds one while it asks for another; facts and heads each hold
# one while Kafka hangs, and so does a rebuild that waits to swap; one more serves everybody else.
LEAST_POOL = 5


class WrongSettings(Exception):
    """One line for each setting that is missing or wrong."""


def key_bytes(value: str) -> str:
    """32 bytes in base64; or, in a trial only, a word that begins with `sample`."""
    if value.startswith(SAMPLE):
        return value
    if len(base64.b64decode(value, validate=True)) != 32:
        raise ValueError("must be 32 bytes in base64")
    return value


Key = Annotated[str, AfterValidator(key_bytes)]


class Settings(BaseSettings):
    """Read from MAZHA_<SERVICE>_<NAME>; those that all services share from MAZHA_<NAME>."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    database_url: str = Field(repr=False, description="postgresql:// address of its own database")
    secret: Key = Field(repr=False, description="keys the digests of commands")
    signing_key: Key = Field(
        repr=False, description="Ed25519 seed that signs tree heads and service tokens"
    )
    vault_key: Key | None = Field(
        None, repr=False, description="wraps the keys of persons, if it has a vault"
    )
    port: int = Field(8000, description="where it listens when it runs alone")
    pool: int = Field(LEAST_POOL, ge=LEAST_POOL, description="most database connections")
    statement_limit: float = Field(60, gt=0, description="seconds that a statement may take")
    lease: float = Field(60, gt=0, description="seconds after which a paused leader loses the lead")
    member: str | None = Field(None, description="unique name of this replica, for quick restarts")
    kafka: str = Field(validation_alias="MAZHA_KAFKA", description="host:port of the brokers")
    subject_key: Key | None = Field(
        None,
        repr=False,
        validation_alias="MAZHA_SUBJECT_KEY",
        description="wraps the keys of sealed texts; only services that may read them have it",
    )
    data: Path = Field(
        Path(".mazha"), validation_alias="MAZHA_DATA", description="folder for files"
    )
    trial: bool = Field(
        False, validation_alias="MAZHA_TRIAL", description="sample secrets and a movable clock"
    )
    topic_prefix: str = Field(
        "", validation_alias="MAZHA_TOPIC_PREFIX", description="put before every topic and group"
    )
    watchdog: float = Field(
        60,
        validation_alias="MAZHA_WATCHDOG",
        description="seconds without progress before a consumer is replaced",
    )

    @model_validator(mode="after")
    def no_samples_outside_a_trial(self) -> "Settings":
        keys = ("secret", "signing_key", "vault_key", "subject_key")
        samples = [name for name in keys if str(getattr(self, name) or "").startswith(SAMPLE)]
        if samples and not self.trial:
            raise ValueError(f"sample secrets outside a trial: {', '.join(samples)}")
        return self


S = TypeVar("S", bound=Settings)


def settings_of(service: str, kind: type[S], **given: Any) -> S:
    """From the environment; what is `given` wins. Raises WrongSettings in words."""
    prefix = f"MAZHA_{service.upper()}_"
    try:
        return kind(_env_prefix=prefix, **given)
    except ValidationError as error:
        raise WrongSettings("\n".join(_line(prefix, e) for e in error.errors())) from None


def _line(prefix: str, error: Any) -> str:
    name = str(error["loc"][0]) if error["loc"] else ""
    said = name if name.startswith("MAZHA_") else prefix + name.upper()
    return f"{said}: {error['msg']}" if name else f"{prefix}*: {error['msg']}"


def raw_key(value: str) -> bytes:
    """The bytes of a checked key; a trial's sample is stretched, and worth nothing."""
    if value.startswith(SAMPLE):
        return value.encode().ljust(32, b".")[:32]
    return base64.b64decode(value)
