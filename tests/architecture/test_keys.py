"""A key has one maker (decision 7): no two services close texts under the same kind of subject."""

import re
from collections import defaultdict

from tests.architecture.tree import ROOT

CLOSES = re.compile(r"\bSealed\(\s*\"([a-z]+)")


def test_no_two_services_close_under_the_same_subject() -> None:
    makers: dict[str, set[str]] = defaultdict(set)
    for path in (ROOT / "services").glob("*/**/*.py"):
        for subject in CLOSES.findall(path.read_text(encoding="utf-8")):
            makers[subject].add(path.relative_to(ROOT / "services").parts[0])
    assert makers["case"] == {"routing"}
    assert {subject: services for subject, services in makers.items() if len(services) > 1} == {}
