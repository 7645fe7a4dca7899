"""Certificates of a server and of clients, made anew for each run."""

import datetime
import ssl
from pathlib import Path

import trustme

from engine_api.server.addresses import TlsFiles


class Certificates:
    """An authority, with certificates of the server and of clients."""

    def __init__(self, folder: Path) -> None:
        self.authority = trustme.CA()
        self.folder = folder
        authority = folder / "ca.pem"
        self.authority.cert_pem.write_to_path(authority)
        one = self.authority.issue_cert("localhost", "127.0.0.1")
        certificate, key = folder / "server.pem", folder / "server-key.pem"
        one.private_key_pem.write_to_path(key)
        certificate.write_bytes(b"".join(blob.bytes() for blob in one.cert_chain_pems))
        self.files = TlsFiles(certificate, key, authority)

    def client(self, authority: trustme.CA | None = None, expired: bool = False) -> ssl.SSLContext:
        """A client with a certificate of an authority."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        ago = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
        made = (authority or self.authority).issue_cert("client@example.org", not_after=ago if expired else None)
        made.configure_cert(context)
        return context

    def stranger(self) -> ssl.SSLContext:
        """A client without a certificate."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context
