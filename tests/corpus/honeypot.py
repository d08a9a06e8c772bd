"""What no case may touch: a server on the loopback that counts who calls, and a file whose text nobody may repeat."""

import http.server
import threading
from functools import cache
from pathlib import Path

#: Of the planted file: it appears in no output, whatever a hostile input asks for.
CANARY = "CANARY-7f3a-烽火-SECRET"


class Honeypot:
    """A web server that would give a valid layer to whoever asks."""

    def __init__(self):
        self.calls = []
        pot = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                pot.calls.append(self.path)
                body = b'{"type":"FeatureCollection","features":[]}'
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_HEAD = do_POST = do_GET  # noqa: N815, the names of the base class

            def log_message(self, *_):
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"


@cache
def pot():
    """The one server of a test process."""
    return Honeypot()


def plant(folder):
    """Write the file that hostile inputs point to."""
    path = folder / "planted.csv"
    path.write_text(f'BSM,DLBM,WKT\n{CANARY},0601,"POLYGON ((0 0, 1 0, 1 1, 0 0))"\n', encoding="utf-8")
    return path


def leaks(outcome):
    """Where the planted text turned up: said on the terminal, or in a file that was written."""
    found = ["the terminal"] if CANARY in outcome.text else []
    files = [p for p in outcome.out.rglob("*") if p.is_file()] if outcome.out.exists() else []
    return found + [p.name for p in files if CANARY.encode() in Path(p).read_bytes()]
