"""The formats that posts come in, one module a platform.

A module's functions take a value that `json` decoded and return its post, or raise NoPost. Where one value holds
several posts, they return a list of values of which each is again a line's.
"""
