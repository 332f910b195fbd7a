"""A photo as it may be kept: decoded, turned upright, made smaller and written anew.

So nothing is left of what cameras write beside a picture: no place, no time, no owner.
"""

from io import BytesIO

from PIL import Image, ImageOps

from album import MOST_BYTES
from kernel.decider import Refused

MIME = "image/jpeg"
SIDE, QUALITY = 1600, 82
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
MOST_PIXELS = 52_000_000
"""A picture of a few bytes can unfold into gigabytes; Pillow alone refuses only twice as many."""


def rewritten(raw: bytes, nth: int = 1) -> bytes:
    """Raises Refused where it is too large or no photo; `nth` is which of those that were sent."""
    if len(raw) > MOST_BYTES:
        raise Refused("photo-too-large", nth=nth, most=MOST_BYTES // 1024**2)
    try:
        return jpeg(raw)
    except Exception:  # whatever a decoder meets in a file that is none of its own
        raise Refused("not-a-photo", nth=nth) from None


def jpeg(raw: bytes) -> bytes:
    with Image.open(BytesIO(raw), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        image.thumbnail((SIDE, SIDE))
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    flat, out = Image.new("RGB", upright.size, "white"), BytesIO()
    flat.paste(upright, mask=upright)
    flat.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
