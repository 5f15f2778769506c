"""The formats that posts come in, one module a platform, and what they share.

A module's functions take what `json` made of a post and give the post, or raise NoPost; where one line holds several
posts, they yield each of them.
"""
