"""The tests. Before anything is imported: the collector of cycles takes a tenth of all processor time as Python sets it."""

import gc

gc.set_threshold(200_000, 50, 100)
