import jwt
import pytest

async def test_a_granted_client_gets_a_token(world):
    response = await world.machine_token()
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    body = response.json()
    token = body.pop("access_token")
    assert body == {"scope": "add", "expires_in": 86400, "token_type": "Bearer"}
    now = int(world.clock.now)
    assert world.claims(token) == {
        "iss": world.issuer,
        "sub": "machine@clients",
        "aud": world.audience,
        "iat": now,
        "exp": now + 86400,
        "scope": "add",
        "gty": "client-credentials",
        "azp": "machine",
    }
    assert jwt.get_unverified_header(token) == {
        "alg": "RS256",
        "typ": "JWT",
        "kid": world.tenant.signing_keys.current().kid,
    }
