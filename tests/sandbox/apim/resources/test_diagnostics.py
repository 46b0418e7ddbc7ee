"""Loggers and diagnostics: what is refused at save, and what a GET shows of them."""

import re

import pytest

KEY = "00000000-0000-0000-0000-000000000001"
LOCAL = f"InstrumentationKey={KEY};IngestionEndpoint=https://localhost:14307/;LiveEndpoint=https://live.example/"


def logger(**credentials):
    return {"loggerType": "applicationInsights", "credentials": credentials}


def problem(answer):
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "ValidationError")
    return error["details"][0]["target"], error["details"][0]["message"]


@pytest.mark.parametrize(
    "credentials",
    [
        {"connectionString": LOCAL},
        {"connectionString": f"instrumentationkey={KEY};ingestionendpoint=http://127.0.0.1:14307"},
        {"connectionString": f"InstrumentationKey={KEY}"},
        {"instrumentationKey": KEY},
    ],
)
async def test_a_logger_for_this_machine_is_kept_and_its_credentials_are_not_shown(arm, credentials):
    answer = await arm.put("loggers/insights", logger(**credentials))
    assert answer.status_code == 201
    assert KEY not in answer.text + (await arm.get("loggers/insights")).text


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        (
            f"InstrumentationKey={KEY};IngestionEndpoint=https://westeurope-1.in.example/",
            "https://westeurope-1.in.example",
        ),
        (f"InstrumentationKey={KEY};IngestionEndpoint=https://localhost.in.example", "https://localhost.in.example"),
        (f"InstrumentationKey={KEY};EndpointSuffix=ai.example;Location=eu", "https://eu.dc.ai.example"),
    ],
)
async def test_an_ingestion_endpoint_elsewhere_is_refused_by_name(arm, text, endpoint):
    answer = await arm.put("loggers/insights", logger(connectionString=text))
    assert (answer.status_code, answer.json()["error"]["code"]) == (501, "NotImplemented")
    assert f"('{endpoint}')" in answer.json()["error"]["message"]
    assert KEY not in answer.text


@pytest.mark.parametrize(
    ("credentials", "target", "message"),
    [
        (
            {"connectionString": "IngestionEndpoint=https://localhost"},
            "credentials.connectionString",
            "must have an InstrumentationKey, a UUID.",
        ),
        ({"connectionString": "hush"}, "credentials.connectionString", "must be pairs of a name and a value"),
        ({"connectionString": f"{LOCAL};InstrumentationKey={KEY}"}, "credentials.connectionString", "each name once"),
        (
            {"connectionString": f"InstrumentationKey={KEY};IngestionEndpoint=localhost"},
            "credentials.connectionString",
            "must have an absolute URL as its IngestionEndpoint.",
        ),
        (
            {"connectionString": f"InstrumentationKey={KEY};Authorization=aad"},
            "credentials.connectionString",
            "must have 'ikey' as its Authorization, or none.",
        ),
        ({"instrumentationKey": "hush"}, "credentials.instrumentationKey", "must have an InstrumentationKey, a UUID."),
        ({"connectionString": "{{none}}"}, "credentials", "Cannot find a property 'none'."),
    ],
)
async def test_a_logger_that_cannot_send_is_refused_and_its_secret_is_not_quoted(arm, credentials, target, message):
    answer = await arm.put("loggers/insights", logger(**credentials))
    found = problem(answer)
    assert found[0] == target
    assert message in found[1]
    assert "hush" not in answer.text


async def test_credentials_may_be_named_values(arm):
    await arm.put("namedValues/where", {"displayName": "where", "value": LOCAL, "secret": True})
    assert (await arm.put("loggers/insights", logger(connectionString="{{where}}"))).status_code == 201
    elsewhere = f"InstrumentationKey={KEY};IngestionEndpoint=https://in.example"
    await arm.put("namedValues/where", {"displayName": "where", "value": elsewhere, "secret": True})
    assert (await arm.put("loggers/insights", logger(connectionString="{{where}}"))).status_code == 501


async def test_other_credentials_are_refused_by_name(arm):
    answer = await arm.put("loggers/insights", logger(connectionString=LOCAL, identityClientId=KEY))
    assert answer.status_code == 501
    assert "'identityClientId'" in answer.json()["error"]["message"]


async def test_a_diagnostic_shows_its_nested_settings_as_they_were_given(arm):
    await arm.put("loggers/insights", logger(instrumentationKey=KEY))
    masking = {"headers": [{"value": "Authorization", "mode": "Hide"}]}
    frontend = {"request": {"headers": ["User-Agent"], "body": {"bytes": 0}, "dataMasking": masking}}
    given = {
        "loggerId": "/loggers/insights",
        "sampling": {"samplingType": "fixed", "percentage": 50},
        "frontend": frontend,
    }
    shown = (await arm.put("diagnostics/applicationinsights", given)).json()["properties"]
    assert shown == {
        "loggerId": f"{arm.service}/loggers/insights",
        "sampling": {"samplingType": "fixed", "percentage": 50},
        "frontend": frontend,
        "httpCorrelationProtocol": "Legacy",
        "logClientIp": True,
    }


@pytest.mark.parametrize(
    ("settings", "target"),
    [
        ({"sampling": {"percentage": 101}}, "sampling.percentage"),
        ({"frontend": {"request": {"body": {"bytes": 8193}}}}, "frontend.request.body.bytes"),
        (
            {"backend": {"response": {"dataMasking": {"headers": [{"value": "a", "mode": "Blur"}]}}}},
            "backend.response.dataMasking.headers[0].mode",
        ),
        ({"httpCorrelationProtocol": "B3"}, "httpCorrelationProtocol"),
        ({"loggerId": "/loggers/none"}, "loggerId"),
    ],
)
async def test_a_diagnostic_that_is_wrong_is_refused(arm, settings, target):
    await arm.put("loggers/insights", logger(instrumentationKey=KEY))
    answer = await arm.put("diagnostics/applicationinsights", {"loggerId": "/loggers/insights", **settings})
    assert problem(answer)[0] == target


async def test_other_diagnostics_have_no_defaults_of_application_insights(arm):
    await arm.put("loggers/insights", logger(instrumentationKey=KEY))
    shown = (await arm.put("diagnostics/azuremonitor", {"loggerId": "/loggers/insights"})).json()["properties"]
    assert shown == {"loggerId": f"{arm.service}/loggers/insights"}


async def test_a_logger_shows_a_generated_named_value_for_its_secret_only(arm):
    hub = {"name": "hub", "connectionString": "Endpoint=sb://hub.test/"}
    answer = await arm.put("loggers/hub", {"loggerType": "azureEventHub", "credentials": hub})
    shown = answer.json()["properties"]
    assert re.fullmatch(r"\{\{Logger-Credentials--[0-9a-f]{24}\}\}", shown["credentials"].pop("connectionString"))
    assert shown == {
        "loggerType": "azureEventHub",
        "description": None,
        "credentials": {"name": "hub"},
        "isBuffered": True,
        "resourceId": None,
    }
    await arm.put("namedValues/key", {"displayName": "key", "value": KEY})
    named = await arm.put("loggers/named", logger(instrumentationKey="{{key}}"))
    assert named.json()["properties"]["credentials"] == {"instrumentationKey": "{{key}}"}
