"""Jobs: what happens to the data. A folder ``jobs`` of a user's own, anywhere on the path, joins this package."""

from pkgutil import extend_path

import gristmill.interrupts  # noqa: F401 (before anything else)

__path__ = extend_path(__path__, __name__)
