"""Runners: where a job runs, a package a place. Ours are imported as `gristmill.runners`."""
