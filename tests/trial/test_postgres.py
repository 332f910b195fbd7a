"""A PostgreSQL of one's own: it keeps what was committed and says in words what is wrong."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from trial.servers import Postgres, Trouble

pytestmark = pytest.mark.connected


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    server = Postgres(tmp_path_factory.mktemp("postgres") / "庭院, postgres")
    yield server
    server.wipe()


@pytest.fixture(autouse=True)
def started(server: Postgres) -> None:
    server.start()


def test_what_was_committed_outlives_a_kill(server: Postgres) -> None:
    server.sql("create table told (word text); insert into told values ('马扎')")
    url = server.url()
    server.kill()
    assert not server.running
    assert server.start().url() == url
    assert server.sql("select word from told") == "马扎\n"


def test_a_second_starter_joins_the_first(server: Postgres) -> None:
    other = Postgres(server.folder).start()
    assert other.url() == server.url()
    other.stop()
    assert not server.running


def test_a_taken_port_is_one_clear_line(server: Postgres, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=f"^postgres: port {server.port} is taken by another"):
        Postgres(tmp_path / "other", port=server.port).start()


def test_another_port_than_the_running_one_is_refused(server: Postgres) -> None:
    with pytest.raises(Trouble, match=f"already runs in .* on port {server.port}"):
        Postgres(server.folder, port=server.port + 1).start()


def test_a_stolen_port_is_replaced(server: Postgres, tmp_path: Path) -> None:
    server.stop()
    thief = Postgres(tmp_path / "thief", port=server.port).start()
    try:
        assert server.start().port != thief.port
    finally:
        thief.wipe()


def test_a_forming_that_was_cut_short_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "forming").mkdir()
    (tmp_path / "forming" / "PG_VERSION").write_text("18")
    server = Postgres(tmp_path).start()
    assert server.sql("show server_encoding") == "UTF8\n"
    server.wipe()


def test_data_it_cannot_read_are_one_clear_line(server: Postgres) -> None:
    server.stop()
    mark = server.folder / "data" / "PG_VERSION"
    ours = mark.read_text()
    mark.write_text("9\n")
    with pytest.raises(Trouble, match=r"FATAL: .*incompatible with server"):
        server.start()
    mark.write_text(ours)


def test_a_setting_it_refuses_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"FATAL: .*\"shared_buffers\": \"many\" \(see [^\n]+\)$"):
        Postgres(tmp_path, settings={"shared_buffers": "many"}).start()


def test_a_folder_nobody_can_write_is_one_clear_line() -> None:
    with pytest.raises(Trouble, match=r"^cannot write in /dev/null/none: Not a directory$"):
        Postgres(Path("/dev/null/none")).start()


def test_it_syncs_unless_told_to_be_careless(server: Postgres, postgres: Postgres) -> None:
    assert server.sql("show fsync") == "on\n"
    assert postgres.sql("show fsync") == "off\n"


async def test_a_role_owns_its_database_only(server: Postgres) -> None:
    server.create_role("intake", "it's secret")
    server.create_database("intake", owner="intake")
    url = server.url("intake", user="intake", password="it%27s%20secret")  # noqa: S106
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("select current_user") == "intake"
    await connection.close()
    wrong = server.url("intake", user="intake", password="wrong")  # noqa: S106
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(wrong)


async def test_a_paused_server_answers_again_when_resumed(server: Postgres) -> None:
    connection = await asyncpg.connect(server.url())
    server.pause()
    asked = asyncio.ensure_future(connection.fetchval("select 1"))
    done, _ = await asyncio.wait([asked], timeout=0.3)
    assert not done
    server.resume()
    assert await asked == 1
    await connection.close()


def test_a_crooked_name_is_refused(server: Postgres) -> None:
    with pytest.raises(Trouble, match="no plain name"):
        server.create_database('x"; drop table told')


async def test_each_test_has_databases_of_its_own(
    database: Callable[[], str], postgres: Postgres
) -> None:
    urls = {database(), database()}
    assert len(urls) == 2
    for url in urls:
        connection = await asyncpg.connect(url)
        assert (await connection.fetchval("select current_database()")) in url
        await connection.close()
    assert postgres.running
