"""The public code of a matter: eleven digits and one that shows a slip of the pen."""


def check_digit(digits: str) -> str:
    """ISO/IEC 7064, MOD 11,10: finds every wrong digit and nearly every swap of two."""
    rest = 10
    for digit in digits:
        rest = (rest + int(digit)) % 10 or 10
        rest = rest * 2 % 11
    return str((11 - rest) % 10)


def code_of(number: int) -> str:
    """From a random number below 10**11."""
    digits = f"{number:011d}"
    return digits + check_digit(digits)


def read_code(typed: str) -> str | None:
    """As people type it, with blanks and hyphens; None when it cannot be one of ours."""
    digits = "".join(c for c in typed if c.isdecimal() and c.isascii())
    strange = set(typed) - set("0123456789 -\u00a0\u3000")
    if strange or len(digits) != 12 or check_digit(digits[:11]) != digits[11]:
        return None
    return digits
