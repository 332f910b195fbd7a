"""The first page that somebody opens is small, and the console's is not much larger."""

import pytest
from playwright.async_api import Browser, Response

from tests.browser.looking import looking
from tests.browser.scene import Scene

pytestmark = [pytest.mark.connected, pytest.mark.timeout(600)]
KIB = 1024
COUNTED = ("document", "stylesheet", "script")


async def weights(browser: Browser, scene: Scene, name: str) -> dict[str, int]:
    """Kind → bytes of it as they are transferred, to a browser that keeps nothing yet."""
    came: list[Response] = []
    async with looking(browser, scene.address, scene.sights[name]) as look:
        look.page.on("response", lambda response: came.append(response))
        await look.open(0)
        await look.page.wait_for_load_state("load")
        found = dict.fromkeys(COUNTED, 0)
        for one in came:
            if (kind := one.request.resource_type) in found:
                found[kind] += (await one.request.sizes())["responseBodySize"]
        return found


async def test_the_form_is_there_after_twenty_kib(browser: Browser, scene: Scene) -> None:
    found = await weights(browser, scene, "form")
    assert 0 < found["stylesheet"] <= 12 * KIB, found
    assert found["script"] and found["document"] and sum(found.values()) <= 20 * KIB, found


@pytest.mark.parametrize("name", ["queue", "case", "desk", "history"])
async def test_the_console_is_there_after_sixty_kib(
    name: str, browser: Browser, scene: Scene
) -> None:
    found = await weights(browser, scene, name)
    assert found["script"] and sum(found.values()) <= 60 * KIB, found
