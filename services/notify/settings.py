"""Which gateway text messages leave by. Without one a trial keeps them, and nothing else starts."""

from typing import Literal

from httpx2 import AsyncClient
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kernel.web.settings import WrongSettings
from services.notify.gateways import Aliyun, Now, Tencent
from services.notify.sms import Sms, TrialSink
from services.notify.texts import SIGNATURE

PREFIX = "MAZHA_NOTIFY_SMS_"


class SmsSettings(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore", env_prefix=PREFIX)

    gateway: Literal["", "aliyun", "tencent"] = Field(
        "", description="who sends text messages: aliyun or tencent; empty in a trial alone"
    )
    key_id: str = Field("", description="AccessKeyId or SecretId of the vendor")
    key: str = Field("", repr=False, description="AccessKeySecret or SecretKey of the vendor")
    sign: str = Field(SIGNATURE, description="the approved signature, without brackets")
    templates: dict[str, str] = Field(
        default_factory=dict, description="JSON: template → its number with the vendor"
    )
    app: str = Field("", description="SmsSdkAppId; Tencent alone asks for it")
    region: str = Field("ap-guangzhou", description="Tencent's region")


def sms_settings() -> SmsSettings:
    """Raises WrongSettings in words."""
    try:
        return SmsSettings()
    except ValidationError as error:
        lines = (f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise WrongSettings("\n".join(lines)) from None


def gateway_of(settings: SmsSettings, trial: bool, http: AsyncClient, now: Now) -> Sms:
    """Never a silent one: outside a trial somebody waits for these messages."""
    if not settings.gateway:
        if not trial:
            raise WrongSettings(f"{PREFIX}GATEWAY: needed outside a trial (aliyun or tencent)")
        return TrialSink(now)
    if not (settings.key_id and settings.key):
        raise WrongSettings(f"{PREFIX}KEY_ID, {PREFIX}KEY: needed by {settings.gateway}")
    given = (http, now, settings.key_id, settings.key, settings.sign, settings.templates)
    if settings.gateway == "aliyun":
        return Aliyun(*given)
    tencent = Tencent(*given)
    tencent.app, tencent.region = settings.app, settings.region
    return tencent
