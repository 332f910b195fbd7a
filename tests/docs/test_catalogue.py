"""The generated pages say what the code says."""

from tests.docs.catalogue import ARCHITECTURE, EVENTS, events_page, with_table


def test_the_catalogue_of_facts_is_up_to_date() -> None:
    assert EVENTS.read_text() == events_page(), "run `make docs`"


def test_the_table_of_who_hears_what_is_up_to_date() -> None:
    page = ARCHITECTURE.read_text()
    assert page == with_table(page), "run `make docs`"
