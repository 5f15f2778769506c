"""The IAM policies allow what the code calls, and no more."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

EMR = Path(__file__).parents[3] / "runners" / "emr"
POLICIES = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in (EMR / "policies").glob("*.json")}


def actions(name: str, service: str) -> set[str]:
    """The actions of a service that a policy allows."""
    found: set[str] = set()
    for statement in POLICIES[name]["Statement"]:
        assert statement["Effect"] == "Allow"
        listed = statement["Action"]
        found |= {listed} if isinstance(listed, str) else set(listed)
    return {action.partition(":")[2] for action in found if action.startswith(f"{service}:")}


def test_a_submitter_may_call_what_the_code_calls() -> None:
    """Each call of EMR's, and the tags that RunJobFlow makes."""
    source = (EMR / "api.py").read_text(encoding="utf-8")
    called = {*re.findall(r"_(?:reads|writes)\.(\w+)\(", source), *re.findall(r'get_paginator\("(\w+)"\)', source)}
    names = {"".join(word.title() for word in name.split("_")) for name in called - {"get_paginator"}}
    assert actions("submitter.json", "elasticmapreduce") == names | {"AddTags"}
    shared = names - {"ListClusters", "RunJobFlow", "TerminateJobFlows"}
    assert actions("shared-cluster.json", "elasticmapreduce") == shared


@pytest.mark.parametrize("name", ["submitter.json", "shared-cluster.json"])
def test_files_are_kept_in_two_folders_of_one_bucket(name: str) -> None:
    """Nothing that opens a bucket to others is among what is allowed."""
    assert actions(name, "s3") == {
        "ListBucket",
        "ListBucketMultipartUploads",
        "GetObject",
        "PutObject",
        "DeleteObject",
        "AbortMultipartUpload",
    }


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_a_policy_names_what_it_is_about(name: str) -> None:
    """All resources are allowed for what has no resource, and where a condition names a tag of the request."""
    statements: list[Any] = POLICIES[name]["Statement"]
    for statement in statements:
        assert "*" not in statement["Action"]
        if statement["Resource"] == "*":
            assert statement["Action"] in ("elasticmapreduce:ListClusters", "elasticmapreduce:RunJobFlow")
    assert name in (EMR / "policies" / "README.md").read_text(encoding="utf-8")
