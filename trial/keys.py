"""The keys of a city: its own, or those of a trial, words that anybody may read."""

import base64
import json
import secrets
from collections.abc import Callable, Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kernel.web.settings import SAMPLE, raw_key


def sample(what: str) -> str:
    """Refused everywhere but in a trial."""
    return f"{SAMPLE}-{what}"


def fresh(_what: str) -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def keys(services: Sequence[str], made: Callable[[str], str] = sample) -> Mapping[str, str]:
    """As settings take them from the environment."""
    seeds = {name: made(f"{name}-signing") for name in (*services, "directory")}
    found = {
        "MAZHA_SUBJECT_KEY": made("subject"),
        "MAZHA_STAFF_KEY": public(seeds["directory"]),
        "MAZHA_SERVICE_KEYS": json.dumps({name: public(seeds[name]) for name in services}),
    }
    for name in services:
        found[f"MAZHA_{name.upper()}_SECRET"] = made(name)
        found[f"MAZHA_{name.upper()}_SIGNING_KEY"] = seeds[name]
        found[f"MAZHA_{name.upper()}_VAULT_KEY"] = made(f"{name}-vault")
    return found


def signing(service: str) -> str:
    """Of a trial."""
    return sample(f"{service}-signing")


def public(seed: str) -> str:
    private = Ed25519PrivateKey.from_private_bytes(raw_key(seed))
    return base64.b64encode(private.public_key().public_bytes_raw()).decode()
