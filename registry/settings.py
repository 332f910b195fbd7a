"""What every service of the city is told besides what the kernel asks."""

from typing import Any

from pydantic import Field

from kernel.web.settings import Key, Settings, settings_of


class CitySettings(Settings):
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


def city_settings(service: str, **given: Any) -> CitySettings:
    """Raises WrongSettings in words."""
    return settings_of(service, CitySettings, **given)
