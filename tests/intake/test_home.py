"""The way to one's own community, in two taps or by its name."""

from urllib.parse import quote

import pytest
from httpx2 import Response

from tests.journeys.city import TOWN, VILLAGE
from tests.journeys.web import Web, form_of

pytestmark = pytest.mark.connected


async def looked_for(web: Web, words: str) -> Response:
    """As the form sends it: nobody's address stands in one of ours."""
    sent = await web.send("/", {**form_of(await web.page("/"), "/"), "q": words})
    assert sent.status_code == 303 and quote(words) not in sent.headers["location"]
    return await web.page(sent.headers["location"])


async def test_a_community_is_two_taps_away(web: Web) -> None:
    home = await web.page("/")
    assert 'href="/?in=620105"' in home.text
    county = await web.page("/?in=620105")
    assert f'href="/o/{TOWN}/report"' in county.text
    assert f'href="/o/{VILLAGE}/report">建宁路社区</a>' in county.text


async def test_it_is_found_by_its_name_and_what_is_not_there_is_said(web: Web) -> None:
    found = await looked_for(web, "建宁路")
    assert "您找的是建宁路社区" in found.text
    assert "安宁区 › 培黎街道" in found.text
    near = await looked_for(web, "建宁街")
    assert "没有找到“建宁街”" in near.text
    assert "建宁路社区</a>" in near.text
    odd = await looked_for(web, '"><script>')
    assert "<script>" not in odd.text.replace('<script type="module"', "")
