from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1


async def test_there_is_a_current_and_a_next_key(api):
    keys = (await api.get("/keys/signing")).json()
    states = [(key["current"], key["next"], key["previous"], key["revoked"]) for key in keys]
    assert states == [(True, False, False, False), (False, True, False, False)]
    for key in keys:
        certificate = x509.load_pem_x509_certificate(key["cert"].encode())
        assert key["thumbprint"] == certificate.fingerprint(SHA1()).hex().upper()  # noqa: S303 - Auth0's format
        assert key["fingerprint"].replace(":", "") == key["thumbprint"]
        assert "private_key" not in key
        assert (await api.get(f"/keys/signing/{key['kid']}")).json() == key


async def test_rotation_promotes_the_next_key(api, tenant, mint):
    current, following = (await api.get("/keys/signing")).json()
    response = await api.post("/keys/signing/rotate")
    assert response.status_code == 201
    assert response.json() == {"cert": following["cert"], "kid": following["kid"]}
    assert tenant.signing_keys.current().kid == following["kid"]
    published = [key["kid"] for key in tenant.signing_keys.jwks()["keys"]]
    assert published[0] == following["kid"]
    assert published[2] == current["kid"]
    api.headers["authorization"] = f"Bearer {mint()}"
    assert (await api.put(f"/keys/signing/{current['kid']}/revoke")).status_code == 201
    assert current["kid"] not in [key["kid"] for key in tenant.signing_keys.jwks()["keys"]]
    assert (await api.get(f"/keys/signing/{current['kid']}")).json()["revoked"] is True


async def test_only_a_previous_key_is_revoked(api):
    for key in (await api.get("/keys/signing")).json():
        assert (await api.put(f"/keys/signing/{key['kid']}/revoke")).status_code == 400
    assert (await api.put("/keys/signing/none/revoke")).status_code == 404
