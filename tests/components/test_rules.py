"""The rules that constructors, settings and policy packs share."""

import pytest
from auth0_apim.apim.api_gateway import location_problem
from auth0_apim.apim.api_subscription import subscription_title_problem
from auth0_apim.apim.azure_rules import (
    entity_id_problem,
    long_text_problem,
    publisher_name_problem,
    revised_id_problem,
    secret_text_problem,
    short_title_problem,
    tags_problem,
    title_problem,
)
from auth0_apim.auth0.auth0_api import domain_problem
from auth0_apim.auth0.client_rules import client_id_problem, redirect_urls_problem, web_origins_problem
from auth0_apim.auth0.passwords import password_problem
from auth0_apim.auth0.user_rules import (
    connection_name_problem,
    enabled_clients_problem,
    role_ids_problem,
    role_name_problem,
    username_problem,
)
from auth0_apim.rules.scope_rules import identifier_problem, requested_scopes_problem, scopes_problem
from auth0_apim.rules.text_rules import display_name_problem, email_problem
from auth0_apim.rules.tier_rules import portal_sku_problem, quota_sku_problem, rate_limit_sku_problem


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (identifier_problem, "basic-calculator"),
        (identifier_problem, "https://api.example.com/?a=b#c"),
        (identifier_problem, "x" * 600),
        (scopes_problem, {"read:calc": "", "!#[]~": "x" * 500, "s" * 280: "long"}),
        (entity_id_problem, "x" * 80),
        (revised_id_problem, "calc"),
        (revised_id_problem, "x" * 80 + ";rev=2"),
        (domain_problem, "tenant.eu.auth0.com"),
        (domain_problem, "localhost:14300"),
        (redirect_urls_problem, []),
        (redirect_urls_problem, ["https://a.example/cb?x=1", "https://a.example/cb?x=2"]),
        (web_origins_problem, ["https://a.example:8443", "http://localhost:3000"]),
        (connection_name_problem, "A"),
        (connection_name_problem, "Basic-Calculator-2"),
        (email_problem, "jane.o'neil+calc@mail.example.co.uk"),
        (email_problem, "jane@xn--bcher-kva.example"),
        (username_problem, "jane_o.neil+1"),
        (display_name_problem, "Rechner für alle ☃"),
        (enabled_clients_problem, ["AaBb"]),
        (location_problem, "West Europe"),
        (tags_problem, {"cost center": "", "team:calc": "x" * 256}),
        (secret_text_problem, "p@(ss"),
        (portal_sku_problem, "PremiumV2"),
        (rate_limit_sku_problem, "PremiumV2"),
        (quota_sku_problem, "Isolated"),
    ],
)
def test_good_values_have_no_problem(rule, value):
    assert rule(value) is None


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (entity_id_problem, "calc;rev=2"),
        (revised_id_problem, "x" * 81 + ";rev=2"),
        (revised_id_problem, "calc;rev=1"),  # the API itself
        (revised_id_problem, "calc;rev=two"),
        (identifier_problem, "x" * 601),
        (identifier_problem, "a\x00b"),
        (display_name_problem, " "),
        (display_name_problem, "two\nlines"),
        (role_name_problem, "\t"),
        (title_problem, "\x00"),
        (publisher_name_problem, " "),
        (short_title_problem, "  "),
        (subscription_title_problem, " "),
        (long_text_problem, " \n "),
        (enabled_clients_problem, [""]),
        (enabled_clients_problem, ["a b"]),
        (role_ids_problem, [" "]),
        (client_id_problem, "☃"),
        (requested_scopes_problem, {"requested": ["s" * 281], "available": None}),
        (domain_problem, "x" * 254),
        (location_problem, ""),
        (location_problem, "west/europe"),
        (tags_problem, {"": "x"}),
        (tags_problem, {"a<b": "x"}),
        (tags_problem, {"a": "x" * 257}),
        (tags_problem, {str(number): "x" for number in range(51)}),
        (secret_text_problem, "@(1)"),
        (secret_text_problem, "{{other}}"),
        (identifier_problem, "a\u00a0b"),
        (scopes_problem, {"": "empty"}),
        (scopes_problem, {'a"b': "quote"}),
        (scopes_problem, {"a\\b": "backslash"}),
        (scopes_problem, {"ä": "no ASCII"}),
        (scopes_problem, {"s" * 281: "long"}),
        (domain_problem, "a b"),
        (domain_problem, ""),
        (redirect_urls_problem, ["https://a.example/\u200b"]),
        (redirect_urls_problem, ["https://a.example\\@b.example/"]),
        (redirect_urls_problem, ["https://a.example/\n"]),
        (redirect_urls_problem, ["https://a.example/#"]),
        (redirect_urls_problem, ["https://[::1/"]),
        (redirect_urls_problem, ["com.example.app:/callback"]),
        (web_origins_problem, ["https://a.example/"]),
        (web_origins_problem, ["http://a.example"]),
        (connection_name_problem, ""),
        (connection_name_problem, "a-"),
        (connection_name_problem, "a b"),
        (connection_name_problem, "a\n"),
        (email_problem, "jane@localhost"),
        (email_problem, "jane@-a.example"),
        (email_problem, "jane@a..example"),
        (email_problem, "two words@a.example"),
        (email_problem, f"{'j' * 65}@a.example"),
        (email_problem, f"jane@{'a' * 63}.{'b' * 63}.{'c' * 63}.{'d' * 63}.example"),
        (username_problem, ""),
        (username_problem, "j" * 129),
    ],
)
def test_bad_values_have_one(rule, value):
    assert isinstance(rule(value), str)


def judged(password, policy="none", email="jane@example.com", username=None):
    return {"password": password, "policy": policy, "minimum_length": 1, "email": email, "username": username}


@pytest.mark.parametrize(
    ("policy", "password"),
    [
        ("fair", "abcdefg1"),
        ("fair", "ABCDEFG1"),
        ("fair", "abcdefgH"),
        ("good", "abcdefg1"),
        ("excellent", "aaabcdeF1"),
    ],
)
def test_a_password_below_its_policy_is_refused(policy, password):
    problem = password_problem(judged(password, policy))
    assert problem is not None
    assert policy in problem
    assert password not in problem


def test_personal_information_in_a_password_is_refused_in_any_case_of_letters():
    assert password_problem(judged("xJaNex")) is not None
    assert password_problem(judged("xKalcx", username="kalc")) is not None
    assert password_problem(judged("xExamplex")) is None


def test_a_very_short_name_says_nothing_about_a_password():
    assert password_problem(judged("banjo", email="jo@example.com", username="b")) is None


def test_a_password_has_72_bytes_at_most():
    assert password_problem(judged("a" * 72)) is None
    assert password_problem(judged("ä" * 36)) is None
    assert password_problem(judged("ä" * 36 + "a")) == "must be at most 72 bytes long in UTF-8"
