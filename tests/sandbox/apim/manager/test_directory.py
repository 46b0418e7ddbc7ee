import base64

import jwt
import pytest
from auth0_apim_sandbox.apim.manager import create_resource_manager, manager_client

ENDPOINT = "https://localhost:14301"


@pytest.fixture
def credentials(store):
    return manager_client(store)


@pytest.fixture
def form(credentials):
    return {
        "grant_type": "client_credentials",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "scope": f"{ENDPOINT}/.default",
    }


async def test_credentials_are_made_once_and_hidden(store, credentials):
    assert manager_client(store) == credentials
    assert credentials.client_secret not in repr(credentials)


async def test_discovery_names_the_token_endpoint(anonymous, credentials):
    answer = await anonymous.get(f"/{credentials.tenant_id}/v2.0/.well-known/openid-configuration")
    assert answer.json()["issuer"] == f"{ENDPOINT}/{credentials.tenant_id}/v2.0"
    assert answer.json()["token_endpoint"] == f"{ENDPOINT}/{credentials.tenant_id}/oauth2/v2.0/token"


async def test_the_token_is_signed_with_the_published_key(anonymous, credentials, form, clock):
    answer = await anonymous.post(f"/{credentials.tenant_id}/oauth2/v2.0/token", data=form)
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 3599)
    keys = (await anonymous.get(f"/{credentials.tenant_id}/discovery/v2.0/keys")).json()["keys"]
    key = jwt.PyJWK(keys[0])
    claims = jwt.decode(
        answer.json()["access_token"],
        key,
        algorithms=["RS256"],
        audience=ENDPOINT,
        options={"verify_iat": False, "verify_nbf": False},
    )
    assert (claims["appid"], claims["tid"], claims["exp"]) == (
        credentials.client_id,
        credentials.tenant_id,
        int(clock.now) + 3599,
    )


async def test_version_1_takes_a_resource_and_answers_strings(anonymous, credentials, form):
    del form["scope"]
    answer = await anonymous.post(
        f"/{credentials.tenant_id}/oauth2/token", data={**form, "resource": "https://management.azure.com/"}
    )
    assert answer.json()["expires_in"] == "3599"
    assert answer.json()["resource"] == "https://management.azure.com/"


async def test_the_secret_may_come_as_http_basic(anonymous, credentials, form):
    pair = f"{form.pop('client_id')}:{form.pop('client_secret')}".encode()
    headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    answer = await anonymous.post(f"/{credentials.tenant_id}/oauth2/v2.0/token", data=form, headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"client_secret": "wrong"}, (401, "invalid_client", [7000215])),
        ({"client_secret": None}, (401, "invalid_client", [7000218])),
        ({"client_id": "nobody"}, (400, "unauthorized_client", [700016])),
        ({"grant_type": "password"}, (400, "unsupported_grant_type", [70003])),
        ({"grant_type": None}, (400, "invalid_request", [900144])),
        ({"scope": f"{ENDPOINT}/read"}, (400, "invalid_scope", [1002012])),
        ({"scope": "https://graph.microsoft.com/.default"}, (400, "invalid_resource", [500011])),
    ],
)
async def test_a_wrong_request_is_refused_with_its_number(anonymous, credentials, form, change, refusal):
    wrong = {name: value for name, value in {**form, **change}.items() if value is not None}
    answer = await anonymous.post(f"/{credentials.tenant_id}/oauth2/v2.0/token", data=wrong)
    assert (answer.status_code, answer.json()["error"], answer.json()["error_codes"]) == refusal
    assert credentials.client_secret not in answer.text


async def test_a_refusal_says_where_to_look_it_up(anonymous, credentials, form):
    wrong = {**form, "client_secret": "wrong"}
    body = (await anonymous.post(f"/{credentials.tenant_id}/oauth2/v2.0/token", data=wrong)).json()
    assert body["error_description"] == (
        "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, "
        f"not the client secret ID, for a secret added to app '{credentials.client_id}'. Trace ID: {body['trace_id']} "
        f"Correlation ID: {body['correlation_id']} Timestamp: 2027-01-15 08:00:00Z"
    )
    assert body["error_uri"] == "https://login.microsoftonline.com/error?code=7000215"


async def test_another_tenant_is_not_found(anonymous, form):
    answer = await anonymous.post("/common/oauth2/v2.0/token", data=form)
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [90002])


async def subscriptions(client, token):
    headers = {"Authorization": token} if token else {}
    return await client.get("/subscriptions", params={"api-version": "2022-12-01"}, headers=headers)


async def test_a_call_without_a_token_is_401(anonymous):
    answer = await subscriptions(anonymous, None)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "AuthenticationFailed"
    assert answer.json()["error"]["message"] == "Authentication failed. The 'Authorization' header is missing."
    assert answer.headers["www-authenticate"].startswith('Bearer authorization_uri="https://localhost:14301/')


async def test_a_bad_token_is_401(anonymous, token, clock):
    header, payload, signature = token.split(".")
    altered = f"{header}.{payload}.{signature[:-4]}AAAA"
    unsigned = jwt.encode({"aud": ENDPOINT}, "x" * 32, algorithm="HS256")
    for wrong in ("garbage", altered, unsigned):
        answer = await subscriptions(anonymous, f"Bearer {wrong}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")
    assert (await subscriptions(anonymous, f"Bearer {token}")).status_code == 200
    clock.now += 3599
    answer = await subscriptions(anonymous, f"Bearer {token}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "ExpiredAuthenticationToken")


async def test_a_token_survives_a_restart(store, host, anonymous, token, application):
    again = create_resource_manager(store, ENDPOINT, host, None, lambda: 1_800_000_001.0)
    assert again is not application
    assert (await subscriptions(anonymous, f"Bearer {token}")).status_code == 200


async def test_metadata_needs_no_token(anonymous, credentials):
    answer = await anonymous.get("/metadata/endpoints", params={"api-version": "2022-09-01"})
    assert answer.json()["resourceManager"] == ENDPOINT
    assert answer.json()["name"] == "AzureCloud"
    assert answer.json()["authentication"]["loginEndpoint"] == ENDPOINT
    assert answer.json()["authentication"]["audiences"][0] == ENDPOINT
    listed = await anonymous.get("/metadata/endpoints", params={"api-version": "2019-05-01"})
    assert [cloud["resourceManager"] for cloud in listed.json()] == [ENDPOINT]
