"""Takes out of a text what tells who somebody is; staff may take out more."""

import re
from collections.abc import Iterable

GONE = "［已隐去］"
DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
"""Of any keyboard."""
# Longest first: a part of an identity number must not be left standing as a telephone number.
NUMBERS = re.compile(
    r"""
    (?<!\d)(?:
      \d{17}[\dXx]                          # identity card
    | \d{15,19}                             # older identity card, bank card
    | (?:\+?86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}      # mobile
    | 0\d{2,3}[-\s]?[2-8]\d{6,7}            # landline
    | (?!20\d\d[01]\d[0-3]\d(?!\d))         # a day is none
      [2-8]\d{6,7}(?!\s?[元万户人米亩])      # without its area; neither is a sum
    )(?!\d)
    | [\w.+-]+@[\w-]+\.[\w.-]+              # mail
    """,
    re.VERBOSE | re.ASCII,
)


def redact(text: str, names: Iterable[str] = ()) -> str:
    """`names`: those the reporter gave; one of a single letter would take out half the text."""
    for name in sorted({n.strip() for n in names if len(n.strip()) > 1}, key=len, reverse=True):
        text = text.replace(name, GONE)
    return NUMBERS.sub(GONE, text.translate(DIGITS))


def title_of(redacted: str, most: int = 40) -> str:
    """The first sentence, or as much of it as fits."""
    first = re.split(r"[。！？!?\n]", redacted.strip(), maxsplit=1)[0].strip()
    return first if len(first) <= most else first[: most - 1] + "…"
