"""What the gateway makes of a request before any policy is run."""

import pytest


async def raw_call(world, headers):
    """The status of a request with these headers and no others."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/calc/add",
        "raw_path": b"/calc/add",
        "query_string": b"",
        "scheme": "https",
        "headers": headers,
        "client": ("203.0.113.9", 1),
        "server": ("127.0.0.1", 1),
    }
    await world.gateway(scope, receive, send)
    return sent[0]["status"]


HOST = (b"host", b"gateway.example")


@pytest.mark.parametrize("hosts", [[], [HOST, HOST], [(b"host", b"")], [(b"host", b" ")]])
async def test_a_request_needs_one_host(world, hosts):
    assert await raw_call(world, [HOST]) == 200
    assert await raw_call(world, hosts) == 400
    assert len(world.received) == 1


@pytest.mark.parametrize("blanks", [b" ", b"\t", b" \t  "])
async def test_blanks_behind_a_header_are_no_part_of_its_value(guarded, blanks):
    token = b"Bearer " + guarded.token().encode()
    assert await raw_call(guarded, [HOST, (b"authorization", token + blanks)]) == 200
    assert await raw_call(guarded, [HOST, (b"authorization", blanks + token)]) == 200


async def test_blanks_behind_a_subscription_key_are_no_part_of_it(world):
    world.api(subscriptionRequired=True)
    world.put(
        "subscriptions/a",
        {"primaryKey": "good", "secondaryKey": "other"},
        scope=f"{world.service}/apis",
        state="active",
    )
    assert await raw_call(world, [HOST, (b"ocp-apim-subscription-key", b"good ")]) == 200
    assert await raw_call(world, [HOST, (b"ocp-apim-subscription-key", b"go od")]) == 401


async def test_blanks_behind_a_version_are_no_part_of_it(world):
    world.put("apiVersionSets/v", versioningScheme="Header", versionHeaderName="Api-Version")
    world.api(apiVersion="v1", apiVersionSetId=f"{world.service}/apiVersionSets/v")
    assert await raw_call(world, [HOST, (b"api-version", b"v1 ")]) == 200
    assert await raw_call(world, [HOST, (b"api-version", b"v2 ")]) == 404


@pytest.mark.parametrize(
    "values",
    [
        ["Bearer {}", "Bearer {}"],
        ["Bearer {}", "Basic YTpi"],
        ["Basic YTpi", "Bearer {}"],
        ["Bearer {},"],
        ["Bearer Bearer {}"],
        ["Bearer\t{}"],
        ["Bearer\xa0{}"],
        ["{}"],
        ["Token {}"],
        ['Bearer "{}"'],
    ],
)
async def test_a_header_that_is_not_one_bearer_token_is_refused(world, values):
    world.guard("require-scheme='Bearer'")
    headers = [(b"authorization", value.format(world.token()).encode("latin-1")) for value in values]
    assert await raw_call(world, [HOST, *headers]) == 401


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer  "])
async def test_the_scheme_compares_without_case(world, scheme):
    world.guard("require-scheme='Bearer'")
    assert await raw_call(world, [HOST, (b"authorization", f"{scheme} {world.token()}".encode())]) == 200
