"""Execute the allow and deny table of runners/emr/policies on ministack: python -m tests.policies MINISTACK [FOLDER].

`make policies` runs it, with the command `ministack` of an environment of its own. It exits with 1 where a row is not
as it should be. FOLDER has other policies by the same names.
"""

from __future__ import annotations

import copy
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from gristmill.errors import RunError

from .server import ACCOUNT, PART, REGION, Ministack, StartError
from .table import BUCKET, INSTANCES, OTHER, STEP, TAGS, Place, Row, Simulated, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .server import Caller

POLICIES = Path(__file__).parents[2] / "runners" / "emr" / "policies"
#: Keys of conditions that ministack cannot evaluate here, and why.
UNSEEN = {
    "aws:RequestTag/": "it does not look for tags in EMR's requests",
    "elasticmapreduce:ResourceTag/": "it does not know the tags of EMR's clusters",
    "iam:PassedToService": "it lets RunJobFlow pass any role; its simulator is asked, which takes no keys",
}
NOTE = "TerminateJobFlows and AddTags are simulated too: ministack takes them for calls on no resource"


def main(arguments: list[str]) -> int:
    """Print the table; 1 where a row is not as it should be, or the server does not come up."""
    command, folder = Path(arguments[0]).absolute(), Path(arguments[1]) if arguments[1:] else POLICIES
    with tempfile.TemporaryDirectory(prefix="gristmill-policies-") as name:
        try:
            with Ministack.started(command, Path(name)) as server:
                place = furnish(server, Path(name))
                results = list(execute(server, place, folder))
        except StartError as error:
            sys.stderr.write(f"error: {error}\n")
            return 1
    for row, outcome in results:
        sys.stdout.write(f"{line(row, outcome)}\n")
    wrong = [row for row, outcome in results if outcome != expected(row)]
    sys.stdout.write("\nnot evaluated by ministack, and so once taken as met and once as not met:\n")
    sys.stdout.writelines(f"  {key}: {why}\n" for key, why in UNSEEN.items())
    sys.stdout.write(f"  {NOTE}\n\n{len(results)} rows, {len(wrong)} not as they should be\n")
    return 1 if wrong else 0


def furnish(server: Ministack, folder: Path) -> Place:
    """Make what the rows are about, as the account's owner."""
    s3, emr = server.client("s3"), server.client("emr")
    for bucket in (BUCKET, OTHER, f"{REGION}.elasticmapreduce"):
        s3.create_bucket(Bucket=bucket, ObjectOwnership="ObjectWriter")
        # or this denies what a policy is to deny
        s3.delete_public_access_block(Bucket=bucket)
        for key in ("in/x", "elsewhere/x", "tmpx/x", "tmp/x", "x"):
            s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    tagged, other = (emr.run_job_flow(Name="a", Instances=INSTANCES, Tags=tags)["JobFlowId"] for tags in (TAGS, []))
    (step,) = emr.add_job_flow_steps(JobFlowId=tagged, Steps=[STEP])["StepIds"]
    for name, size in (("small", 1), ("large", PART + 1)):
        (folder / name).write_bytes(b"x" * size)
    (folder / "down").mkdir()
    return Place(tagged, other, step, folder / "small", folder / "large", folder / "down")


def execute(server: Ministack, place: Place, folder: Path) -> Iterator[tuple[Row, str]]:
    """Each row, and what came of its call."""
    policies: dict[tuple[str, bool], dict[str, Any]] = {}
    callers: dict[tuple[str, bool], Caller] = {}
    for path in sorted(folder.glob("*.json")):
        text = path.read_text(encoding="utf-8").replace("j-CLUSTER", place.cluster).replace("BUCKET", BUCKET)
        written = json.loads(text.replace("REGION", REGION).replace("ACCOUNT", ACCOUNT))
        for met, policy in ((False, written), (True, as_met(written))):
            policies[path.stem, met] = policy
            callers[path.stem, met] = server.user(f"{path.stem}-{'met' if met else 'written'}", policy)
    for row in rows(place):
        key = (row.policy, row.met)
        if isinstance(row.call, Simulated):
            is_allowed = server.simulate(policies[key], row.call.action, row.call.resource)
            yield row, "allowed" if is_allowed else "denied"
        else:
            yield row, outcome(row, callers[key])


def as_met(policy: dict[str, Any]) -> dict[str, Any]:
    """A policy whose conditions that ministack cannot evaluate are met."""
    found = copy.deepcopy(policy)
    for statement in found["Statement"]:
        for operator, keys in list(statement.get("Condition", {}).items()):
            left = {key: value for key, value in keys.items() if not key.startswith(tuple(UNSEEN))}
            statement["Condition"][operator] = left
        statement["Condition"] = {name: keys for name, keys in statement.get("Condition", {}).items() if keys}
    return found


def outcome(row: Row, who: Caller) -> str:
    """What came of a row's call: ``allowed``, ``denied``, or what is neither."""
    assert not isinstance(row.call, Simulated)
    try:
        answer = row.call(who)
    except (RunError, BotoCoreError, ClientError) as error:
        text = " ".join(str(error).split())
        return "denied" if "AccessDenied" in text or "(403)" in text or "UnauthorizedOperation" in text else text
    # DeleteObjects says it of each object
    errors = answer.get("Errors") if isinstance(answer, dict) else None
    return "denied" if errors and errors[0]["Code"] == "AccessDenied" else "allowed"


def expected(row: Row) -> str:
    """What is to come of it."""
    return "allowed" if row.allowed else "denied"


def line(row: Row, outcome: str) -> str:
    """A row of the table as it is printed."""
    how = ("simulated" if isinstance(row.call, Simulated) else "called") + (", conditions met" if row.met else "")
    mark = "" if outcome == expected(row) else f"   WRONG: {expected(row)} is right"
    return f"{row.policy:16}  {row.what:62}  {how:25}  {outcome}{mark}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
