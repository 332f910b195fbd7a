"""What every service of the city is told besides what the kernel asks."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from kernel.web.settings import Key, Settings, settings_of


def on_asyncpg(url: str) -> str:
    """As everybody writes an address, with the driver that we speak through."""
    return re.sub(r"^postgres(ql)?://", "postgresql+asyncpg://", url)


class CitySettings(Settings):
    database_url: Annotated[str, AfterValidator(on_asyncpg)] = Field(
        repr=False, description="postgresql:// address of its own database"
    )
    staff_key: Key = Field(
        validation_alias="MAZHA_STAFF_KEY",
        description="directory's public key, which checks who of the staff is signed in",
    )
    service_keys: dict[str, Key] = Field(
        default_factory=dict,
        validation_alias="MAZHA_SERVICE_KEYS",
        description="JSON: service → its public key, for what services ask each other",
    )
    internal_url: str = Field(
        "http://127.0.0.1:8000",
        validation_alias="MAZHA_INTERNAL_URL",
        description="where services find each other; {service} stands for the name",
    )
    public_url: str = Field(
        "http://127.0.0.1:8000",
        validation_alias="MAZHA_PUBLIC_URL",
        description="where residents find the city; printed in its codes",
    )


VaultKey = Annotated[Key, Field(repr=False, description="wraps the keys of persons")]
SubjectKey = Annotated[
    Key,
    Field(
        repr=False, validation_alias="MAZHA_SUBJECT_KEY", description="wraps keys of sealed texts"
    ),
]


class Opening(CitySettings):
    """Of a service that opens sealed texts."""

    subject_key: SubjectKey


class Keeping(CitySettings):
    """Of a service that has a vault of people's names."""

    vault_key: VaultKey


class OpeningAndKeeping(Opening):
    """Of the service where residents' own words and names come in."""

    vault_key: VaultKey


KINDS: Mapping[str, type[CitySettings]] = {
    "intake": OpeningAndKeeping,
    "routing": Opening,
    "meetings": Opening,
    "directory": Keeping,
    "audit": Opening,
}


def city_settings(service: str, **given: Any) -> CitySettings:
    """Raises WrongSettings in words."""
    return settings_of(service, kind_of(service), **given)


def kind_of(service: str) -> type[CitySettings]:
    """A key that a service cannot do without is asked for before it starts."""
    return KINDS.get(service, CitySettings)
