"""Requests are signed as the vendors' own examples are, and carry what was asked."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from httpx2 import AsyncClient, MockTransport, Request, Response

from contracts.notify import Template
from kernel.web.settings import WrongSettings
from services.notify.gateways import Aliyun, Tencent, acs3, sha256, tc3
from services.notify.settings import SmsSettings, gateway_of
from services.notify.sms import NotSent, TrialSink

AT = datetime(2019, 2, 25, 16, 44, 25, tzinfo=UTC)
NUMBER, CODE = "13800138000", {"code": "482913"}
Made = Callable[[Any], tuple[Any, list[Request]]]


async def now() -> datetime:
    return AT


def test_aliyuns_own_example_comes_out() -> None:
    """help.aliyun.com/document_detail/2712195.html, “固定参数示例”."""
    query = {
        "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        "RegionId": "cn-shanghai",
    }
    heads = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": sha256(b""),
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    assert acs3("YourAccessKeyId", "YourAccessKeySecret", query, heads) == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
        "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


PAYLOAD = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
HEADS = {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com"}
EXAMPLES = [
    # As the page had it up to 2022, with the keys of its time.
    (
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        HEADS,
        "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
    ),
    # As it has it since: the keys are stars, and were so when it was signed.
    (
        "*" * 32,
        {**HEADS, "x-tc-action": "describeinstances"},
        "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f",
    ),
]


@pytest.mark.parametrize(("key", "heads", "signature"), EXAMPLES)
def test_tencents_own_examples_come_out(key: str, heads: dict[str, str], signature: str) -> None:
    """cloud.tencent.com/document/api/213/30654."""
    mark = tc3("AKIDEXAMPLE", key, "cvm", AT, heads, PAYLOAD)
    names = ";".join(sorted(heads))
    scope = "AKIDEXAMPLE/2019-02-25/cvm/tc3_request"
    assert mark == (
        f"TC3-HMAC-SHA256 Credential={scope}, SignedHeaders={names}, Signature={signature}"
    )


@pytest.fixture
async def asking() -> AsyncIterator[Made]:
    """(a client that is answered with this, what it was asked)."""
    clients: list[AsyncClient] = []

    def make(answer: Any, status: int = 200) -> tuple[AsyncClient, list[Request]]:
        seen: list[Request] = []

        def answered(request: Request) -> Response:
            seen.append(request)
            return Response(status, json=answer)

        clients.append(AsyncClient(transport=MockTransport(answered)))
        return clients[-1], seen

    yield make
    for client in clients:
        await client.aclose()


def aliyun(http: AsyncClient) -> Aliyun:
    return Aliyun(http, now, "id", "key", "兰州政协", {Template.LOGIN_CODE: "SMS_1"})


def tencent(http: AsyncClient) -> Tencent:
    gateway = Tencent(http, now, "id", "key", "兰州政协", {Template.LOGIN_CODE: "1001"})
    gateway.app = "1400000000"
    return gateway


async def test_aliyun_is_asked_for_a_template_and_what_fills_it(asking: Made) -> None:
    http, seen = asking({"Code": "OK"})
    await aliyun(http).send(NUMBER, Template.LOGIN_CODE, CODE)
    (request,) = seen
    query = dict(request.url.params)
    assert query.pop("TemplateParam") == '{"code": "482913"}'
    assert query == {"PhoneNumbers": NUMBER, "SignName": "兰州政协", "TemplateCode": "SMS_1"}
    signed = {name: request.headers[name] for name in request.headers if name.startswith("x-acs")}
    signed["host"] = request.headers["host"]
    again = acs3("id", "key", dict(request.url.params), signed)
    assert request.headers["authorization"] == again
    assert request.url.host == "dysmsapi.aliyuncs.com"


async def test_tencent_is_asked_for_a_template_and_what_fills_it(asking: Made) -> None:
    http, seen = asking({"Response": {"SendStatusSet": [{"Code": "Ok"}]}})
    await tencent(http).send(NUMBER, Template.LOGIN_CODE, CODE)
    (request,) = seen
    said = json.loads(request.content)
    assert (said["PhoneNumberSet"], said["TemplateParamSet"]) == ([f"+86{NUMBER}"], ["482913"])
    assert (said["TemplateId"], said["SmsSdkAppId"]) == ("1001", "1400000000")
    heads = {name: request.headers[name] for name in ("content-type", "host")}
    assert request.headers["authorization"] == tc3("id", "key", "sms", AT, heads, request.content)


REFUSED: list[tuple[Callable[[AsyncClient], Any], Any, str]] = [
    (aliyun, {"Code": "isv.BUSINESS_LIMIT_CONTROL"}, "gateway:isv.BUSINESS_LIMIT_CONTROL"),
    (tencent, {"Response": {"Error": {"Code": "AuthFailure"}}}, "gateway:AuthFailure"),
    (tencent, {"Response": {"SendStatusSet": [{"Code": "Limit"}]}}, "gateway:Limit"),
    (tencent, {}, "gateway:None"),
]


@pytest.mark.parametrize(("gateway", "answer", "why"), REFUSED)
async def test_what_a_gateway_refuses_is_said_in_its_own_code(
    asking: Made, gateway: Callable[[AsyncClient], Any], answer: Any, why: str
) -> None:
    http, _ = asking(answer)
    with pytest.raises(NotSent) as no:
        await gateway(http).send(NUMBER, Template.LOGIN_CODE, CODE)
    assert (no.value.why, no.value.final) == (why, False)


async def test_a_template_without_a_number_of_the_vendors_is_not_tried_again(asking: Made) -> None:
    http, seen = asking({"Code": "OK"})
    with pytest.raises(NotSent) as no:
        await aliyun(http).send(NUMBER, Template.RECEIVED, CODE)
    assert (no.value.final, seen) == (True, [])


async def test_a_sink_keeps_the_text_and_the_end_of_the_number() -> None:
    sink = TrialSink(now)
    for _ in range(300):
        await sink.send(NUMBER, Template.LOGIN_CODE, CODE)
    assert len(sink.kept) == 200
    assert sink.kept[0].text == "验证码482913，5分钟内有效，请勿告诉他人。"
    assert NUMBER not in repr(sink.kept)


def test_without_a_gateway_only_a_trial_starts(asking: Made) -> None:
    http, _ = asking({})
    assert isinstance(gateway_of(SmsSettings(), True, http, now), TrialSink)
    with pytest.raises(WrongSettings, match="MAZHA_NOTIFY_SMS_GATEWAY"):
        gateway_of(SmsSettings(), False, http, now)
    with pytest.raises(WrongSettings, match="MAZHA_NOTIFY_SMS_KEY"):
        gateway_of(SmsSettings(gateway="aliyun"), False, http, now)
    ready = SmsSettings(gateway="tencent", key_id="a", key="b", app="14")
    assert isinstance(gateway_of(ready, False, http, now), Tencent)
