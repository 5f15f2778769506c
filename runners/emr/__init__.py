"""``-r emr``: jobs as steps of Amazon EMR."""
