"""Steps as processes: command-runner.jar runs Hadoop's commands on the cluster, and a few that need none.

hadoop-streaming ARGS   hadoop jar …/hadoop-streaming.jar ARGS; without Hadoop a copy of the input (see copying.py)
hadoop, hdfs, yarn …    the command
true, false, sleep N    what they are anywhere: steps for tables of faults

A step has a folder with its `controller`, `stdout`, `stderr` and `syslog`.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import time
import urllib.request
from contextlib import suppress
from datetime import datetime, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.emr.clusters import Cluster, Step
    from tests.cluster.emr.copying import Copier
    from tests.cluster.emr.logs import Logs
    from tests.cluster.emr.site import Site

HADOOP = ("hadoop", "hdfs", "mapred", "yarn")
PLAIN = ("false", "sleep", "true")
#: Where Hadoop's own jar for streaming lies on EMR.
STREAMING_JARS = ("/usr/lib/hadoop/hadoop-streaming.jar", "/usr/lib/hadoop-mapreduce/hadoop-streaming.jar")
APPLICATION = re.compile(r"\bapplication_\d+_\d+\b")
SUBMITTED = re.compile(r"Submitted application (application_\d+_\d+)")
OUTPUT_EXISTS = re.compile(r"^.*Output directory \S+ already exists.*$", re.MULTILINE)
#: Seconds that an interrupted process has to end by itself.
GRACE = 10
_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


class Runner:
    """Runs steps in folders below `folder`; without `site` there is no Hadoop, without `logs` nothing goes to S3."""

    def __init__(self, folder: Path, site: Site | None, logs: Logs | None, copier: Copier | None = None) -> None:
        self._folder = folder
        self._site = site
        self._logs = logs
        self._copier = copier
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._stopped = False
        #: How long after its end a step's logs come to S3; minutes at AWS.
        self.log_seconds = 0.0

    def folder(self, step: Step) -> Path:
        return self._folder / step.id

    def run(self, cluster: Cluster, step: Step) -> dict[str, str] | None:
        """Run a step to its end; None, or the FailureDetails."""
        folder = self.folder(step)
        folder.mkdir(parents=True)
        for name in ("stdout", "stderr", "syslog"):
            (folder / name).touch()
        jar = step.config["HadoopJarStep"]
        if self._copier and jar.get("Args", [""])[0] == "hadoop-streaming":
            code, text = self._copier.run(step.id, jar["Args"])
            (folder / "stderr").write_text(text, encoding="utf-8")
            self._say(step, "INFO", f"the copy ended with exit code {code}")
            return self._failure(cluster, step) if code else None
        try:
            command = self._command(step)
        except ValueError as error:
            self._say(step, "ERROR", str(error))
            return self._failure(cluster, step, str(error))
        self._say(step, "INFO", f"startExec '{shlex.join(command)}'")
        code = self._execute(step, command)
        self._say(step, "INFO", f"waitProcessCompletion ended with exit code {code}")
        self.look(step)
        if step.cancel and code:
            self._kill_applications(step)
        return self._failure(cluster, step) if code else None

    def cancel(self, step: Step, option: str) -> None:
        """End the process of a step: it may end by itself, or (TERMINATE_PROCESS) may not."""
        if self._copier:
            self._copier.stop(step.id)
        process = self._processes.get(step.id)
        if process is None:
            return
        number = signal.SIGINT if option == "SEND_INTERRUPT" else signal.SIGKILL
        with suppress(ProcessLookupError):
            process.send_signal(number)

    def stop(self) -> None:
        """Kill every process that runs, with all that it has started, and write no more logs."""
        self._stopped = True
        if self._copier:
            self._copier.stop_all()
        for process in list(self._processes.values()):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def look(self, step: Step) -> None:
        """Find the applications that a step has made by now."""
        syslog = self.folder(step) / "syslog"
        if syslog.exists():
            found = SUBMITTED.findall(syslog.read_text(encoding="utf-8", errors="replace"))
            step.applications = list(dict.fromkeys(found))

    def write_logs(self, cluster: Cluster, step: Step) -> None:
        time.sleep(self.log_seconds)
        if self._logs and not self._stopped:
            self._logs.write(cluster, step, self.folder(step))

    def _command(self, step: Step) -> list[str]:
        jar = step.config["HadoopJarStep"]
        name, *args = jar.get("Args") or [""]
        if jar["Jar"] in STREAMING_JARS:
            name, args = "hadoop-streaming", jar.get("Args", [])
        elif jar["Jar"].rpartition("/")[2] != "command-runner.jar":
            raise ValueError(f"this cluster runs command-runner.jar, and not {jar['Jar']}")
        if name in PLAIN and (found := shutil.which(name)):
            return [found, *args]
        if self._site and name == "hadoop-streaming":
            return [str(self._site.home / "bin" / "hadoop"), "jar", str(self._site.streaming), *args]
        if self._site and name in HADOOP:
            return [str(self._site.home / "bin" / name), *args]
        raise ValueError(f'Cannot run program "{name}" (in directory "."): error=2, No such file or directory')

    def _execute(self, step: Step, command: list[str]) -> int:
        folder = self.folder(step)
        env = dict(self._site.env) if self._site else {"PATH": "/usr/bin:/bin"}
        env["HADOOP_OPTS"] = f"-Dgristmill.syslog={folder}/syslog"
        with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                env=env,
                cwd=folder,
                start_new_session=True,
            )
            self._processes[step.id] = process
            # cancelled between its start and here
            if step.cancel:
                self.cancel(step, step.cancel)
            code = self._wait(step, process)
        del self._processes[step.id]
        return code

    def _wait(self, step: Step, process: subprocess.Popen[bytes]) -> int:
        """Until the process has ended; an interrupted one that does not end is killed."""
        interrupted = 0.0
        while True:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(1)
            self.look(step)
            if step.cancel:
                interrupted = interrupted or time.monotonic()
                if time.monotonic() - interrupted > GRACE:
                    process.kill()

    def _kill_applications(self, step: Step) -> None:
        """A client that is gone leaves its job running; EMR ends it with the step."""
        if self._site is None:
            return
        for name in step.applications:
            address = f"{self._site.resourcemanager}/ws/v1/cluster/apps/{name}/state"
            headers = {"Content-Type": "application/json"}
            request = urllib.request.Request(address, b'{"state": "KILLED"}', headers, method="PUT")
            with suppress(OSError):
                _open(request, timeout=GRACE).close()
            self._remove_staging(name)

    def _remove_staging(self, application: str) -> None:
        """What a killed job leaves on HDFS; other tests on the cluster look for what their own have left there."""
        assert self._site
        last = time.monotonic() + GRACE
        while time.monotonic() < last:
            with suppress(OSError), _open(f"{self._site.resourcemanager}/ws/v1/cluster/apps/{application}") as answer:
                if b'"finalStatus":"KILLED"' in answer.read():
                    break
            time.sleep(0.5)
        folder = f"/tmp/hadoop-yarn/staging/*/.staging/{application.replace('application', 'job')}"
        command = [self._site.home / "bin" / "hdfs", "dfs", "-rm", "-r", "-f", "-skipTrash", folder]
        subprocess.run(command, env=self._site.env, stdin=subprocess.DEVNULL, capture_output=True, check=False)

    def _failure(self, cluster: Cluster, step: Step, message: str = "") -> dict[str, str]:
        """What the service makes of a failed step's logs: mostly, that it does not know."""
        folder = self.folder(step)
        logs = "\n".join((folder / name).read_text(encoding="utf-8", errors="replace") for name in ("stderr", "syslog"))
        details = {"Reason": "Unknown Error.", **({"Message": message} if message else {})}
        if exists := OUTPUT_EXISTS.search(logs):
            details = {"Reason": "Output directory already exists.", "Message": exists[0]}
        if self._logs and (place := self._logs.place(cluster, step)):
            details["LogFile"] = f"{place}stderr.gz"
        return details

    def _say(self, step: Step, level: str, text: str) -> None:
        """A line of the controller, the log of what started the step."""
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        with (self.folder(step) / "controller").open("a", encoding="utf-8") as controller:
            controller.write(f"{now}Z {level} {text}\n")
