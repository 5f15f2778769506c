"""Options of runners that mrjob does not have, added to its own: in settings and on the command line alike."""

from __future__ import annotations

from typing import Any

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from mrjob import options
from mrjob.conf import combine_dicts

#: Those of `-r emr`; any other runner refuses them. One without a switch is for settings alone.
EMR: dict[str, Any] = {
    "answer_seconds": {"switches": []},
    "dry_run": {"switches": [(["--dry-run"], {"action": "store_true"})]},
    "emr_api_params": {"switches": [], "combiner": combine_dicts},
    "execution_role": {"switches": [(["--execution-role"], {})]},
    "max_hours": {"switches": [(["--max-hours"], {"type": float})]},
    "no_wait": {"switches": [(["--no-wait"], {"action": "store_true"})]},
    "request_id": {"switches": [(["--request-id"], {})]},
}

options._RUNNER_OPTS.update(EMR)
