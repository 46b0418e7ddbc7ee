from auth0_apim_sandbox.store import Store
from auth0_apim_sandbox.tenant.model.tenant import Tenant


def test_lookups_follow_the_collections():
    tenant = Tenant(Store(":memory:"), "localhost:14300")
    assert tenant.issuer == "https://localhost:14300/"
    assert tenant.resource_server("calc") is None
    tenant.resource_servers.put("1", {"id": "1", "identifier": "calc"})
    assert tenant.resource_server("calc") == {"id": "1", "identifier": "calc"}
    assert tenant.resource_server("Calc") is None
    grant = {"id": "g", "client_id": "c", "audience": "calc", "subject_type": "user"}
    tenant.client_grants.put("g", grant)
    assert tenant.client_grant("c", "calc", "user") == grant
    assert tenant.client_grant("c", "calc") is None
    tenant.client_grants.delete("g")
    assert tenant.client_grant("c", "calc", "user") is None


def test_a_third_party_client_falls_back_on_the_default_grant():
    tenant = Tenant(Store(":memory:"), "localhost:14300")
    for client_id, is_first_party in (("ours", True), ("theirs", False)):
        tenant.clients.put(client_id, {"client_id": client_id, "is_first_party": is_first_party})
    default = {"id": "d", "audience": "calc", "subject_type": "client", "default_for": "third_party_clients"}
    tenant.client_grants.put("d", default)
    assert tenant.client_grant("theirs", "calc") == default
    assert tenant.client_grant("theirs", "calc", "user") is None
    assert tenant.client_grant("ours", "calc") is None
    own = {"id": "o", "client_id": "theirs", "audience": "calc", "subject_type": "client"}
    tenant.client_grants.put("o", own)
    assert tenant.client_grant("theirs", "calc") == own


def test_signing_keys_are_published_with_their_certificates():
    tenant = Tenant(Store(":memory:"), "localhost:14300")
    current, following = tenant.signing_keys.jwks()["keys"]
    assert current["kid"] == tenant.signing_keys.current().kid
    for key in (current, following):
        assert sorted(key) == ["alg", "e", "kid", "kty", "n", "use", "x5c", "x5t"]
        assert (key["alg"], key["kty"], key["use"], key["e"]) == ("RS256", "RSA", "sig", "AQAB")
        assert len(key["kid"]) == 21


def test_third_party_clients_use_domain_connections_and_no_others():
    tenant = Tenant(Store(":memory:"), "localhost:14300")
    for client_id, is_first_party in (("ours", True), ("theirs", False)):
        tenant.clients.put(client_id, {"client_id": client_id, "is_first_party": is_first_party})
    for name, domain, clients in (("one", False, ["ours", "theirs"]), ("two", True, []), ("three", True, ["ours"])):
        connection = {"id": name, "name": name, "is_domain_connection": domain, "enabled_clients": clients}
        tenant.connections.put(name, connection)
    assert [each["name"] for each in tenant.connections_of("ours")] == ["one", "three"]
    assert [each["name"] for each in tenant.connections_of("theirs")] == ["two", "three"]
