"""TLS for the listeners: a local authority, made once, whose key is thrown away when the one certificate is issued."""

import os
import ssl
from pathlib import Path

from auth0_apim_sandbox.cloud.folder import StateFolder, write_secret


def ensure_certificates(folder: StateFolder) -> None:
    """Make the authority and the certificate for localhost if they are not there, and renew the bundle."""
    if not folder.server_certificate.exists():
        _issue(folder)
    authorities = [path.read_text() for path in (_system_authorities(folder), folder.certificate_authority) if path]
    folder.trust_bundle.write_text("\n".join(authorities))


def _issue(folder: StateFolder) -> None:
    # A tenth of a second of import that only the first start needs.
    import trustme  # noqa: PLC0415

    authority = trustme.CA(organization_name="auth0-apim sandbox")
    leaf = authority.issue_cert("localhost", "127.0.0.1")
    folder.certificate_authority.write_bytes(authority.cert_pem.bytes())
    write_secret(folder.server_certificate, leaf.private_key_and_cert_chain_pem.bytes().decode("ascii"))


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
