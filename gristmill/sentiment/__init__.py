"""Scored posts to rows: tallies, keys, figures, topics, examples."""
