"""Who may be asked to a meeting, and who sits at its table: by seat and organisation alone."""

from collections import Counter
from collections.abc import Collection

from contracts.meetings import ParticipantInvited
from contracts.permission import Role
from services.meetings.pages.look import Visit
from services.meetings.projections.meeting_file import MeetingFile
from services.meetings.projections.seated import seated
from skin.pages import CHINESE
from skin.words import said

Options = list[tuple[str, str]]
"""(value, words) of a list to choose from."""
LEADERS = (
    Role.TOWN_COMMITTEE,
    Role.COMMUNITY_SECRETARY,
    Role.STATION_STAFF,
    Role.TOWN_LIAISON,
    Role.COMMUNITY_LIAISON,
    Role.MEMBER,
)
"""Who may call, chair or record a meeting."""


async def seats(at: Visit, org: str, roles: Collection[Role]) -> Options:
    """No name is ever shown: two of the same role are told apart by a number."""
    rows = await seated(at.db, around(at, org), roles)
    alike, nth = Counter((row.role, row.org) for row in rows), Counter[tuple[str, str]]()
    found = Options()
    for row in rows:
        which = (row.role, row.org)
        nth[which] += 1
        number = f" {nth[which]}" if alike[which] > 1 else ""
        found.append((row.seat_id, f"{said(row.role, CHINESE)} · {at.place(row.org)}{number}"))
    return found


def around(at: Visit, org: str) -> list[str]:
    """The organisation, and the one above it: a town's members come to its villages too."""
    over = at.ground.tree.above.get(org)
    return [org, over] if over else [org]


async def members(at: Visit, file: MeetingFile) -> Options:
    return await seats(at, file.org, [Role.MEMBER])


async def leaders(at: Visit, file: MeetingFile) -> list[tuple[str, str]]:
    """(what they do, who that is) of the three whom a draft names."""
    drafted, known = file.meeting.drafted, dict(await seats(at, file.org, LEADERS))
    if drafted is None:
        return []
    named = {
        "召集人": drafted.convenor_seat,
        "主持": drafted.chair_seat,
        "记录": drafted.recorder_seat,
    }
    return [(what, known.get(str(seat), "已换岗")) for what, seat in named.items()]


async def table(at: Visit, file: MeetingFile) -> list[tuple[ParticipantInvited, str, bool]]:
    """(place, whose it is as far as that is said, whether they came)."""
    meeting, names = file.meeting, dict(await members(at, file))
    return [
        (invited, names.get(str(invited.member_seat), ""), place in meeting.present)
        for place, invited in sorted(meeting.places.items())
    ]
