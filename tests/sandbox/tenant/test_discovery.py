import base64
import hashlib

import pytest
from cryptography import x509

CACHE = "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400"


@pytest.mark.parametrize("document", ["openid-configuration", "oauth-authorization-server"])
async def test_the_configuration_names_every_endpoint(world, document):
    response = await world.http.get(f"/.well-known/{document}")
    assert response.headers["cache-control"] == CACHE
    configuration = response.json()
    endpoints = {
        name: url.removeprefix(world.issuer) for name, url in configuration.items() if str(url).startswith("https")
    }
    assert endpoints == {
        "issuer": "",
        "authorization_endpoint": "authorize",
        "token_endpoint": "oauth/token",
        "device_authorization_endpoint": "oauth/device/code",
        "userinfo_endpoint": "userinfo",
        "mfa_challenge_endpoint": "mfa/challenge",
        "jwks_uri": ".well-known/jwks.json",
        "registration_endpoint": "oidc/register",
        "revocation_endpoint": "oauth/revoke",
    }
    assert " ".join(configuration["scopes_supported"]) == (
        "openid profile offline_access name given_name family_name nickname email email_verified picture created_at "
        "identities phone address"
    )
    assert len(configuration["response_types_supported"]) == 7
    assert configuration["code_challenge_methods_supported"] == ["S256", "plain"]
    assert configuration["response_modes_supported"] == ["query", "fragment", "form_post"]
    assert configuration["id_token_signing_alg_values_supported"] == ["HS256", "RS256", "PS256"]
    assert configuration["token_endpoint_auth_methods_supported"] == [
        "client_secret_basic",
        "client_secret_post",
        "private_key_jwt",
    ]
    assert configuration["request_parameter_supported"] is False
    assert configuration["request_uri_parameter_supported"] is False


async def test_the_key_set_has_the_current_and_the_next_key(world):
    response = await world.http.get("/.well-known/jwks.json")
    assert response.headers["cache-control"] == CACHE
    keys = response.json()["keys"]
    assert [set(key) for key in keys] == [{"kty", "use", "n", "e", "kid", "x5t", "x5c", "alg"}] * 2
    assert keys[0]["kid"] == world.tenant.signing_keys.current().kid
    der = base64.b64decode(keys[0]["x5c"][0])
    numbers = x509.load_der_x509_certificate(der).public_key().public_numbers()
    assert int.from_bytes(base64.urlsafe_b64decode(keys[0]["n"] + "=="), "big") == numbers.n
    assert base64.urlsafe_b64decode(keys[0]["x5t"] + "=") == hashlib.sha1(der, usedforsecurity=False).digest()


async def test_the_tenant_may_leave_the_algorithm_out_of_its_keys(world):
    keys = (await world.http.get("/.well-known/jwks.json")).json()["keys"]
    assert {key.pop("alg") for key in keys} == {"RS256"}
    world.settings(flags={"remove_alg_from_jwks": True})
    assert (await world.http.get("/.well-known/jwks.json")).json()["keys"] == keys


async def test_metadata_documents_are_told_of_where_the_tenant_says_so(world):
    name = "client_id_metadata_document_supported"
    for path in ("openid-configuration", "oauth-authorization-server"):
        world.settings()
        assert name not in (await world.http.get(f"/.well-known/{path}")).json()
        world.settings(client_id_metadata_document_supported=True)
        assert (await world.http.get(f"/.well-known/{path}")).json()[name] is True
