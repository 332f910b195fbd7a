"""`python -m trial.servers.pin` makes the list of Kafka's jars anew, after VERSION was raised.

Kafka and its log backend are resolved apart: together, the backend's management section would mix
older versions into Kafka's own.
"""

import jgo
from jgo.maven import Artifact

from .jars import LOCK, VERSION, digest

APART = (
    f"org.apache.kafka:kafka_2.13:{VERSION}",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.5",
)


def main() -> None:
    found: dict[tuple[str, str], Artifact] = {}
    for name in APART:
        for jar in jgo.resolve(name):
            found.setdefault((jar.groupId, jar.artifactId), jar)
    rows = sorted((place(jar), jar.resolve()) for jar in found.values())
    lines = [f"{digest(file)} {file.stat().st_size} {place}\n" for place, file in rows]
    LOCK.write_text("".join(lines))


def place(jar: Artifact) -> str:
    return f"{jar.component.path_prefix}/{jar.filename}"


if __name__ == "__main__":
    main()
