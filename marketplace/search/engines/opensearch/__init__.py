"""The distributed engine: a cluster that holds our own terms. Needs the extra `opensearch`."""
