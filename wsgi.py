"""The application object for servers and for `flask --app wsgi`.

While two thousand modules are imported nothing becomes garbage, and the collector of cycles would walk through them again
and again (half a second of three). What has been imported stays: later collections need not look at it.
"""

import gc

gc.disable()

from marketplace import create_app  # noqa: E402 - the collector waits for the import

app = create_app()
gc.collect()
gc.freeze()
gc.enable()
