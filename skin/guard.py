"""A form of another site cannot act in the name of who is signed in here."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

SAFE = ("GET", "HEAD", "OPTIONS")
NO = "请求来自别的网站，没有办理。请回到本站再提交。"


class SameOrigin:
    """What browsers say of where a request came from; programs that are no browser say nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        let_in = scope["type"] != "http" or trusted(Request(scope))
        await (self.app if let_in else PlainTextResponse(NO, 403))(scope, receive, send)


def trusted(request: Request) -> bool:
    if request.method in SAFE:
        return True
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")  # old WebViews send no Sec-Fetch-Site
    if origin is not None:
        return urlsplit(origin).netloc == request.headers.get("host")
    return not request.cookies  # no browser that could be led astray has anything to lose
