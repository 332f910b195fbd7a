"""A trial's text messages, in full: none of them was sent."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.notify import Template
from services.notify.sms import TrialSink
from services.notify.texts import MOST, SIGNATURE
from skin.pages import Pages

PAGES = Pages("services.notify.pages")
CALLED = {
    Template.LOGIN_CODE: "验证码",
    Template.RECEIVED: "收到了",
    Template.ACCEPTED: "已受理",
    Template.ANSWERED: "有答复",
    Template.REWORK: "重新办理",
    Template.NOT_HERE: "不在这里办",
}


def routes(sink: TrialSink) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/trial/sms")
    async def page(request: Request) -> Response:
        newest = [(one, f"【{SIGNATURE}】{one.text}") for one in reversed(sink.kept)]
        return PAGES.show(request, "sms.html", messages=newest, called=CALLED, most=MOST)

    @router.post("/trial/sms/clear")
    async def clear() -> Response:
        sink.kept.clear()
        return RedirectResponse("/trial/sms", 303)

    return router
