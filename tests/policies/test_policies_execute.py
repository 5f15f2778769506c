"""`make policies`: its table is whole, and says where a policy allows too much or too little."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.emr.others import environment
from tests.policies.__main__ import POLICIES, as_met
from tests.policies.table import Place, Row, rows

REQUIREMENTS = Path(__file__).parent / "requirements.txt"
NOWHERE = Path("/nowhere")
ROWS = list(rows(Place("j-1", "j-2", "s-1", NOWHERE, NOWHERE, NOWHERE)))


def written(name: str) -> dict[str, Any]:
    return dict(json.loads((POLICIES / f"{name}.json").read_text(encoding="utf-8")))


def actions(name: str, service: str) -> set[str]:
    """The actions of a service that a policy allows."""
    listed = [statement["Action"] for statement in written(name)["Statement"]]
    each = {action for one in listed for action in ([one] if isinstance(one, str) else one)}
    return {action.partition(":")[2] for action in each if action.startswith(f"{service}:")}


def named(row: Row) -> str:
    return row.what.partition(" ")[0]


@pytest.mark.parametrize("name", ["submitter", "shared-cluster", "instance-profile", "service-role"])
def test_each_action_of_emr_and_iam_has_a_row_that_allows_it_and_one_that_denies_it(name: str) -> None:
    """Those of S3 stand behind the calls of the runner's own class for files."""
    of_it = [row for row in ROWS if row.policy == name]
    for action in actions(name, "elasticmapreduce") | actions(name, "iam"):
        verdicts = {row.allowed for row in of_it if named(row) == action}
        # all of a service has no other resource, and a step is its cluster's
        assert verdicts == ({True} if action in ("ListClusters", "DescribeStep") else {True, False}), action
    assert {path.stem for path in POLICIES.glob("*.json")} == {row.policy for row in ROWS}


def test_conditions_that_cannot_be_evaluated_are_all_there_are() -> None:
    """Another would be denied by the server, and is not to be taken as met."""
    for path in POLICIES.glob("*.json"):
        assert all(not statement["Condition"] for statement in as_met(written(path.stem))["Statement"])
    one = {"Statement": [{"Condition": {"StringEquals": {"aws:RequestTag/a": "b", "aws:PrincipalOrgID": "o"}}}]}
    assert as_met(one) == {"Statement": [{"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o"}}}]}


@pytest.mark.long
def test_the_table_is_as_it_should_be_and_finds_what_is_not(tmp_path: Path) -> None:
    """On ministack, in an environment of its own."""
    server = environment(tmp_path / "env", "-r", str(REQUIREMENTS)) / "ministack"

    def run(*folder: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tests.policies", str(server), *map(str, folder)]
        return subprocess.run(
            command, capture_output=True, text=True, cwd=POLICIES.parents[2], timeout=120, check=False
        )

    done = run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(f"\n\n{len(ROWS)} rows, 0 not as they should be\n")
    folder = tmp_path / "policies"
    folder.mkdir()
    for path in POLICIES.glob("*.json"):
        policy = written(path.stem)
        if path.stem == "submitter":
            for statement in policy["Statement"]:
                if statement["Sid"] == "UseAndEndThem":
                    del statement["Condition"]
                if statement["Sid"] == "KeepFiles":
                    statement["Resource"] = ["arn:aws:s3:::BUCKET/tmp*"]
        (folder / path.name).write_text(json.dumps(policy), encoding="utf-8")
    done = run(folder)
    assert done.returncode == 1
    wrong = re.findall(r"^(\S+) +(.+?)  .*WRONG", done.stdout, re.MULTILINE)
    assert {policy for policy, _ in wrong} == {"submitter"}
    assert {
        *(f"{name} of a cluster without its tag" for name in ("DescribeCluster", "TerminateJobFlows")),
        *("PutObject gristmill-policies/tmpx/x", "files: write a manifest to out/"),
    } <= {what for _, what in wrong}
