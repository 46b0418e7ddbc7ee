"""TLS for the listeners: a local authority, whose key is thrown away when the one certificate is issued.

Whoever trusts the authority trusts it for this machine alone: its name constraints permit nothing but localhost, the names
below it (which lead to this machine, RFC 6761, 6.3) and 127.0.0.1 (RFC 5280, 4.2.1.10); there is no authority below it, and it
ends after two years.
"""

import os
import ssl
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from auth0_apim_sandbox.cloud.folder import StateFolder, write_secret
from auth0_apim_sandbox.cloud.ports import PORTAL_NAME

LIFETIME = timedelta(days=730)
"""Less than the 825 days that Apple's clients take ("Requirements for trusted certificates in iOS 13 and macOS 10.15")."""

_RENEWED = timedelta(days=30)
_SKEW = timedelta(days=1)
_ADDRESS = IPv4Address("127.0.0.1")
_NAME = "localhost"
_NAMES = x509.SubjectAlternativeName([x509.DNSName(_NAME), x509.DNSName(f"*.{PORTAL_NAME}"), x509.IPAddress(_ADDRESS)])


def ensure_certificates(folder: StateFolder) -> None:
    """Make the authority and the certificate for localhost where they are missing or soon end, and renew the bundle."""
    if not _is_good(folder.server_certificate):
        _issue(folder)
    authorities = [path.read_text() for path in (_system_authorities(folder), folder.certificate_authority) if path]
    write_secret(folder.trust_bundle, "\n".join(authorities))


def _is_good(certificate: Path) -> bool:
    """Whether it is there, has the names, has a while to go, and not longer than those that are issued here."""
    if not certificate.exists():
        return False
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return names == _NAMES and _RENEWED < found.not_valid_after_utc - datetime.now(timezone.utc) <= LIFETIME


def _issue(folder: StateFolder) -> None:
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority_name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "auth0-apim sandbox")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
    authority = _authority(authority_name, authority_key.public_key()).sign(authority_key, hashes.SHA256())
    leaf = _leaf(name, key.public_key(), authority).sign(authority_key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_secret(folder.certificate_authority, authority.public_bytes(pem).decode("ascii"))
    write_secret(folder.server_certificate, (private + leaf.public_bytes(pem)).decode("ascii"))


def _authority(name: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    permitted = [x509.DNSName(_NAME), x509.IPAddress(IPv4Network(f"{_ADDRESS}/32"))]
    return (
        _certificate(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.NameConstraints(permitted, excluded_subtrees=None), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )


def _leaf(name: x509.Name, key: ec.EllipticCurvePublicKey, authority: x509.Certificate) -> x509.CertificateBuilder:
    issuer_key = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        _certificate(name, authority.subject, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_NAMES, critical=False)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_key), critical=False)
    )


def _certificate(name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now - _SKEW + LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, key_cert_sign: bool = False, crl_sign: bool = False, digital_signature: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _system_authorities(folder: StateFolder) -> Path | None:
    """The authorities this process trusts without the sandbox: SSL_CERT_FILE unless it is ours, else OpenSSL's."""
    given = os.environ.get("SSL_CERT_FILE")
    if given and Path(given) != folder.trust_bundle and Path(given).exists():
        return Path(given)
    system = Path(ssl.get_default_verify_paths().openssl_cafile)
    if system.exists():
        return system
    import certifi  # noqa: PLC0415 - for machines without authorities of their own

    return Path(certifi.where())
