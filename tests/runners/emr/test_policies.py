"""The IAM policies allow what the code calls, and no more."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gristmill.runners.emr.requests import run_job_flow

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


def test_a_new_cluster_has_the_tags_that_a_submitter_must_give_it() -> None:
    """And is known by one of them afterwards; ministack, which executes the rest, sees no tags of EMR's."""
    roles = {"iam_instance_profile": "EMR_EC2_DefaultRole", "iam_service_role": "EMR_DefaultRole"}
    request = run_job_flow(roles, ("mill", "ID"), [], "s3://b/logs/")
    tags = {tag["Key"]: tag["Value"] for tag in request["Tags"]}
    conditions = {each["Sid"]: each.get("Condition", {}) for each in POLICIES["submitter.json"]["Statement"]}
    for sid, prefix in (
        ("MakeTaggedClusters", "aws:RequestTag/"),
        ("TagThemAsTheyAreMade", "aws:RequestTag/"),
        ("UseAndEndThem", "elasticmapreduce:ResourceTag/"),
    ):
        wanted = {key: value for keys in conditions[sid].values() for key, value in keys.items()}
        assert wanted
        for key, value in wanted.items():
            assert key.startswith(prefix)
            assert tags[key[len(prefix) :]] == value or (value == "*" and "StringLike" in conditions[sid])
    passed = {conditions[sid]["StringLike"]["iam:PassedToService"] for sid in ("PassTheRoles", "PassTheNodesRole")}
    assert passed == {"elasticmapreduce.amazonaws.com*", "ec2.amazonaws.com*"}
