"""All scenarios, in the order of the table."""

from collections.abc import Mapping

from bench.scenario import Scenario
from bench.scenarios.append import AppendFive, AppendOne
from bench.scenarios.inbox import Hearing
from bench.scenarios.journey import Journey
from bench.scenarios.projection import CatchUp
from bench.scenarios.rebuild import Rebuild
from bench.scenarios.relay import Telling
from bench.scenarios.submissions import Queued, Submissions
from bench.scenarios.trial import Trial

SCENARIOS: Mapping[str, type[Scenario]] = {
    scenario.name: scenario
    for scenario in (
        AppendFive,
        AppendOne,
        CatchUp,
        Telling,
        Hearing,
        Rebuild,
        Journey,
        Submissions,
        Queued,
        Trial,
    )
}
