"""``-r spark``: Spark 4, on this machine or on a cluster."""
