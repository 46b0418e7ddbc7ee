import httpx
import pytest
from auth0_apim_sandbox.apim.calculator import create_calculator


@pytest.fixture
async def calculator():
    transport = httpx.ASGITransport(create_calculator())
    async with httpx.AsyncClient(transport=transport, base_url="http://calculator") as client:
        yield client


@pytest.mark.parametrize(
    ("path", "result"),
    [
        ("/api/add?a=2&b=3", 5),
        ("/api/sub?a=2&b=3", -1),
        ("/api/mul?a=1.5&b=3", 4.5),
        ("/api/div?a=3&b=2", 1.5),
        ("/api/add?a=1e3&b=-1", 999),
    ],
)
async def test_it_calculates(calculator, path, result):
    answer = await calculator.get(path)
    assert (answer.status_code, answer.json()) == (200, {"result": result})


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/api/div?a=1&b=0", "division by zero"),
        ("/api/add?a=1", "give 'b' once, for example b=2"),
        ("/api/add?a=1&a=2&b=3", "give 'a' once, for example a=2"),
        ("/api/add?a=one&b=2", "'a' must be a number, not 'one'"),
        ("/api/add?a=nan&b=2", "'a' must be a finite number, not 'nan'"),
        ("/api/mul?a=1e300&b=1e300", "the result is too large"),
    ],
)
async def test_bad_numbers_are_refused(calculator, path, error):
    answer = await calculator.get(path)
    assert (answer.status_code, answer.json()) == (400, {"error": error})


async def test_only_get_is_allowed(calculator):
    assert (await calculator.post("/api/add?a=1&b=2")).status_code == 405
    assert (await calculator.get("/api/pow?a=1&b=2")).status_code == 404
