"""Where requests go, whatever a caller puts into a path or a query."""

import pytest


@pytest.mark.parametrize(
    "value", ["..", ".", "../admin", "..%2Fadmin", "%2e%2e%2fadmin", "a%2Fb", "a%5Cb", "%5C..%5Cadmin"]
)
async def test_a_parameter_of_the_query_is_one_segment_of_the_path(world, value):
    world.operation("/files?name={name}", name="files")
    world.policy("<base /><rewrite-uri template='/files/{name}/content' />")
    assert (await world.call(f"/calc/files?name={value}")).status_code == 400
    assert world.received == []


async def test_a_parameter_that_is_a_segment_goes_into_the_path_encoded(world):
    world.operation("/files?name={name}", name="files")
    world.policy("<base /><rewrite-uri template='/files/{name}/content' />")
    assert (await world.call("/calc/files?name=a%20%3Fb..")).status_code == 200
    assert world.received[0].url.raw_path == b"/base/files/a%20%3Fb../content"


async def test_a_wildcard_keeps_its_slashes(world):
    world.operation("/files/{*rest}", name="files")
    world.policy("<base /><rewrite-uri template='/all/{rest}' />")
    assert (await world.call("/calc/files/a/b%20c")).status_code == 200
    assert world.received[0].url.raw_path == b"/base/all/a/b%20c"


@pytest.mark.parametrize("value", ["..", "a/../../admin", "%2e%2e/admin", "a%252F..", "a%5c..%5cb"])
async def test_an_expression_does_not_take_dot_segments_to_the_backend(world, value):
    path = "@(&quot;/files/&quot; + context.Request.Url.Query.GetValueOrDefault(&quot;name&quot;))"
    world.policy(f"<base /><rewrite-uri template='{path}' copy-unmatched-params='false' />")
    assert (await world.call(f"/calc/add?name={value}")).status_code == 400
    assert world.received == []


async def test_a_base_url_with_dot_segments_reaches_no_backend(world):
    url = (
        "@(&quot;https://backend.example/files/&quot; + context.Request.Url.Query.GetValueOrDefault(&quot;name&quot;))"
    )
    world.policy(f"<base /><set-backend-service base-url='{url}' />")
    assert (await world.call("/calc/add?name=..")).status_code == 400
    assert world.received == []


async def test_an_encoded_slash_reaches_no_operation_that_its_path_is_not_for(world):
    world.operation("/files/{name}", name="file")
    world.operation("/files/{name}/secret", name="secret")
    world.policy("<return-response><set-status code='403' /></return-response>", "apis/calc/operations/secret")
    assert (await world.call("/calc/files/a")).status_code == 200
    assert (await world.call("/calc/files/a/secret")).status_code == 403
    for path in ("/calc/files/a%2Fsecret", "/calc/files/a%5csecret", "/calc/files/a%2f..%2Fb%2Fsecret"):
        assert (await world.call(path)).status_code == 404
    assert len(world.received) == 1


async def test_an_encoded_slash_that_is_for_no_other_operation_stays_encoded(world):
    world.operation("/files/{name}", name="file")
    assert (await world.call("/calc/files/a%2Fb")).status_code == 200
    assert world.received[0].url.raw_path == b"/base/files/a%2Fb"
    assert (await world.call("/calc/files/a%2F..%2Fb")).status_code == 400
