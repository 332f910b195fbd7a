"""Codes that show a slip of the pen, and texts that no longer say who somebody is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.redaction import GONE, redact, title_of
from services.intake.domain.code import check_digit, code_of, read_code

NUMBERS = st.integers(0, 10**11 - 1)


def test_the_check_digit_is_that_of_the_standard() -> None:
    assert check_digit("0794") == "5"  # the example of ISO/IEC 7064


@given(NUMBERS, st.integers(0, 11), st.integers(1, 9))
def test_a_wrong_digit_is_seen(number: int, place: int, by: int) -> None:
    code = code_of(number)
    wrong = str((int(code[place]) + by) % 10)
    assert read_code(code) == code
    assert read_code(code[:place] + wrong + code[place + 1 :]) is None


def test_it_is_read_as_people_write_it() -> None:
    code = code_of(12345678901)
    written = f" {code[:4]}-{code[4:8]} {code[8:]} "
    assert read_code(written) == code
    assert read_code(code + "x") is None
    assert read_code(code[:11]) is None


@pytest.mark.parametrize(
    "secret",
    [
        "13893123456",
        "138 9312 3456",
        "+86 13893123456",
        "0931-8461234",
        "8461234",
        "620102199001011234",
        "62010219900101123X",
        "6222021234567890123",
        "li.si@example.com",
        "１３８９３１２３４５６",
    ],
)
def test_numbers_that_name_somebody_are_taken_out(secret: str) -> None:
    assert redact(f"请联系{secret}，谢谢") == f"请联系{GONE}，谢谢"


def test_other_numbers_stay() -> None:
    text = "第一新村91-99号，1994年建，影响350户，20260924起断水，要2400000元。"
    assert redact(text) == text


def test_names_that_were_given_are_taken_out() -> None:
    assert redact("我叫李建国，李建国的家", ["李建国"]) == f"我叫{GONE}，{GONE}的家"
    assert redact("王府井路", ["王"]) == "王府井路"


def test_a_title_is_the_first_sentence() -> None:
    assert title_of("三号楼路灯不亮。已经一周了") == "三号楼路灯不亮"
    assert len(title_of("灯" * 100)) == 40
