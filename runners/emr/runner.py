"""``-r emr``: a job as steps of Amazon EMR, on a cluster that it makes and that ends with it, or on a running one.

    local input, the job's archive    -> CLOUD_TMP_DIR/gristmill.ID/ on S3
    steps                             -> RunJobFlow, or AddJobFlowSteps; looked at until they end
    output, printed                   -> from S3, put in order here
    output, --output-dir              -> the last step writes it, and the manifest goes beside it

The request ID names step, cluster and folder, so that the same command run again adopts what is there. What a run has
on S3 stands in a ledger on this machine, and goes with it or with the next run.
"""

from __future__ import annotations

import importlib.util
import logging
import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.errors import RunError
from gristmill.job.added_options import EMR
from gristmill.job.process import ReaderGone
from gristmill.task import counters
from mrjob.bin import MRJobBinRunner

from .. import manifest
from ..counters import log_counters
from ..hadoop import step
from ..hadoop.streaming_job import StreamingJob
from ..hadoop.upload import Upload
from ..streaming_step import StepFiles, step_jobconf
from . import dry_run, layout, limits, options, requests
from .api import EmrApi
from .clients import NO_BOTO3, Clients, NoAnswer, clients
from .failure import step_error
from .ledger import Entries, Ledger, sweep_left
from .logs import StepLogs
from .numbers import number
from .plan import Plan, make_plan
from .s3_files import NothingThere, S3Files
from .submission import Submission
from .submitting import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger("mrjob.gristmill")


class EmrRunner(StreamingJob, MRJobBinRunner):
    """Runs a job on EMR; see the module for how, and docs/emr.md for the options.

    Its methods are the hooks of mrjob's runner, in the order of a run.
    """

    alias: Any = "emr"
    OPT_NAMES = MRJobBinRunner.OPT_NAMES | options.OBEYED | {*options.NEEDLESS, *options.REFUSED, *EMR}
    _STEP_TYPES: Any = frozenset({"streaming"})

    def __init__(self, mrjob_cls: Any, **kwargs: Any) -> None:
        # mrjob's __init__ may ask for the local folder
        self._ledger: Ledger | None = None
        super().__init__(**kwargs)
        if importlib.util.find_spec("boto3") is None:
            raise RunError(NO_BOTO3)
        options.check(self._opts)
        self._mrjob_cls, self._clock = mrjob_cls, Clock()
        self._request = requests.request_id(self._opts["request_id"])
        self._there = layout.folder(self._opts["cloud_tmp_dir"], self._request)
        #: Where the output is to be in the end; "" where it is printed.
        self._target = layout.output_folder(kwargs.get("output_dir"), wait=not self._opts["no_wait"])
        self._output_dir = self._target or f"{self._there}/output"
        self._step_output_dir, self._source = kwargs.get("step_output_dir"), self._script_path
        self._input, self._sent = Upload({}, ()), StepFiles()
        self._counters: list[counters.Counters] = []
        self._submission: Submission | None = None
        self._is_complete = self._is_unread = False

    @classmethod
    def _default_opts(cls) -> dict[str, Any]:
        return {**super()._default_opts(), "cleanup_on_failure": ["ALL"], "jobconf": step.DEFAULTS}

    # this machine

    @property
    def _name(self) -> str:
        return step.run_name(self._job_key)

    @property
    def _own_ledger(self) -> Ledger:
        if self._ledger is None:
            self._ledger = Ledger(self._opts["local_tmp_dir"], self._name)
            self._local_tmp_dir = str(self._ledger.owned.path)
        return self._ledger

    @property
    def _here(self) -> Path:
        return Path(self._get_local_tmp_dir(), self._there.rpartition("/")[2])

    @cached_property
    def _clients(self) -> Clients:
        return clients(self._opts)

    @cached_property
    def _files(self) -> S3Files:
        return S3Files(self._clients.s3, int((number(self._opts, "cloud_part_size_mb") or 0) * (1 << 20)))

    @cached_property
    def _api(self) -> EmrApi:
        return EmrApi(self._clients, self._request, self._clock, self._own_ledger.note_sent)

    def _get_local_tmp_dir(self) -> str:
        return str(self._own_ledger.owned.path)

    def _add_input_files_for_upload(self) -> None:
        """Nothing: the input is laid out as a whole."""

    # a run

    def _run(self) -> None:
        step.check_settings(self._job)
        log.info("Request ID %s", self._request)
        if self._opts["dry_run"]:
            self._lay_out(None)
            sys.stdout.write(dry_run.text(self._plan(), str(self._here), self._there, self._opts))
            self._own_ledger.owned.keep()
            self._ledger = None
            # mrjob's last line says where it is
            self._output_dir = f"{self._output_dir}, once it has run"
            return
        self._sweep()
        self._lay_out(self._files)
        self._submission = Submission(self._plan(), self._api, self._clock)
        try:
            self._submit(self._submission)
            if not self._opts["no_wait"]:
                self._follow(self._submission)
        except NoAnswer as error:
            raise RunError(f"{error}, with --request-id {self._request}, which takes over what runs") from None
        except (KeyboardInterrupt, SystemExit):
            self._submission.stop()
            raise

    def _sweep(self) -> None:
        run = Entries(self._clients.endpoint, self._request, folder=self._there)
        sweep_left(self._own_ledger, run, self._api, self._files)

    def _lay_out(self, files: S3Files | None) -> None:
        here, there = self._here, self._there
        self._input = layout.lay_inputs(self._found, here, there, self._dump_stdin_to_local_file, files)
        if self._uses_input_manifest():
            self._input = layout.lay_list(self._input, here, there, files)
        self._create_task_script()
        paths, jars = self._working_dir_mgr.name_to_path, self._opts["libjars"]
        self._sent = layout.lay_sent(paths, self._source, jars, here, there)

    def _plan(self) -> Plan:
        label = self._label() or "job"
        steps = [self._streaming_step(step_num) for step_num in range(self._num_steps())]
        plan = make_plan(self._opts, label, self._request, steps, self._there.rpartition("/")[0])
        for operation, request in plan.requests():
            limits.check(operation, request)
        return plan

    def _step_files(self) -> StepFiles:
        return self._sent

    def _jobconf_for_step(self, step_num: int) -> dict[str, str]:
        run = f"{self._label() or 'job'}.{self._request}"
        settings = step.job_settings(run, step_num, self._num_steps(), "")
        # its client's own files go where the master node has such
        del settings["stream.tmpdir"]
        return step_jobconf(self._job, step_num, settings, super()._jobconf_for_step(step_num))

    def _default_step_output_dir(self) -> str:
        return f"{self._there}/steps"

    def _submit(self, submission: Submission) -> None:
        adopted = self._opts["request_id"] is not None and submission.adopt()
        if not adopted:
            if self._opts["cluster_id"]:
                submission.look_at_cluster()
            layout.check_remote([file.path for file in self._found.files], self._target, self._files)
        entries = submission.entries(self._clients.endpoint, self._there, self._target)
        self._own_ledger.begin(entries, is_adopted=adopted)
        if not adopted:
            layout.send(self._found, self._here, self._there, self._files)
            submission.submit(wait=not self._opts["no_wait"])
        if self._opts["no_wait"]:
            sys.stdout.writelines(f"{submission.cluster}/{each}\n" for each in submission.step_ids())

    def _follow(self, submission: Submission) -> None:
        for step_num, end in enumerate(submission.ends()):
            logs = StepLogs(self._files, (end.log_uri, submission.log_uri), end, self._clock)
            if end.state != "COMPLETED":
                error = step_error(end, logs, self._input.names, self._get_steps(), step_num)
                submission.failure = f"{end.reason} {error}"
                raise error
            # of a step that has just ended EMR may have no logs for minutes, and nothing here is worth these
            found = logs.report(0).counters
            counters.add_counters(found, {} if step_num else self._skipped)
            self._counters.append(found)
            log_counters(found)
        self.check_counters(self._counters, list)
        content = self.manifest(self._counters) if self._target else None
        if content is not None:
            self._files.write(f"{self._target}/{manifest.NAME}", manifest.manifest_bytes(content))
        self._is_complete, submission.failure = True, None

    # the end

    def cat_output(self) -> Iterator[bytes]:
        """The job's output; nothing where it is not there yet."""
        if self.get_output_dir() is not None and not self._is_complete:
            return iter(())
        try:
            if not self._target:
                self._own_ledger.check_output()
            return super().cat_output()
        except NothingThere as error:
            if self._opts["request_id"] is None:
                raise
            hint = f"an earlier run with --request-id {self._request} has printed it; leave that out to run anew"
            raise NothingThere(f"{error}; {hint}") from None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        # what the reader of standard output does not want is not kept, nor what is not there
        self._is_unread = bool(
            self._is_complete and not self._target and error and not isinstance(error, (ReaderGone, NothingThere))
        )
        super().__exit__(kind, error, trace)

    def _cleanup_cloud_tmp(self) -> None:
        ledger, submission = self._ledger, self._submission
        if ledger and self._is_unread:
            ledger.keep(f"the same command with --request-id {self._request} prints it")
            self._ledger = None
        elif ledger:
            failure = submission.failure if submission else None
            is_open = ledger.is_taken or (submission and submission.is_open)
            if is_open or not ledger.settle(self._api, self._files, failure):
                ledger.release()
                self._ledger = None

    def _cleanup_local_tmp(self) -> None:
        if self._ledger:
            self._ledger.remove()
        self._ledger, self._local_tmp_dir = None, None
