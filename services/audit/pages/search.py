"""Where is that matter? By its code, by its place, by words of its text."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from kernel.handle import Store
from registry.ground import ground
from registry.staff import Staff
from services.audit.pages.history import deals, text_of
from services.audit.projections.found import PAGE, found, marked, query_of
from services.audit.projections.found import Query as Wanted
from skin.asked import address_of, asked, typed
from skin.pages import Pages
from skin.site import Base, console

PAGES = Pages("services.audit.pages")
HOME, MOST_TYPED = "/console/search", 60


def routes(base: Base) -> Iterable[APIRouter]:
    running = base.running
    router = APIRouter(include_in_schema=False)

    @router.get(HOME)
    async def search(
        request: Request,
        by: Annotated[Staff, Depends(base.staff)],
        page: Annotated[int, Query(ge=1, le=100)] = 1,
    ) -> Response:
        store = running.ready()
        query = query_of(asked(store.secret, request)[:MOST_TYPED])
        values = await page_of(store, by, query, page)
        return PAGES.show(request, "search.html", **console(by, "search", **values))

    @router.post(HOME, dependencies=[Depends(base.staff)])
    async def look_for(request: Request) -> Response:
        words = await typed(request, MOST_TYPED)
        return RedirectResponse(HOME + address_of(running.ready().secret, words), 303)

    yield router


async def page_of(store: Store, by: Staff, query: Wanted, page: int) -> dict[str, object]:
    result = await found(store, by.actor, query)
    first, last = (page - 1) * PAGE, page * PAGE
    return {
        "query": query,
        "result": result,
        "hits": result.hits[first:last],
        "names": {code: one.name for code, one in (await ground(store.db)).places.items()},
        "left": max(len(result.hits) - last, 0),
        "next": address_of(store.secret, query.typed, page=page + 1),
        "deals": deals(by),
        "marked": marked,
        "text_of": text_of,
    }
