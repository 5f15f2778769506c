"""What the tests of the library share with those of the jobs: jobs driven in this process, and golden files."""

from __future__ import annotations

from tests.jobs.conftest import golden, nltk_data, run_here, run_task

__all__ = ["golden", "nltk_data", "run_here", "run_task"]
