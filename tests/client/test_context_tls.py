"""The TLS files of a docker context, laid out as `docker context create --docker host=...,ca=...,cert=...` does it."""

import hashlib
import json
from pathlib import Path

import pytest

from engine_api.api.versions import NEWEST
from engine_api.client import Client, ConnectionFailed, resolve
from tests.certificates import Certificates
from tests.serving import Served


@pytest.mark.parametrize("skip", [False, True])
def test_the_files_of_a_context(behind_tls: Served, certificates: Certificates, tmp_path: Path, skip: bool) -> None:
    name = hashlib.sha256(b"far").hexdigest()
    meta, files = tmp_path / "contexts" / "meta" / name, tmp_path / "contexts" / "tls" / name / "docker"
    meta.mkdir(parents=True)
    files.mkdir(parents=True)
    host = behind_tls.address.replace("127.0.0.1", "localhost")
    endpoint = {"Host": host, "SkipTLSVerify": skip}
    (meta / "meta.json").write_text(json.dumps({"Name": "far", "Endpoints": {"docker": endpoint}}))
    made = certificates.authority.issue_cert("client@example.org")
    (files / "cert.pem").write_bytes(b"".join(blob.bytes() for blob in made.cert_chain_pems))
    made.private_key_pem.write_to_path(files / "key.pem")
    if not skip:
        certificates.authority.cert_pem.write_to_path(files / "ca.pem")
    with Client(resolve({"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "far"})) as client:
        assert client.system.ping().api_version == str(NEWEST)


def test_https_trusts_whom_the_machine_trusts(behind_tls: Served) -> None:
    with (
        Client(behind_tls.address.replace("tcp://127.0.0.1", "https://localhost")) as client,
        pytest.raises(ConnectionFailed, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        client.system.ping()
