"""A job's driver in the process of the tests, by `-r emr`: a process of its own takes a second of CPU to begin."""

from __future__ import annotations

import importlib.util
import io
import sys
import tempfile
from subprocess import CompletedProcess
from typing import TYPE_CHECKING, Any

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from gristmill.runners.emr import runner
from tests.runners.emr.clock import Time

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from gristmill.runners.emr.clients import Clients


def load(monkeypatch: pytest.MonkeyPatch, path: Path, text: str) -> Any:
    """The class `Made` of a module of its own: of one in a package all of that is packed for the cluster."""
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    # a job's class is looked for there
    monkeypatch.setitem(sys.modules, path.stem, module)
    spec.loader.exec_module(module)
    return module.Made


def patch(monkeypatch: pytest.MonkeyPatch, aws: Clients, job_tmp: Path) -> Time:
    """Have drivers use these clients, a clock that passes when it is slept by, and this temporary folder."""
    time = Time()
    monkeypatch.setattr(runner, "clients", lambda _: aws)
    monkeypatch.setattr(runner, "Clock", lambda: time.clock)
    monkeypatch.setattr(tempfile, "tempdir", str(job_tmp))
    return time


def drive(
    monkeypatch: pytest.MonkeyPatch, job: Any, args: list[str], stdin: bytes, stdout: io.BytesIO | None = None
) -> CompletedProcess[bytes]:
    """Run a job to its end, as its command line does."""
    out, err = stdout or io.BytesIO(), io.BytesIO()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "argv", ["job", *args])
        for name, stream in (("stdin", io.BytesIO(stdin)), ("stdout", out), ("stderr", err)):
            patched.setattr(sys, name, io.TextIOWrapper(stream, "utf-8", write_through=True))
        status: Any = 0
        try:
            job.run()
        except SystemExit as ended:
            status = ended.code
        if isinstance(status, str):
            sys.stderr.write(f"{status}\n")
            status = 1
        ended_with = CompletedProcess(args, status, out.getvalue(), err.getvalue())
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            stream.detach()
    return ended_with
