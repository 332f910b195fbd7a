"""PostgreSQL's own benchmark: one-row inserts, prepared, and nothing else in the statement."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from bench.peers.recorder import parts
from trial.servers.postgres import program

TABLE = "create table told (id bigint generated always as identity primary key, data text not null)"
INSERT = "insert into told (data) values (:data);\n"
SAID = re.compile(r"^tps = ([\d.]+) \(without initial connection time\)", re.MULTILINE)


def tps(url: str, clients: int, each: int, data: str) -> float:
    at = parts(url)
    where = ["-h", at["host"], "-p", at["port"], "-U", at["user"]]
    size = ["-c", str(clients), "-j", "2", "-t", str(each), "-M", "prepared", "-n"]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "insert.sql")
        script.write_text(INSERT)
        done = subprocess.run(
            [program("pgbench"), *where, *size, "-D", f"data={data}", "-f", script, at["dbname"]],
            env={**os.environ, "PGPASSWORD": at["password"]},
            capture_output=True,
            text=True,
        )
    found = SAID.search(done.stdout)
    if done.returncode or found is None:
        raise RuntimeError(f"pgbench: {done.stderr.strip()}")
    return float(found[1])
