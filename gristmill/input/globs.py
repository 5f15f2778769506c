"""Globs as Hadoop reads them, for this machine's files too.

*  ?                  any letters; one
[a-c]  [!a]  [^a]     one of these, or of all others
{a,b}                 either
\\*                    the letter itself
"""

from __future__ import annotations

import re

#: An escaped letter, a set, or any one letter.
_PIECE = re.compile(r"\\.|\[[!^]?\]?(?:\\.|[^]\\])*\]|.", re.DOTALL)
_SET = re.compile(r"\[([!^]?)(.+)\]", re.DOTALL)
#: How Java refuses a name with a colon, and what we say of it: it takes what stands before the colon for a scheme.
COLON = "java.net.URISyntaxException: Relative path in absolute URI"
NO_COLON = "Hadoop finds no name with a colon by its path or by a glob; give the folder that it lies in"
_SIGNS = {"*": "[^/]*", "?": "[^/]"}


def is_glob(path: str) -> bool:
    """Whether Hadoop takes a path for a pattern."""
    return not set("*?[{").isdisjoint(path)


def as_regex(glob: str) -> str:
    """The regular expression of a glob; ValueError where it is none, as Hadoop has it."""
    depth, regex = 0, ""
    for piece in _PIECE.findall(glob):
        if found := _SET.fullmatch(piece):
            regex += f"(?!/)[{found[1] and '^'}{_members(found[2])}]"
        elif piece[0] == "[":
            raise ValueError("[ without ]")
        elif piece == "{":
            depth, regex = depth + 1, f"{regex}(?:"
        elif piece == "}" and depth:
            depth, regex = depth - 1, f"{regex})"
        elif piece == "," and depth:
            regex += "|"
        else:
            regex += _SIGNS.get(piece) or re.escape(piece[-1])
    if depth:
        raise ValueError("{ without }")
    try:
        re.compile(regex)
    except re.error as error:
        raise ValueError(error.msg) from None
    return regex


def _members(letters: str) -> str:
    """What stands in a set, where ``-`` alone keeps its meaning."""
    return "".join(piece if piece == "-" else re.escape(piece[-1]) for piece in _PIECE.findall(letters))


def split_commas(paths: str) -> list[str]:
    """The paths of a list with commas between, as Hadoop splits it: not at those within braces."""
    depth, parts = 0, [""]
    for letter in paths:
        depth += (letter == "{") - (letter == "}" and depth > 0)
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part for part in parts if part]


def without_slashes_in_braces(glob: str) -> list[str]:
    """The globs that one with ``{a/b,c}`` stands for: each part of a path is then matched by itself, as on Hadoop."""
    depth, start = 0, 0
    commas: list[int] = []
    position = 0
    for piece in _PIECE.findall(glob):
        if piece == "{":
            depth += 1
            if depth == 1:
                start, commas = position, []
        elif piece == "," and depth == 1:
            commas.append(position)
        elif piece == "}" and depth:
            depth -= 1
            if not depth and "/" in glob[start:position]:
                bounds = [start, *commas, position]
                choices = [glob[left + 1 : right] for left, right in zip(bounds, bounds[1:])]
                rest = glob[position + 1 :]
                return [one for choice in choices for one in without_slashes_in_braces(glob[:start] + choice + rest)]
        position += len(piece)
    return [glob]
