"""mrjob's own tests, with our job and runner classes in place of its: run by hand.

pip download --no-binary :all: --no-deps mrjob==0.7.4
python tests/mrjobs_own.py mrjob-0.7.4.tar.gz                 all modules below; needs pytest and warcio
python tests/mrjobs_own.py mrjob-0.7.4.tar.gz test_local      one of them

Two copies of its tests run, one as it is and one whose imports name our classes. Printed is how many of each pass, and
each test that passes in the first alone.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

MODULES = ("test_job", "test_protocol", "test_step", "test_inline", "test_local")
#: What a copy's imports become, in order.
IMPORTS = {
    r"from mrjob\.examples\.": "from tests.moved.",
    r"from mrjob\.job import MRJob\b": "from gristmill import Job as MRJob",
    r"from mrjob\.inline import InlineMRJobRunner\b": (
        "from gristmill.runners.local.inline import InlineRunner as InlineMRJobRunner"
    ),
    r"from mrjob\.local import LocalMRJobRunner\b": (
        "from gristmill.runners.local.runner import LocalRunner as LocalMRJobRunner"
    ),
}


def lay_out(distribution: str, folder: Path) -> None:
    """The tests of a source distribution, and mrjob's examples beside them, in `folder`/tests."""
    with tarfile.open(distribution) as archive:
        for member in archive.getmembers():
            _, _, name = member.name.partition("/")
            name = re.sub("^mrjob/examples/", "tests/moved/", name)
            content = archive.extractfile(member)
            if content and name.startswith("tests/"):
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read())
                path.chmod(member.mode)


def move(folder: Path) -> None:
    """Have every module in `folder` import our classes."""
    for path in folder.rglob("*.py"):
        source = path.read_text()
        for old, new in IMPORTS.items():
            source = re.sub(old, new, source)
        path.write_text(source)


def outcomes(folder: Path, modules: list[str]) -> dict[str, str]:
    """What became of each test: "" for one that passes, else what it said."""
    report = folder / "report.xml"
    options = ["-q", "--import-mode=prepend", "-p", "gristmill.job.mrjob_compat", "-p", "no:cacheprovider"]
    files = [f"tests/{module}.py" for module in modules]
    command = [sys.executable, "-m", "pytest", *options, f"--rootdir={folder}", f"--junitxml={report}", *files]
    subprocess.run(command, cwd=folder, check=False, stdout=sys.stderr)
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        faults = [child.get("message", child.tag) for child in case if child.tag in ("failure", "error", "skipped")]
        found[f"{case.get('classname')}.{case.get('name')}"] = "\n".join(faults)
    return found


def main(distribution: str, *modules: str) -> None:
    """Run both copies, and tell."""
    with TemporaryDirectory() as folder:
        theirs, ours = Path(folder, "theirs"), Path(folder, "ours")
        lay_out(distribution, theirs)
        lay_out(distribution, ours)
        move(ours)
        names = list(modules or MODULES)
        passed, found = outcomes(theirs, names), outcomes(ours, names)
    for module in names:
        tests = [test for test in passed if test.startswith(f"tests.{module}.")]
        counts = [sum(not side.get(test, "missing") for test in tests) for side in (passed, found)]
        sys.stdout.write(f"{module}: of {len(tests)} mrjob passes {counts[0]}, ours {counts[1]}\n")
    for test, said in found.items():
        if said and not passed.get(test, "missing"):
            sys.stdout.write(f"{test}: {said.splitlines()[0]}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
