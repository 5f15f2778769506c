"""Jobs: what happens to the data. A folder ``jobs`` of a user's own, anywhere on the path, joins this package."""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
