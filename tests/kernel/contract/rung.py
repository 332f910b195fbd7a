"""Records of a till as its service would tell them, and such as nobody should."""

import json
from datetime import UTC, datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from kernel.decider import Actor
from kernel.envelope import Envelope, to_headers
from tests.kernel.contract.wire import Said

AT = datetime(2030, 1, 1, tzinfo=UTC)
CASHIER = Actor(UUID(int=9), "cashier", "north")


def rung(key: str, version: int, amount: object = None, epoch: int = 1, **more: object) -> Said:
    """Of stream `till-<key>`. Unless it is said, its amount is its version."""
    ident = uuid5(NAMESPACE_OID, f"{key} {epoch} {version}")
    envelope = Envelope(
        source="till",
        stream=f"till-{key}",
        key=key,
        version=version,
        epoch=epoch,
        id=ident,
        type="Rung",
        schema_ver=1,
        at=AT,
        actor=CASHIER,
        cause=ident,
        correlation=ident,
    )
    value = json.dumps({"amount": version if amount is None else amount, **more}).encode()
    return Said(key.encode(), value, to_headers(envelope.written(), bytes(32)))


def with_headers(said: Said, **changed: bytes | None) -> Said:
    """`time=b"..."` is header ce_time."""
    names = {f"ce_{name}": value for name, value in changed.items()}
    headers = {**dict(said.headers), **names}
    return said._replace(headers=list(headers.items()))
