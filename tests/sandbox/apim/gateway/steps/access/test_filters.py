"""check-header and ip-filter."""

import pytest

CHECK = "<check-header name='X-Key' failed-check-httpcode='418' failed-check-error-message='no' ignore-case='{}'>{}</check-header>"
VALUES = "<value>One</value><value>two</value>"


@pytest.mark.parametrize(
    ("ignore_case", "values", "given", "status"),
    [
        ("false", VALUES, "One", 200),
        ("false", VALUES, "one", 418),
        ("true", VALUES, "ONE", 200),
        ("True", VALUES, "ONE", 200),
        ("true", VALUES, "three", 418),
        ("false", VALUES, None, 418),
        ("false", "", "anything", 200),
        ("false", "", None, 418),
        ("false", "<value>@((string)null)</value>", "", 418),
    ],
)
async def test_a_header_is_there_and_has_an_allowed_value(world, ignore_case, values, given, status):
    world.policy(f"<base />{CHECK.format(ignore_case, values)}")
    answer = await world.call(headers={} if given is None else {"X-Key": given})
    assert answer.status_code == status
    assert status == 200 or answer.json()["message"] == "no"


async def test_every_value_of_a_header_has_to_be_allowed(world):
    world.policy(f"<base />{CHECK.format('false', VALUES)}")
    assert (await world.call(headers=[("X-Key", "One"), ("X-Key", "evil")])).status_code == 418


@pytest.mark.parametrize(
    ("listed", "is_listed"),
    [
        ("<address>203.0.113.9</address>", True),
        ("<address>203.0.113.10</address>", False),
        ("<address>::ffff:203.0.113.9</address>", True),
        ("<address>2001:db8::1</address>", False),
        ("<address-range from='203.0.113.0' to='203.0.113.9' />", True),
        ("<address-range from='203.0.113.10' to='203.0.113.99' />", False),
        ("<address>192.0.2.1</address><address-range from='203.0.113.1' to='203.0.113.255' />", True),
    ],
)
async def test_addresses_are_allowed_or_forbidden(world, listed, is_listed):
    for action, status in (("allow", 200 if is_listed else 403), ("forbid", 403 if is_listed else 200)):
        world.policy(f"<base /><ip-filter action='{action}'>{listed}</ip-filter>")
        answer = await world.call(headers={"X-Forwarded-For": "198.51.100.1"})
        assert answer.status_code == status
