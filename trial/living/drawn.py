"""A photo that nobody took, drawn: no real place stands in a city that is made up."""

from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (960, 720)
WALLS = ((0, 410), (620, 960))
"""From where to where each of two houses stands."""


def corner() -> bytes:
    """The corner between two houses, swept, with a sign."""
    image = Image.new("RGB", SIZE, "#cfe0e6")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 520, 960, 720), fill="#b9ab93")
    for left, right in WALLS:
        draw.rectangle((left, 60, right, 540), fill="#c98f6b")
        for top in range(110, 480, 120):
            for at in range(left + 40, right - 80, 110):
                draw.rectangle((at, top, at + 60, top + 70), fill="#5f7f8c")
    draw.rectangle((508, 430, 520, 600), fill="#6b5b45")
    draw.rectangle((440, 350, 588, 440), fill="#0f5650", outline="white", width=6)
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
