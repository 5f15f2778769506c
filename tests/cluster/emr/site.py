"""What a node of EMR has that the tests' cluster has not: S3 as a file system, and a log of its own for each step.

`folder`/conf is the cluster's settings with those of S3A besides. They reach the tasks in the job's own settings, with
S3A's jars on the class path that these name; the daemons of the cluster know nothing of them.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cluster import parts, settings

if TYPE_CHECKING:
    from tests.cluster.cluster import Cluster
    from tests.cluster.emr.s3 import S3

S3A = "org.apache.hadoop.fs.s3a"
#: The log of a step's client: what EMR has in syslog, while stderr holds what the program itself says.
LOG4J = """\
log4j.rootLogger=INFO,syslog
log4j.appender.syslog=org.apache.log4j.FileAppender
log4j.appender.syslog.File=${gristmill.syslog}
log4j.appender.syslog.layout=org.apache.log4j.PatternLayout
log4j.appender.syslog.layout.ConversionPattern=%d{ISO8601} %p %c (%t): %m%n
log4j.logger.org.apache.hadoop.util.NativeCodeLoader=ERROR
"""


@dataclass(frozen=True)
class Site:
    """Hadoop as the steps of a cluster find it: its commands, and the environment they run in."""

    home: Path
    streaming: Path
    env: dict[str, str]
    resourcemanager: str

    @classmethod
    def make(cls, folder: Path, cluster: Cluster, s3: S3) -> Site:
        """In the new folder `folder`, for steps on `cluster` with their files in `s3`; MissingError."""
        jars = parts.find_s3a()
        home = cluster.hadoop.parents[1]
        conf = folder / "conf"
        conf.mkdir(parents=True)
        besides = {"core-site.xml": s3a(s3, cluster.folder), "mapred-site.xml": {}}
        for path in Path(cluster.env["HADOOP_CONF_DIR"]).iterdir():
            text = path.read_text(encoding="utf-8")
            if path.name in besides:
                rows = settings.xml(besides[path.name]).partition("\n")[2].replace("</configuration>\n", "")
                text = text.replace("</configuration>", f"{rows}</configuration>")
            if path.name == "mapred-site.xml":
                text = re.sub(r"(mapreduce.application.classpath</name><value>)", rf"\g<1>{jars}/*,", text)
            (conf / path.name).write_text(text, encoding="utf-8")
        (conf / "log4j.properties").write_text(LOG4J, encoding="utf-8")
        (streaming,) = home.rglob("share/**/hadoop-streaming*.jar")
        env = {
            **cluster.env,
            "PATH": f"{home / 'bin'}{os.pathsep}{settings.node_path(cluster.folder)}",
            "HADOOP_CONF_DIR": str(conf),
            "HADOOP_CLASSPATH": f"{jars}/*",
            "LANG": "C.UTF-8",
            "TMPDIR": f"{cluster.folder}/data/tmp",
        }
        return cls(home, streaming, env, cluster.pages["yarn"].rpartition("/")[0])


def s3a(s3: S3, folder: Path) -> dict[str, str]:
    """The settings by which s3:// is `s3`, as it is S3 on EMR."""
    return {
        "fs.s3.impl": f"{S3A}.S3AFileSystem",
        "fs.s3a.impl": f"{S3A}.S3AFileSystem",
        "fs.s3a.endpoint": s3.url,
        "fs.s3a.endpoint.region": s3.region,
        "fs.s3a.path.style.access": "true",
        "fs.s3a.connection.ssl.enabled": "false",
        "fs.s3a.aws.credentials.provider": f"{S3A}.SimpleAWSCredentialsProvider",
        "fs.s3a.access.key": s3.access_key,
        "fs.s3a.secret.key": s3.secret_key,
        "fs.s3a.buffer.dir": f"{folder}/data/tmp/s3a",
        "fs.s3a.change.detection.mode": "none",
    }
