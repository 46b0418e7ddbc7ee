import ssl
import subprocess
from datetime import timedelta
from ipaddress import IPv4Network

import pytest
from auth0_apim_sandbox.cloud import certificates
from auth0_apim_sandbox.cloud.certificates import ensure_certificates
from auth0_apim_sandbox.cloud.folder import StateFolder
from cryptography import x509


@pytest.fixture
def folder(tmp_path):
    folder = StateFolder(tmp_path / "sandbox")
    folder.prepare()
    ensure_certificates(folder)
    return folder


def test_the_certificate_names_localhost_the_portals_and_the_loopback_address(folder):
    certificate = x509.load_pem_x509_certificates(folder.server_certificate.read_bytes())[0]
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "*.developer.localhost"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]


def test_the_key_is_read_by_its_owner_only(folder):
    assert folder.server_certificate.stat().st_mode & 0o777 == 0o600


def test_the_authority_has_no_key_on_disk(folder):
    authority = folder.certificate_authority.read_text()
    assert "PRIVATE KEY" not in authority
    assert sorted(path.name for path in folder.certificate_authority.parent.iterdir()) == [
        "bundle.pem",
        "ca.pem",
        "localhost.pem",
    ]


def test_the_authority_vouches_for_this_machine_alone(folder):
    authority = x509.load_pem_x509_certificate(folder.certificate_authority.read_bytes())
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert constraints.value.permitted_subtrees == [
        x509.DNSName("localhost"),
        x509.IPAddress(IPv4Network("127.0.0.1/32")),
    ]
    basic = authority.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value) == (True, x509.BasicConstraints(ca=True, path_length=0))
    usage = authority.extensions.get_extension_for_class(x509.KeyUsage)
    assert (usage.critical, usage.value.key_cert_sign, usage.value.digital_signature) == (True, True, False)
    assert authority.not_valid_after_utc - authority.not_valid_before_utc == timedelta(days=730)


def test_openssl_takes_both_certificates_at_its_strictest(folder):
    command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_ip", "127.0.0.1"]
    files = ["-CAfile", str(folder.certificate_authority), str(folder.server_certificate)]
    subprocess.run([*command, *files], check=True, capture_output=True)


@pytest.mark.parametrize("lifetime", [timedelta(days=29), timedelta(days=36500)])
def test_certificates_that_soon_end_or_last_for_decades_are_replaced(folder, monkeypatch, lifetime):
    with monkeypatch.context() as patched:
        patched.setattr(certificates, "LIFETIME", lifetime)
        folder.server_certificate.unlink()
        ensure_certificates(folder)
    before = folder.certificate_authority.read_text()
    ensure_certificates(folder)
    after = folder.certificate_authority.read_text()
    assert after != before
    assert folder.trust_bundle.read_text().endswith(after)


def test_a_second_start_keeps_the_authority(folder):
    before = folder.certificate_authority.read_bytes()
    ensure_certificates(folder)
    assert folder.certificate_authority.read_bytes() == before


def test_the_bundle_trusts_the_local_authority_beside_the_machines_own(folder, monkeypatch, tmp_path):
    other = tmp_path / "corporate.pem"
    other.write_text("corporate authority\n")
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    ensure_certificates(folder)
    assert folder.trust_bundle.read_text() == "corporate authority\n\n" + folder.certificate_authority.read_text()


def test_the_bundle_does_not_grow_when_it_is_in_the_environment_already(folder, monkeypatch):
    before = folder.trust_bundle.read_text()
    monkeypatch.setenv("SSL_CERT_FILE", str(folder.trust_bundle))
    ensure_certificates(folder)
    assert folder.trust_bundle.read_text() == before
    assert ssl.create_default_context(cafile=str(folder.trust_bundle)).cert_store_stats()["x509_ca"] > 1
