"""Which codes hang where, and which of them still open the form?"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from contracts.intake import QrIssued, QrRevoked
from kernel.database import Database
from kernel.envelope import About
from kernel.read.projection import Changes, Projection
from registry.organisations import below


@dataclass(slots=True)
class GateCode:
    qr_id: str
    org: str = ""
    place: str = ""
    issued_at: datetime | None = None
    revoked_at: datetime | None = None
    replaced_by: UUID | None = None


gate_code = Projection(GateCode, key="qr_id", version=1, indexes=("org",))


@gate_code.when(QrIssued)
def issued(_row: GateCode, fact: QrIssued, about: About) -> Changes:
    return {"org": fact.org_code, "place": fact.place, "issued_at": about.at}


@gate_code.when(QrRevoked)
def revoked(_row: GateCode, fact: QrRevoked, about: About) -> Changes:
    return {"revoked_at": about.at, "replaced_by": fact.replaced_by}


# The seat's subtree decides what is seen at all; what still hangs stands first.
HANGING = below("""
select g.* from read.gate_code g join below on below.code = g.org
 order by revoked_at is not null, issued_at desc, qr_id limit :most
""")
ONE = text("select * from read.gate_code where qr_id = :qr")


async def hanging(db: Database, org: str, most: int = 200) -> list[GateCode]:
    """For a seat on `org`: the codes there and below it."""
    return [GateCode(**row._mapping) for row in await db.all(HANGING, org=org, most=most)]


async def gate(db: Database, qr: str) -> GateCode | None:
    return next((GateCode(**row._mapping) for row in await db.all(ONE, qr=qr)), None)
