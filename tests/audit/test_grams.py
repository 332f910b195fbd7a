"""Finding words in a text by pairs of letters, and where they stand."""

from services.audit.domain.grams import grams, pairs, spans
from services.audit.projections.found import marked, passage, query_of

SECRET = b"one"


def test_blanks_capitals_and_width_do_not_count() -> None:
    assert pairs("３号 楼 B座") == pairs("3号楼b座") == {"3号", "号楼", "楼b", "b座"}


def test_a_word_is_in_a_text_if_all_its_pairs_are() -> None:
    text = grams(SECRET, "三号楼路灯不亮")
    assert set(grams(SECRET, "路灯")) <= set(text)
    assert not set(grams(SECRET, "水阀")) <= set(text)


def test_pairs_tell_nothing_to_who_has_not_the_key() -> None:
    assert not set(grams(SECRET, "路灯不亮")) & set(grams(b"two", "路灯不亮"))


def test_words_are_found_where_they_are_written() -> None:
    assert list(spans("水 阀坏了，换水阀", "水阀")) == [(0, 3), (7, 9)]
    assert list(spans("水管", "水阀")) == []


def test_a_passage_begins_near_the_first_word_and_marks_each() -> None:
    text = "前" * 40 + "总水阀" + "后" * 60
    pieces = passage(text, ("水阀",))
    assert pieces[0] == ("……", False)
    assert pieces[2] == ("水阀", True)
    assert pieces[-1] == ("……", False)
    assert marked("水阀和水管", ("水阀", "水管")) == (("水阀", True), ("和", False), ("水管", True))


def test_what_overlaps_is_marked_once() -> None:
    assert marked("路灯不亮", ("路灯", "灯不")) == (("路灯", True), ("不亮", False))


def test_four_digits_and_more_may_be_a_code_with_or_without_blanks() -> None:
    assert query_of("6201 0907 0012").code == "620109070012"
    assert query_of("6201-0907").code == "62010907"
    assert query_of("620").code == ""
    assert query_of("91号楼").code == ""


def test_single_letters_are_not_looked_for() -> None:
    assert query_of("水").empty
    assert query_of("水 阀").empty
    assert query_of("水阀 楼").words == ("水阀",)
