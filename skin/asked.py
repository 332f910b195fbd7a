"""What somebody looks for, in an address that tells it to nobody: the words stand there closed.

Addresses end up in histories and in the logs of others, and people look for places and names.
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import urlencode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Request

from kernel.seal.box import NONCE
from skin.forms import sent


def key_of(secret: bytes) -> AESGCM:
    return AESGCM(hmac.new(secret, b"asked", hashlib.sha256).digest())


def address_of(secret: bytes, words: str, **more: object) -> str:
    """Of the page that shows what is found, as seen from the page itself."""
    nonce = os.urandom(NONCE)
    box = nonce + key_of(secret).encrypt(nonce, words.encode(), None)
    return f"?{urlencode({'for': urlsafe_b64encode(box).decode(), **more})}"


def asked(secret: bytes, request: Request) -> str:
    """What the address asks for; `q` is for whoever writes one by hand."""
    token = request.query_params.get("for")
    if token is None:
        return request.query_params.get("q", "").strip()
    try:
        raw = urlsafe_b64decode(token.encode())
        return key_of(secret).decrypt(raw[:NONCE], raw[NONCE:], None).decode()
    except (ValueError, InvalidTag):
        return ""


async def typed(request: Request, most: int) -> str:
    """In the form that is sent here."""
    words: str = (await sent(request)).get("q", "")
    return words[:most]
