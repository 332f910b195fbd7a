"""The gateways of two vendors: each one signed request, as its documentation has it."""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import uuid4

from httpx2 import AsyncClient, HTTPError

from contracts.notify import Template
from services.notify.sms import NotSent
from services.notify.texts import Values, blanks

LIMIT = 2.5
"""Seconds: somebody may wait for a code, and who asks for them gives up after three."""
Now = Callable[[], Awaitable[datetime]]
Heads = Mapping[str, str]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def keyed(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def canonical(query: Values, heads: Heads, body: bytes) -> tuple[str, str]:
    """(the request as both vendors write it down before they sign it, the names of its heads)."""
    pairs = "&".join(f"{quote(k, safe='~')}={quote(query[k], safe='~')}" for k in sorted(query))
    names = ";".join(sorted(heads))
    listed = "".join(f"{name}:{heads[name]}\n" for name in sorted(heads))
    return "\n".join(["POST", "/", pairs, listed, names, sha256(body)]), names


def acs3(key_id: str, key: str, query: Values, heads: Heads, body: bytes = b"") -> str:
    """Aliyun's ACS3-HMAC-SHA256 (help.aliyun.com/document_detail/2712195.html, “V3 版本请求体”)."""
    request, names = canonical(query, heads, body)
    mark = keyed(key.encode(), f"ACS3-HMAC-SHA256\n{sha256(request.encode())}").hex()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={mark}"


def tc3(key_id: str, key: str, service: str, at: datetime, heads: Heads, body: bytes) -> str:
    """Tencent's TC3-HMAC-SHA256: cloud.tencent.com/document/api/213/30654. The day is UTC's."""
    request, names = canonical({}, heads, body)
    day = f"{at.astimezone(UTC):%Y-%m-%d}"
    scope = f"{day}/{service}/tc3_request"
    stamp = int(at.timestamp())
    signing = keyed(keyed(keyed(b"TC3" + key.encode(), day), service), "tc3_request")
    mark = keyed(signing, f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(request.encode())}").hex()
    return f"TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={names}, Signature={mark}"


class Gateway:
    """What both need: keys, the approved signature, and each template's number with the vendor."""

    host: str

    def __init__(
        self,
        http: AsyncClient,
        now: Now,
        key_id: str,
        key: str,
        sign: str,
        codes: Mapping[str, str],
    ) -> None:
        self.http, self.now, self.key_id, self.key = http, now, key_id, key
        self.sign, self.codes = sign, codes

    def code(self, template: Template) -> str:
        try:
            return self.codes[template]
        except KeyError:
            raise NotSent("template-without-a-number", final=True) from None

    async def post(self, heads: Heads, query: Values, body: bytes) -> dict[str, object]:
        """Whatever the vendor answers; a person's number is in the request and nowhere else."""
        try:
            answer = await self.http.post(
                f"https://{self.host}/",
                params=dict(query),
                content=body,
                headers=dict(heads),
                timeout=LIMIT,
            )
            answer.raise_for_status()
            said: dict[str, object] = answer.json()
        except (HTTPError, ValueError):
            raise NotSent("gateway-away") from None
        return said


class Aliyun(Gateway):
    """Dysmsapi SendSms, 2017-05-25."""

    host = "dysmsapi.aliyuncs.com"

    async def send(self, number: str, template: Template, values: Values) -> None:
        query = {
            "PhoneNumbers": number,
            "SignName": self.sign,
            "TemplateCode": self.code(template),
            "TemplateParam": json.dumps(dict(values), ensure_ascii=False),
        }
        heads = await self.heads()
        mark = acs3(self.key_id, self.key, query, heads)
        said = await self.post({**heads, "authorization": mark}, query, b"")
        if said.get("Code") != "OK":
            raise NotSent(f"gateway:{said.get('Code')}"[:80])

    async def heads(self) -> Heads:
        return {
            "host": self.host,
            "x-acs-action": "SendSms",
            "x-acs-content-sha256": sha256(b""),
            "x-acs-date": f"{(await self.now()).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": uuid4().hex,
            "x-acs-version": "2017-05-25",
        }


class Tencent(Gateway):
    """sms SendSms, 2021-01-11. `app` is the number of the application that sends."""

    host = "sms.tencentcloudapi.com"
    app, region = "", "ap-guangzhou"

    async def send(self, number: str, template: Template, values: Values) -> None:
        body = self.body(number, template, values)
        heads = {"content-type": "application/json; charset=utf-8", "host": self.host}
        at = await self.now()
        mark = tc3(self.key_id, self.key, "sms", at, heads, body)
        more = {
            "authorization": mark,
            "x-tc-action": "SendSms",
            "x-tc-version": "2021-01-11",
            "x-tc-timestamp": str(int(at.timestamp())),
            "x-tc-region": self.region,
        }
        took(await self.post({**heads, **more}, {}, body))

    def body(self, number: str, template: Template, values: Values) -> bytes:
        said = {
            "PhoneNumberSet": [f"+86{number}"],
            "SmsSdkAppId": self.app,
            "SignName": self.sign,
            "TemplateId": self.code(template),
            "TemplateParamSet": [values[name] for name in blanks(template)],
        }
        return json.dumps(said, ensure_ascii=False).encode()


def took(said: Mapping[str, object]) -> None:
    """Of the one number that it was given. Raises NotSent with the vendor's own code."""
    answer = said.get("Response")
    answer = answer if isinstance(answer, dict) else {}
    whole = answer.get("Error") or {}
    each = (answer.get("SendStatusSet") or [{}])[0]
    code = whole.get("Code") or each.get("Code")
    if code != "Ok":
        raise NotSent(f"gateway:{code}"[:80])
