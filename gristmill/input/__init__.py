"""Input paths to files, files to splits, splits to records."""
