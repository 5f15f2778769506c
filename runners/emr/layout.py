"""What a run puts on S3, laid out in a folder of this machine as links, by the names that it has there:

FOLDER/input/0000000/NAME …      the files of the input (see hadoop.upload)
FOLDER/manifest                  of a job that fetches its files itself: their paths
FOLDER/sent-files/0-NAME …       what a task finds in its working directory
FOLDER/sent-archives/0-NAME …
FOLDER/sent-libjars/0-NAME …
FOLDER/output, FOLDER/steps/0000 output that is printed, and that of all steps but the last
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from gristmill.errors import InputError, OutputError, RunError, output_exists
from gristmill.input import changes

from ..hadoop.hidden import as_read, bring_hidden
from ..hadoop.upload import Sources, Upload, is_remote, lay_out, link_files, list_inputs
from ..streaming_step import StepFiles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gristmill.input.find import Inputs

    from ..remote_files import RemoteFiles
    from .s3_files import S3Files

#: What is behind no path.
_NO_FILES: Any = None


def on_s3(path: str) -> bool:
    """Whether a path is one of S3's, by any of Hadoop's schemes."""
    return path.startswith(("s3://", "s3a://", "s3n://"))


def folder(tmp_dir: str | None, request: str) -> str:
    """The folder on S3 of the run with this request ID; RunError where none is named for such."""
    if not tmp_dir or not on_s3(tmp_dir):
        raise RunError(
            "-r emr needs a folder on S3 for the job's files: name it by --cloud-tmp-dir s3://BUCKET/tmp, or "
            f"cloud_tmp_dir in mrjob.conf{f', and not {tmp_dir}' if tmp_dir else ''}"
        )
    return f"s3://{tmp_dir.partition('://')[2].rstrip('/')}/gristmill.{request}"


def output_folder(named: str | None, *, wait: bool) -> str:
    """The folder on S3 that a run's output is to be in, "" where it is printed; RunError for one that cannot be."""
    if named and not on_s3(named):
        raise OutputError(f"--output-dir {named}: a cluster writes to S3; give s3://BUCKET/PATH")
    if not named and not wait:
        raise RunError("--no-wait: nobody is there to print the output, so say where it goes: --output-dir s3://…")
    return (named or "").rstrip("/")


def check_remote(paths: Sequence[str], target: str, files: S3Files) -> None:
    """InputError for an input on S3 that names nothing, OutputError for a `target` that is there; "" for none.

    A cluster would be paid for to find out.
    """
    for path in paths:
        if on_s3(path) and not files.has_input(path):
            raise InputError(f"input {path} does not exist; give a file, a folder or a glob that S3 has")
    if target and files.exists(target):
        raise output_exists(target)


def lay_inputs(
    found: Inputs, here: Path, there: str, standard_input: Callable[[], str], files: RemoteFiles | None
) -> Upload:
    """Lay the input out in `here`, which `there` on S3 will be a copy of.

    Hidden files that are named outright are copied by `files`; without these none is looked for.
    """
    given = [file.path for file in found.files if is_remote(file.path)]
    copies, remote = bring_hidden(given, here.with_name("hidden"), files) if files else ([], given)
    mine = [*(file for file in found.files if not is_remote(file.path)), *copies]
    return lay_out(
        Sources(mine, remote, [as_read(path) for path in remote], found.several), here, there, standard_input
    )


def lay_list(upload: Upload, here: Path, there: str, files: RemoteFiles | None) -> Upload:
    """The input of a job that fetches its files itself: a list of them."""
    if files is None and upload.names["paths"]:
        raise RunError(
            "--dry-run asks S3 nothing, and this job's input there must be listed; give files of this machine"
        )
    return list_inputs(upload, here, there, files or _NO_FILES)


def lay_sent(
    paths: Callable[[str], Mapping[str, str]], without: str, libjars: Sequence[str], here: Path, there: str
) -> StepFiles:
    """Lay out what tasks find where they run, and give its URIs; `paths` gives path by name of a kind.

    The path `without` is left out.
    """
    named = {kind: sorted(paths(kind).items()) for kind in ("file", "archive")}
    named["libjar"] = [(Path(jar).name, jar) for jar in libjars]
    uris: dict[str, tuple[str, ...]] = {}
    for kind, pairs in named.items():
        place = here / f"sent-{kind}s"
        links = link_files(place, [(name, path) for name, path in pairs if path != without])
        mine = place.as_uri().replace(",", "%2C")
        uris[kind] = tuple(link.replace(mine, f"{there}/sent-{kind}s", 1) for link in links)
    # the tasks' class path takes a jar by its own name
    jars = tuple(uri.partition("#")[0] for uri in uris["libjar"])
    return StepFiles(uris["file"], uris["archive"], jars)


def send(found: Inputs, here: Path, there: str, files: RemoteFiles) -> None:
    """Copy what is laid out to S3; InputError for an input that changes meanwhile.

    One that grows too: S3 takes what is there when it is sent.
    """
    files.put(str(here), there)
    if grown := changes.grown([file for file in found.files if not is_remote(file.path)]):
        raise InputError(f"input {grown[0].path} grew while it was sent; run again when nothing writes to it")
