"""A registry in memory, for an engine that reaches no other: images and plugins are pushed to it and pulled from it.

python scripts/registry.py [PORT]

It listens on 127.0.0.1, says so when it is ready, takes any credentials, and forgets everything at its end.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

BLOBS: dict[str, bytes] = {}
MANIFESTS: dict[tuple[str, str], tuple[str, bytes]] = {}
UPLOADS: dict[str, bytearray] = {}
PATH = re.compile(r"/v2/(?P<name>.+)/(?P<kind>manifests|blobs)/(?P<rest>.*)")


class Registry(BaseHTTPRequestHandler):
    """The part of the distribution protocol that engines use."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _refuse(self, code: str) -> None:
        self._answer(404, json.dumps({"errors": [{"code": code, "message": "unknown"}]}).encode())

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def do_GET(self) -> None:
        """Give a manifest or a blob."""
        path = urlsplit(self.path).path
        match = PATH.fullmatch(path)
        if path == "/v2/":
            self._answer(200, b"{}", Content_Type="application/json")
        elif match is None:
            self._refuse("NAME_UNKNOWN")
        elif match["kind"] == "blobs":
            blob = BLOBS.get(match["rest"])
            if blob is None:
                self._refuse("BLOB_UNKNOWN")
            else:
                self._answer(200, blob, Content_Type="application/octet-stream", Docker_Content_Digest=match["rest"])
        else:
            found = MANIFESTS.get((match["name"], match["rest"]))
            if found is None:
                self._refuse("MANIFEST_UNKNOWN")
            else:
                self._answer(200, found[1], Content_Type=found[0], Docker_Content_Digest=digest(found[1]))

    do_HEAD = do_GET

    def do_POST(self) -> None:
        """Begin an upload."""
        body, split = self._body(), urlsplit(self.path)
        query = parse_qs(split.query)
        if "digest" in query and body:
            BLOBS[query["digest"][0]] = body
            self._answer(201, Location=f"{split.path}{query['digest'][0]}")
            return
        identifier = str(uuid.uuid4())
        UPLOADS[identifier] = bytearray()
        self._answer(202, Location=f"{split.path}{identifier}", Docker_Upload_UUID=identifier, Range="0-0")

    def do_PATCH(self) -> None:
        """Go on with an upload."""
        upload = UPLOADS[self.path.rpartition("/")[2].partition("?")[0]]
        upload += self._body()
        self._answer(202, Location=urlsplit(self.path).path, Range=f"0-{max(len(upload) - 1, 0)}")

    def do_PUT(self) -> None:
        """End an upload, or take a manifest."""
        body, split = self._body(), urlsplit(self.path)
        match = PATH.fullmatch(split.path)
        assert match is not None
        if match["kind"] == "blobs":
            own = parse_qs(split.query)["digest"][0]
            BLOBS[own] = bytes(UPLOADS.pop(match["rest"].rpartition("/")[2])) + body
            self._answer(201, Location=f"/v2/{match['name']}/blobs/{own}", Docker_Content_Digest=own)
            return
        manifest = (self.headers.get("Content-Type", ""), body)
        MANIFESTS[match["name"], match["rest"]] = MANIFESTS[match["name"], digest(body)] = manifest
        self._answer(201, Location=split.path, Docker_Content_Digest=digest(body))


def digest(data: bytes) -> str:
    """The digest by which registries know content."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Registry)
    print(f"127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
