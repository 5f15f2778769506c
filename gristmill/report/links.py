"""Posts to their addresses on the web, where the platform gives one by what an example holds: its id."""

from __future__ import annotations

import re

#: (what an id must be, to the address), by platform. A comment's address on Reddit holds the id of its submission too.
_ADDRESSES = {
    "bluesky": (r"(did:[a-z]+:[A-Za-z0-9._:%-]+)/([A-Za-z0-9._~:-]+)", r"https://bsky.app/profile/\1/post/\2"),
    "mastodon": (r"(https://[A-Za-z0-9.-]+(?::[0-9]+)?/[!-~]+)", r"\1"),
    "reddit": (r"t3_([0-9a-z]+)", r"https://www.reddit.com/comments/\1"),
    "twitter": (r"([0-9]+)", r"https://x.com/i/status/\1"),
}


def address(platform: str, identity: str) -> str:
    """The address of a post, not escaped; "" where its platform gives none.

    >>> address("twitter", "20"), address("bluesky", "did:plc:abc/3k2"), address("own", "https://x.example/1")
    ('https://x.com/i/status/20', 'https://bsky.app/profile/did:plc:abc/post/3k2', '')
    """
    pattern, template = _ADDRESSES.get(platform, ("", ""))
    match = re.fullmatch(pattern, identity)
    return match.expand(template) if match else ""
