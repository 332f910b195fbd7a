"""The keys of a trial: words that anybody may read, refused everywhere else."""

import base64
import json
from collections.abc import Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kernel.web.settings import SAMPLE, raw_key


def keys(services: Sequence[str]) -> Mapping[str, str]:
    """As settings take them from the environment."""
    found = {
        "MAZHA_SUBJECT_KEY": f"{SAMPLE}-subject",
        "MAZHA_STAFF_KEY": public(signing("directory")),
        "MAZHA_SERVICE_KEYS": json.dumps({name: public(signing(name)) for name in services}),
    }
    for name in services:
        found[f"MAZHA_{name.upper()}_SECRET"] = f"{SAMPLE}-{name}"
        found[f"MAZHA_{name.upper()}_SIGNING_KEY"] = signing(name)
        found[f"MAZHA_{name.upper()}_VAULT_KEY"] = f"{SAMPLE}-{name}-vault"
    return found


def signing(service: str) -> str:
    return f"{SAMPLE}-{service}-signing"


def public(seed: str) -> str:
    private = Ed25519PrivateKey.from_private_bytes(raw_key(seed))
    return base64.b64encode(private.public_key().public_bytes_raw()).decode()
