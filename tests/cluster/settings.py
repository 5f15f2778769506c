"""Hadoop's settings for a cluster on one machine: what its files say, and what each daemon is told besides.

A setting that is not here has Hadoop's own default. `folder` is the cluster's; its daemons write into `folder`/data.
"""

from __future__ import annotations

import os
import platform
import pwd
import random
import socket
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from tests.cluster.guard import MARK

if TYPE_CHECKING:
    from pathlib import Path

HOST = "127.0.0.1"
#: Whom Hadoop takes its starter for: the owner of all that daemons and tasks write.
USER = pwd.getpwuid(os.getuid()).pw_name
DATANODES = ("datanode1", "datanode2")
NODEMANAGERS = ("nodemanager1", "nodemanager2")
#: In the order they are started.
DAEMONS = ("namenode", "resourcemanager", *DATANODES, *NODEMANAGERS, "historyserver")
#: Empty folders of these names in the class path; without them a daemon does not start.
WEBAPPS = ("cluster", "datanode", "hdfs", "jobhistory", "node", "secondary")
#: Below the ports that systems hand out to clients (from 32768 on Linux, 49152 on macOS), so that a daemon that is
#: started again finds its port free.
PORTS = range(20_000, 32_000)
#: Of the Java machines that run tasks: quick to start, nothing left in the system's temporary folder, and with the heap
#: that Hadoop gives them by itself, four fifths of a container of 1 GB.
TASK_JAVA = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xmx800m"
RECOVERY = "org.apache.hadoop.yarn.server.resourcemanager.recovery"
#: MB of a container, tasks and application masters alike, so that a small job fits into its master (uber mode).
CONTAINER = "1024"

LOG4J = """\
log4j.rootLogger=INFO,stderr
log4j.appender.stderr=org.apache.log4j.ConsoleAppender
log4j.appender.stderr.target=System.err
log4j.appender.stderr.layout=org.apache.log4j.PatternLayout
log4j.appender.stderr.layout.ConversionPattern=%d{ISO8601} %p %c{2}: %m%n
log4j.logger.org.apache.hadoop.util.NativeCodeLoader=ERROR
"""

_SERVICES = {
    "namenode": ("rpc", "web"),
    "resourcemanager": ("rpc", "scheduler", "tracker", "admin", "web"),
    "datanode": ("rpc", "data", "web"),
    "nodemanager": ("rpc", "localizer", "shuffle", "web"),
    "historyserver": ("rpc", "admin", "web"),
}


class Addresses:
    """A free port for every service of every daemon: `addresses("namenode", "web")` is "127.0.0.1:PORT"."""

    def __init__(self) -> None:
        services = [(name, service) for name in DAEMONS for service in _SERVICES[name.rstrip("12")]]
        self._ports = dict(zip(services, free_ports(len(services))))

    def __call__(self, name: str, service: str) -> str:
        return f"{HOST}:{self.port(name, service)}"

    def port(self, name: str, service: str) -> int:
        return self._ports[name, service]


def free_ports(count: int) -> list[int]:
    """`count` different ports of HOST that nothing listens at."""
    ports: list[int] = []
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe:
            # a connection that ended lately does not count, as it does not for Java
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        ports.append(port)
        if len(ports) == count:
            return ports
    raise OSError(f"there are no {count} free ports between {PORTS.start} and {PORTS.stop}")


def files(folder: Path, at: Addresses) -> dict[str, str]:
    """What etc/hadoop holds: the text of each file, by its name."""
    sites = {
        "core-site.xml": core(folder, at),
        "hdfs-site.xml": hdfs(folder, at),
        "yarn-site.xml": {**yarn(folder, at), **liveness()},
        "mapred-site.xml": mapreduce(folder, at),
        "capacity-scheduler.xml": scheduler(),
    }
    texts = {name: xml(settings) for name, settings in sites.items()}
    return {**texts, "hosts": f"{HOST} localhost {socket.gethostname()}\n", "log4j.properties": LOG4J}


def node_path(folder: Path) -> str:
    """Where a node looks for programs: its own Python comes first."""
    return f"{folder}/node/bin:/usr/bin:/bin"


def xml(settings: dict[str, str]) -> str:
    rows = [
        f"<property><name>{name}</name><value>{escape(value)}</value></property>\n" for name, value in settings.items()
    ]
    return f"<configuration>\n{''.join(rows)}</configuration>\n"


def core(folder: Path, at: Addresses) -> dict[str, str]:
    return {
        "fs.defaultFS": f"hdfs://{at('namenode', 'rpc')}",
        "hadoop.tmp.dir": f"{folder}/data/tmp",
        # who looks at the web pages may read the logs there
        "hadoop.http.staticuser.user": USER,
    }


def hdfs(folder: Path, at: Addresses) -> dict[str, str]:
    return {
        "dfs.namenode.name.dir": f"file://{folder}/data/namenode",
        "dfs.namenode.rpc-address": at("namenode", "rpc"),
        "dfs.namenode.http-address": at("namenode", "web"),
        "dfs.datanode.hostname": HOST,
        "dfs.replication": "2",
        # writable at once after a start; 30 s otherwise
        "dfs.namenode.safemode.extension": "0",
        # a data node is dead after 2 x recheck + 10 x heartbeat: 14 s; 10.5 minutes otherwise
        "dfs.heartbeat.interval": "1",
        "dfs.namenode.heartbeat.recheck-interval": "2000",
        "dfs.namenode.redundancy.interval.seconds": "1s",
    }


def yarn(folder: Path, at: Addresses) -> dict[str, str]:
    resourcemanager = "yarn.resourcemanager"
    return {
        f"{resourcemanager}.hostname": HOST,
        f"{resourcemanager}.address": at("resourcemanager", "rpc"),
        f"{resourcemanager}.scheduler.address": at("resourcemanager", "scheduler"),
        f"{resourcemanager}.resource-tracker.address": at("resourcemanager", "tracker"),
        f"{resourcemanager}.admin.address": at("resourcemanager", "admin"),
        f"{resourcemanager}.webapp.address": at("resourcemanager", "web"),
        # a resource manager that is started again goes on with the jobs that run
        f"{resourcemanager}.recovery.enabled": "true",
        f"{resourcemanager}.store.class": f"{RECOVERY}.FileSystemRMStateStore",
        f"{resourcemanager}.fs.state-store.uri": f"file://{folder}/data/resourcemanager",
        f"{resourcemanager}.work-preserving-recovery.scheduling-wait-ms": "1000",
        "yarn.scheduler.minimum-allocation-mb": "128",
        "yarn.scheduler.maximum-allocation-mb": "4096",
        "yarn.nodemanager.hostname": HOST,
        "yarn.nodemanager.resource.memory-mb": "4096",
        "yarn.nodemanager.resource.cpu-vcores": "3",
        # memory is for scheduling; a task that maps a large file is not killed for it
        "yarn.nodemanager.pmem-check-enabled": "false",
        "yarn.nodemanager.vmem-check-enabled": "false",
        # a laptop whose disk is nine tenths full has healthy nodes
        "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage": "100",
        # its store is a native library, which is made for this kind of machine alone
        "yarn.nodemanager.recovery.enabled": str(platform.machine() == "x86_64").lower(),
        "yarn.nodemanager.recovery.supervised": "true",
        "yarn.nodemanager.aux-services": "mapreduce_shuffle",
        # the shell that starts a container has a PATH of its own, which the node's would not replace
        "yarn.nodemanager.admin-env": f"MALLOC_ARENA_MAX=2,PATH={node_path(folder)},{MARK}={folder}",
        # else in the system's temporary folder, one for all clusters
        "yarn.node-attribute.fs-store.root-dir": f"file://{folder}/data/resourcemanager/attributes",
        "yarn.log-aggregation-enable": "true",
        "yarn.log.server.url": f"http://{at('historyserver', 'web')}/jobhistory/logs",
        "yarn.application.classpath": f"{folder}/hadoop/etc/hadoop,{folder}/hadoop/lib/*",
    }


def liveness() -> dict[str, str]:
    """Seconds where Hadoop waits for minutes: who is gone is noticed, and who is back is found."""
    return {
        "yarn.nm.liveness-monitor.expiry-interval-ms": "10000",
        # an application master that is killed is noticed at once by its node, and one that is slow is not dead
        "yarn.am.liveness-monitor.expiry-interval-ms": "60000",
        "yarn.resourcemanager.nodemanagers.heartbeat-interval-ms": "300",
        "yarn.resourcemanager.connect.retry-interval.ms": "500",
        "yarn.client.nodemanager-connect.retry-interval-ms": "500",
        "yarn.client.nodemanager-connect.max-wait-ms": "5000",
    }


def mapreduce(folder: Path, at: Addresses) -> dict[str, str]:
    java = f"{TASK_JAVA} -Djdk.net.hosts.file={folder}/hadoop/etc/hadoop/hosts"
    return {
        "mapreduce.framework.name": "yarn",
        "mapreduce.application.classpath": f"{folder}/hadoop/etc/hadoop,{folder}/hadoop/lib/*",
        "mapreduce.jobhistory.address": at("historyserver", "rpc"),
        "mapreduce.jobhistory.admin.address": at("historyserver", "admin"),
        "mapreduce.jobhistory.webapp.address": at("historyserver", "web"),
        "mapreduce.jobhistory.move.interval-ms": "1000",
        "mapreduce.job.ubertask.enable": "true",
        "mapreduce.client.submit.file.replication": "2",
        "mapreduce.client.completion.pollinterval": "500",
        "yarn.app.mapreduce.am.scheduler.heartbeat.interval-ms": "300",
        "yarn.app.mapreduce.am.resource.mb": CONTAINER,
        "yarn.app.mapreduce.am.command-opts": java,
        "mapreduce.map.memory.mb": CONTAINER,
        "mapreduce.map.java.opts": java,
        "mapreduce.reduce.memory.mb": CONTAINER,
        "mapreduce.reduce.java.opts": java,
        # both nodes are one host, so a task that fails thrice would leave no node to run it on
        "yarn.app.mapreduce.am.job.node-blacklisting.enable": "false",
        # a node that is gone is given up after seconds
        "mapreduce.reduce.shuffle.fetch.retry.timeout-ms": "5000",
        "mapreduce.reduce.shuffle.retry-delay.max.ms": "2000",
    }


def scheduler() -> dict[str, str]:
    queue = "yarn.scheduler.capacity"
    return {
        f"{queue}.root.queues": "default",
        f"{queue}.root.default.capacity": "100",
        # the number of cores counts too, or dozens of containers fit into the memory
        f"{queue}.resource-calculator": "org.apache.hadoop.yarn.util.resource.DominantResourceCalculator",
        # masters of two jobs at once
        f"{queue}.maximum-am-resource-percent": "0.5",
        # no waiting for the node that holds the block: all are this machine
        f"{queue}.node-locality-delay": "-1",
    }


def options(name: str, folder: Path, at: Addresses) -> dict[str, str]:
    """What the daemon `name` is told besides the files: where it listens and writes, if there are two of its kind."""
    if name in DATANODES:
        return {
            "dfs.datanode.ipc.address": at(name, "rpc"),
            "dfs.datanode.address": at(name, "data"),
            "dfs.datanode.http.address": at(name, "web"),
            "dfs.datanode.data.dir": f"file://{folder}/data/{name}",
        }
    if name in NODEMANAGERS:
        return {
            "yarn.nodemanager.address": at(name, "rpc"),
            "yarn.nodemanager.localizer.address": at(name, "localizer"),
            "yarn.nodemanager.webapp.address": at(name, "web"),
            "mapreduce.shuffle.port": str(at.port(name, "shuffle")),
            "yarn.nodemanager.local-dirs": f"{folder}/data/{name}/local",
            "yarn.nodemanager.log-dirs": f"{folder}/data/{name}/logs",
            "yarn.nodemanager.recovery.dir": f"{folder}/data/{name}/recovery",
        }
    return {}
