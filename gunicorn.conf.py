"""What gunicorn reads where it is started: it does not name itself to the world, and opens no control socket."""

from gunicorn.http.wsgi import Response

control_socket_disable = True

_default_headers = Response.default_headers


def _without_name(response: Response) -> list[str]:
    return [line for line in _default_headers(response) if not line.lower().startswith("server:")]


Response.default_headers = _without_name
