"""Addresses of posts."""

from __future__ import annotations

import pytest

from gristmill.report.links import address


@pytest.mark.parametrize(
    ("platform", "identity", "found"),
    [
        ("twitter", "1234567890123456789", "https://x.com/i/status/1234567890123456789"),
        ("twitter", "12x", ""),
        ("bluesky", "did:plc:z72i7/3l6oveex3ii2l", "https://bsky.app/profile/did:plc:z72i7/post/3l6oveex3ii2l"),
        ("bluesky", "did:web:a.example/3k", "https://bsky.app/profile/did:web:a.example/post/3k"),
        ("bluesky", "did:plc:a/b/c", ""),
        ("mastodon", "https://m.example/users/a/statuses/1", "https://m.example/users/a/statuses/1"),
        ("mastodon", "https://user:word@m.example/1", ""),
        ("mastodon", "http://m.example/1", ""),
        ("mastodon", "javascript:alert(1)//https://m.example/1", ""),
        ("mastodon", "https://m.example/1\n", ""),
        ("mastodon", "112233", ""),
        ("reddit", "t3_1abc", "https://www.reddit.com/comments/1abc"),
        ("reddit", "t1_1abc", ""),
        ("own", "https://m.example/1", ""),
    ],
)
def test_a_post_has_the_address_that_its_platform_gives_it(platform: str, identity: str, found: str) -> None:
    """By its id alone; what is no such id has none."""
    assert address(platform, identity) == found
