"""The way to one's own community, in two taps or by its name."""

import pytest

from tests.journeys.city import TOWN, VILLAGE
from tests.journeys.web import Web

pytestmark = pytest.mark.connected


async def test_a_community_is_two_taps_away(web: Web) -> None:
    home = await web.page("/")
    assert 'href="/?in=620105"' in home.text
    county = await web.page("/?in=620105")
    assert f'href="/o/{TOWN}/report"' in county.text
    assert f'href="/o/{VILLAGE}/report">建宁路社区</a>' in county.text


async def test_it_is_found_by_its_name_and_what_is_not_there_is_said(web: Web) -> None:
    found = await web.page("/?q=建宁路")
    assert "您找的是建宁路社区" in found.text
    assert "安宁区 › 培黎街道" in found.text
    near = await web.page("/?q=建宁街")
    assert "没有找到“建宁街”" in near.text
    assert "建宁路社区</a>" in near.text
    odd = await web.page('/?q="><script>')
    assert "<script>" not in odd.text.replace('<script type="module"', "")
