"""Does it live, may it be asked, how does it do: for those who watch it, never for the public."""

import asyncio

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text

from kernel.read import tables
from kernel.web.metrics import LIMIT, Gauges, lags
from kernel.web.problems import unbuilt
from kernel.web.running import Running

PRESENT = text("select source from kernel.identity")
OK, UNBUILT = "ok", "the kernel's tables are missing: run the migrations"


def routes(running: Running) -> APIRouter:
    router = APIRouter(prefix=f"/api/{running.service.name}", include_in_schema=False)
    gauges = Gauges(running)

    @router.get("/livez")
    async def livez() -> dict[str, bool]:
        """The loop turns, or this would not answer. A restart brings back no database."""
        return {"alive": True}

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        found = await checks(running)
        ready = all(said == OK for name, said in found.items() if name != "kafka")
        return JSONResponse({"ready": ready, "checks": found}, 200 if ready else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(await gauges.scrape(), media_type=CONTENT_TYPE_LATEST)

    return router


async def checks(running: Running) -> dict[str, str]:
    """Kafka is only shown: without it commands are accepted all the same, and told later."""
    deaf = [purpose for purpose, lag in lags(running).items() if lag < 0]
    found = {
        "opened": OK if running.opened else "not yet",
        "database": OK,
        "keys": OK if running.has_keys else "not all heard yet",
        "projections": "unknown",
        "kafka": f"nothing is heard for: {', '.join(deaf)}" if deaf else OK,
    }
    try:
        async with asyncio.timeout(LIMIT):
            return found | {"projections": await _projections(running)}
    except Exception as error:
        return found | {"database": UNBUILT if unbuilt(error) else type(error).__name__}


async def _projections(running: Running) -> str:
    async with running.db.engine.connect() as conn:
        await conn.execute(PRESENT)
        live = await tables.live(conn, running.service.projections)
    missing = [p.name for p in running.service.projections if p not in live]
    return f"not in this version yet: {', '.join(missing)}" if missing else OK
