"""The package as a node has it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import snowballstemmer

import gristmill.built
import gristmill.errors
import gristmill.memo
import gristmill.text
import gristmill.typed

PROGRAM = """
import sys
sys.path.insert(0, "shipped.zip")
from gristmill.text import stems, stop_words, words
assert "shipped.zip" in words.__file__
analyse = words.Analyser(stop_words.stop_words("fr"), stems.stemmer("french"))
assert analyse("l\u2019\xe9t\xe9\u2026des\u2026moulins".encode()) == ("\xe9t\xe9".encode(), None, b"moulin")
assert "shipped.zip" in sys.modules["gristmill.text.stems.french_stemmer"].__file__
assert "english" in stems.languages()
"""


def test_everything_works_from_a_zip(tmp_path: Path):
    """The table, the stop words and the stemmers are read from the zip that is shipped to nodes."""
    with zipfile.ZipFile(tmp_path / "shipped.zip", "w") as archive:
        archive.writestr("gristmill/__init__.py", "")
        for module in (gristmill.built, gristmill.errors, gristmill.memo, gristmill.typed):
            archive.write(module.__file__, module.__name__.replace(".", "/") + ".py")
        for package, root in ((gristmill.text, "gristmill/text"), (snowballstemmer, "snowballstemmer")):
            folder = Path(package.__file__).parent
            for path in folder.rglob("*.*"):
                archive.write(path, root / path.relative_to(folder))
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, cwd=tmp_path)
