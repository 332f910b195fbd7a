"""Seven plausible mistakes: each a change of the kernel, with the test that catches it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    was: str
    becomes: str
    caught_by: str
    """A test, as pytest names it."""
    seeds: str = "1-25"
    """Which schedules it is given, when it is the simulation that catches it."""


SIMULATION = "tests/kernel/test_simulation.py"

MUTANTS = [
    Mutant(
        "a reader that takes only what lies beyond its last position",
        "kernel/sequencer.py",
        "from kernel.feed_queue order by pos limit :most\n)",
        """from kernel.feed_queue
   where pos > coalesce((select seq from kernel.checkpoints where name = 'last position'), 0)
   order by pos limit :most
), moved as (
  insert into kernel.checkpoints (name, seq)
  select 'last position', max(pos) from taken having max(pos) is not null
  on conflict (name) do update set seq = excluded.seq
)""",
        "tests/faults/test_leaders.py::test_f15_sixteen_writers_who_write_elsewhere_first_lose_nothing",
    ),
    Mutant(
        "relays that each take their own rows and tell them side by side",
        "kernel/wire/relay.py",
        """            upto = await self._tell_on(conn, held.seq, end)
            if upto > held.seq:
                await conn.execute(MOVE, {"at": held.seq, "upto": upto})
""",
        """            page = await self._page(conn, held.seq, end)
            upto = page[-1].seq if page else held.seq
            await conn.execute(MOVE, {"at": held.seq, "upto": upto})
        if page:
            await self._tell(page)
""",
        SIMULATION,
    ),
    Mutant(
        "the acknowledgement that FastStream gives by default",
        "kernel/wire/broker.py",
        "AckPolicy.NACK_ON_ERROR",
        "AckPolicy.ACK_FIRST",
        "tests/kernel/test_listener.py::test_what_could_not_be_heard_comes_again_before_the_next",
    ),
    Mutant(
        "a checkpoint that moves without comparing",
        "kernel/read/reader.py",
        """select name from kernel.checkpoints where name = any(:names) and seq = :at
 order by name for update skip locked
""",
        "select name from kernel.checkpoints where name = any(:names)\n",
        SIMULATION,
    ),
    Mutant(
        "a reaction whose command has a random id",
        "kernel/read/reaction.py",
        "id=uuid5(about.id, name)",
        'id=__import__("uuid").uuid4()',
        "tests/kernel/test_ring.py::test_a_loan_that_is_met_again_is_counted_once",
    ),
    Mutant(
        "an inbox that guards a key where it should guard a stream",
        "kernel/wire/page.py",
        "stream = (envelope.source, envelope.stream)",
        "stream = (envelope.source, envelope.key)",
        "tests/kernel/machines/test_inbox_machine.py",
    ),
    Mutant(
        "a relay that keeps its producer after an error",
        "kernel/wire/producer.py",
        """        producer, self.producer = self.producer, None
        if producer is None:
""",
        """        producer = self.producer
        if producer is not None:
""",
        "tests/kernel/test_producer.py::test_after_an_outage_it_tells_again",
    ),
]
