"""Lines as platforms and people write them to posts.

    from gristmill.posts import Post, Reader

    reader = Reader()
    posts = [thing for line in file for thing in reader.parse_line(line) if isinstance(thing, Post)]

`parse_line` also gives a `Skip` for each line, or value in one, that is no post.
"""

from gristmill.posts.post import Post
from gristmill.posts.reader import Reader
from gristmill.posts.skip import Skip

__all__ = ["Post", "Reader", "Skip"]
