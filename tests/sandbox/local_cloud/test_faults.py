import httpx
import pytest
from local_cloud.faults import Fault, Faults
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

FAULT = {"service": "manager", "method": "PUT", "path": "/products/", "status": 400, "body": {"error": {"code": "X"}}}


@pytest.fixture
def faults():
    return Faults()


@pytest.fixture
def manager(faults):
    app = faults.around("manager", PlainTextResponse("from the service"))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://manager")


@pytest.fixture
def control(faults):
    app = Starlette(
        routes=[
            Route("/faults", faults.order, methods=["POST"]),
            Route("/faults", faults.cancel, methods=["DELETE"]),
        ]
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://control")


async def test_an_ordered_fault_answers_as_often_as_ordered_and_then_the_service_does(manager, faults):
    faults.ordered.append(Fault(**FAULT, times=2))
    answers = [await manager.put("/products/starter") for _ in range(3)]
    assert [(answer.status_code, answer.text) for answer in answers] == [
        (400, '{"error":{"code":"X"}}'),
        (400, '{"error":{"code":"X"}}'),
        (200, "from the service"),
    ]


async def test_other_methods_paths_and_services_do_not_fail(manager, faults):
    faults.ordered.append(Fault(**FAULT))
    faults.ordered.append(Fault(**{**FAULT, "service": "tenant", "path": "/"}))
    assert (await manager.get("/products/starter")).status_code == 200
    assert (await manager.put("/apis/calc")).status_code == 200


async def test_a_fault_is_ordered_and_cancelled_over_http(manager, control):
    assert (await control.post("/faults", json=FAULT)).status_code == 204
    assert (await control.delete("/faults")).status_code == 204
    assert (await manager.put("/products/starter")).status_code == 200


async def test_an_order_that_is_no_fault_is_refused(control, faults):
    answer = await control.post("/faults", json={**FAULT, "colour": "red"})
    assert answer.status_code == 400
    assert "colour" in answer.json()["error"]
    assert faults.ordered == []
