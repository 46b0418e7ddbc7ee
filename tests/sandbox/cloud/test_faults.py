import asyncio
import json
import os
import signal

import httpx
import pytest
from auth0_apim_sandbox.cloud.control import create_control
from auth0_apim_sandbox.cloud.faults import Fault, Faults
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
            Route("/faults", faults.show, methods=["GET"]),
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


async def test_the_third_matching_request_fails_when_two_are_skipped(manager, faults):
    faults.ordered.append(Fault(**FAULT, skip=2))
    statuses = [(await manager.put("/products/starter")).status_code for _ in range(4)]
    assert statuses == [200, 200, 400, 200]


async def test_any_change_is_meant_but_no_read_and_no_request_for_a_token(manager, faults):
    faults.ordered.append(Fault("*", "*", ""))
    for path in ("/oauth/token", "/tenant/oauth2/v2.0/token"):
        assert (await manager.post(path)).status_code == 200
    assert (await manager.get("/apis/calc")).status_code == 200
    assert (await manager.delete("/apis/calc")).status_code == 500


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_held_request_goes_on_when_the_faults_are_cancelled(faults, control, moment):
    done = []

    async def service(scope, receive, send):
        done.append(scope["path"])
        await PlainTextResponse("done")(scope, receive, send)

    app = faults.around("manager", service)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://manager") as manager:
        faults.ordered.append(Fault("*", "*", "", action=f"hold {moment}"))
        request = asyncio.create_task(manager.put("/apis/calc"))
        while (await control.get("/faults")).json() != {"ordered": 0, "held": 1}:
            await asyncio.sleep(0)
        assert done == ([] if moment == "before" else ["/apis/calc"])
        await control.delete("/faults")
        assert (await request).text == "done"
    assert (await control.get("/faults")).json() == {"ordered": 0, "held": 0}


@pytest.mark.parametrize(("moment", "done"), [("before", []), ("after", ["/apis/calc"])])
async def test_the_sandbox_dies_before_or_after_the_service_has_done_its_work(faults, monkeypatch, moment, done):
    seen = []

    async def service(scope, receive, send):
        seen.append(scope["path"])
        await PlainTextResponse("done")(scope, receive, send)

    def die(process, number):
        assert (process, number) == (os.getpid(), signal.SIGKILL)
        raise SystemError("killed")

    monkeypatch.setattr(os, "kill", die)
    faults.ordered.append(Fault("*", "*", "", action=f"kill {moment}"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(faults.around("manager", service)), base_url="http://manager"
    ) as manager:
        with pytest.raises(SystemError, match="killed"):
            await manager.put("/apis/calc")
    assert seen == done


async def test_an_action_there_is_none_of_is_refused_by_name(control):
    answer = await control.post("/faults", json={**FAULT, "action": "explode"})
    assert answer.status_code == 400
    assert "'explode'" in answer.json()["error"]


async def test_an_order_as_a_web_page_could_send_it_is_refused(control, faults):
    answer = await control.post("/faults", content=json.dumps(FAULT), headers={"content-type": "text/plain"})
    assert answer.status_code == 415
    assert faults.ordered == []


async def test_a_foreign_host_is_refused(faults):
    application = create_control(dict, faults, dict, "token")
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://rebound.example") as page:
        assert (await page.get("/healthz")).status_code == 400
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:14305") as person:
        assert (await person.get("/healthz")).status_code == 200
