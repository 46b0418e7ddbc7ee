"""The settings of a stack that adopts objects: they describe the objects as they are."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml
from auth0_apim.apim.azure_rules import GRANT_TYPES, authorization_methods_problem, body_parameters_problem, slug
from auth0_apim.apim.portal_login import redirect_uris
from auth0_apim.auth0.clients import PASSWORD_GRANTS
from auth0_apim.policy.document_rules import backend_url
from auth0_apim.rules.opinion_rules import own_backend_problem

from auth0_apim_environments.adopt.found_objects import FoundObjects
from auth0_apim_environments.clients.tenant import requires_user_grants
from auth0_apim_environments.project import write_whole
from auth0_apim_environments.settings.problems import NAMESPACE
from auth0_apim_environments.settings.settings import Settings
from auth0_apim_environments.settings.stack_file import is_encrypted

_APPLICATIONS = ("regular_web", "spa")


def adopted_settings(found: FoundObjects, openapi: str, scripts: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The settings by key, without the namespace, checked as the settings of every stack.

    Args:
        found: the objects.
        openapi: the OpenAPI document that the API was imported from.
        scripts: paths of a custom database's scripts, by name.

    Raises:
        SettingsError: an object has a property that the settings cannot describe.
    """
    sections: dict[str, dict[str, Any] | None] = {
        "api": _api(found),
        "client": _client(found),
        "interactiveClient": _login(found),
        "database": _database(found, scripts or {}),
        "user": _user(found),
        "gateway": _gateway(found),
        "publication": _publication(found, openapi),
        "portal": _portal(found),
        # Until scopes are named, every operation accepts any good token.
        "policy": {"defaultScopes": []},
    }
    settings = {key: _bare(section) for key, section in sections.items() if section is not None}
    Settings.parse(settings)
    return settings


def write_settings(path: Path, settings: Mapping[str, Any]) -> None:
    """Write settings into a stack's file; keys of other namespaces, encrypted values and the engine's own keys stay."""
    document: dict[str, Any] = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.exists() else {}
    prefix = f"{NAMESPACE}:"
    others = {
        key: value for key, value in (document.get("config") or {}).items()
        if not key.startswith(prefix) or is_encrypted(key.removeprefix(prefix), value)
    }  # fmt: skip
    document["config"] = {**others, **{f"{NAMESPACE}:{key}": value for key, value in settings.items()}}
    write_whole(path, yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120))


def _api(found: FoundObjects) -> dict[str, Any]:
    api = found.api
    return {
        "displayName": api.get("name"),
        "identifier": api["identifier"],
        "signingAlgorithm": api.get("signing_alg", "RS256"),
        "tokenLifetime": api.get("token_lifetime", 86400),
        "permissionsInToken": bool(api.get("enforce_policies")),
        "allowOfflineAccess": bool(api.get("allow_offline_access")),
        "scopes": {scope["value"]: scope.get("description") or "" for scope in api.get("scopes", [])},
    }


def _client(found: FoundObjects) -> dict[str, Any]:
    return {
        "displayName": found.client["name"],
        "scopes": sorted(found.grant.get("scope", [])),
        # Without a grant, `keep` leaves the grant types unchanged.
        "allowPasswordGrant": _has_password_grant(found.client) and _is_apart(found) and found.user_grant is not None,
    }


def _login(found: FoundObjects) -> dict[str, Any] | None:
    login, server = found.login, found.authorization_server
    if login is None or server is None:
        return None
    if login["client_id"] == found.client["client_id"]:
        # One client for both, which is managed as the machine client.
        granted = "withoutGrant" if found.login_grant is None else "existingGrant"
        return {"existingClientId": login["client_id"], granted: True}
    portal = found.service["properties"].get("developerPortalUrl") or ""
    own = redirect_uris(portal, server["name"], _grant_types(server))
    return {
        "displayName": login["name"],
        **_login_grant(found),
        "application": login["app_type"] if login.get("app_type") in _APPLICATIONS else "regular_web",
        "callbacks": [address for address in login.get("callbacks", []) if address not in own],
        "allowedLogoutUrls": login.get("allowed_logout_urls", []),
        "webOrigins": login.get("web_origins", []),
        # Where the API gives no refresh tokens, the grant type is left to `keep`.
        "offlineAccess": "refresh_token" in login.get("grant_types", []) and _api(found)["allowOfflineAccess"],
        "allowPasswordGrant": _has_password_grant(login),
    }


def _login_grant(found: FoundObjects) -> dict[str, Any]:
    if found.login_grant is None:
        return {} if requires_user_grants(found.api) else {"withoutGrant": True}
    return {"scopes": sorted(_scopes_of_the_login(found))}


def _scopes_of_the_login(found: FoundObjects) -> Collection[str]:
    declared: Collection[str] = _api(found)["scopes"]
    if found.login_grant is None or found.login_grant.get("allow_all_scopes"):
        return declared
    return set(declared) & set(found.login_grant.get("scope", []))


def _is_apart(found: FoundObjects) -> bool:
    return found.login is None or found.login["client_id"] != found.client["client_id"]


def _database(found: FoundObjects, scripts: Mapping[str, str]) -> dict[str, Any] | None:
    if found.connection is None:
        return None
    options = found.connection.get("options", {})
    return {
        "connectionName": found.connection["name"],
        "passwordPolicy": options.get("passwordPolicy") or "none",
        "minimumPasswordLength": (options.get("password_complexity_options") or {}).get("min_length"),
        "requiresUsername": bool(options.get("requires_username")),
        "allowSignUp": not options.get("disable_signup", False),
        **({"scripts": dict(scripts), "importMode": bool(options.get("import_mode"))} if scripts else {}),
    }


def _user(found: FoundObjects) -> dict[str, Any] | None:
    return None if found.user is None else {"email": found.user["email"], "username": found.user.get("username")}


def _gateway(found: FoundObjects) -> dict[str, Any]:
    service = found.service
    names = {"resourceGroupName": service["id"].split("/")[4], "serviceName": service["name"]}
    if found.service_is_shared:
        return names | {"existing": True}
    return names | {
        "location": service["location"],
        "sku": service["sku"]["name"],
        "capacity": service["sku"].get("capacity"),
        "publisherName": service["properties"]["publisherName"],
        "publisherEmail": service["properties"]["publisherEmail"],
        **_identity(service.get("identity") or {}),
    }


def _identity(identity: Mapping[str, Any]) -> dict[str, Any]:
    """The service's managed identities, without which it cannot read secrets of a Key Vault."""
    others = sorted(identity.get("userAssignedIdentities") or {})
    return {
        "systemIdentity": True if "SystemAssigned" in identity.get("type", "") else None,
        "userIdentityIds": others or None,
    }


def _publication(found: FoundObjects, openapi: str) -> dict[str, Any]:
    properties, product = found.published_api["properties"], found.product
    publication = {
        "openapi": openapi,
        "path": properties["path"],
        "apiId": found.published_api["name"],
        "displayName": properties["displayName"],
        **_backend(found),
        "subscriptionRequired": bool(properties.get("subscriptionRequired")),
    }
    if product is None:
        return publication
    title = product["properties"]["displayName"]
    if slug(title) != product["name"]:
        return publication | {"productId": product["name"]}
    # A product without the property requires subscriptions.
    needs_subscription = product["properties"].get("subscriptionRequired", True)
    # The azure-native provider cannot delete such a product in a service that survives.
    kept = {"keepProduct": True} if needs_subscription and found.service_is_shared else {}
    product_settings = {"productSubscriptionRequired": needs_subscription, "productGroups": list(found.product_groups)}
    return publication | {"productName": title, **product_settings, **kept}


def _backend(found: FoundObjects) -> dict[str, Any]:
    """The backend that the policy sets, otherwise the API's own service URL, which it keeps."""
    url = found.published_api["properties"].get("serviceUrl")
    from_policy = backend_url(found.policy["properties"]["value"]) if found.policy else None
    if url is None or own_backend_problem(url) is None or from_policy not in (None, url):
        return {"serviceUrl": from_policy}
    return {"serviceUrl": url, "keepServiceUrl": True}


def _portal(found: FoundObjects) -> dict[str, Any] | None:
    if found.authorization_server is None or found.login is None:
        return None
    server = found.authorization_server["properties"]
    scopes = (server.get("defaultScope") or "").split()
    return {
        "displayName": server["displayName"],
        "authorizationServerId": found.authorization_server["name"],
        "clientRegistrationEndpoint": server["clientRegistrationEndpoint"],
        "grantTypes": _grant_types(found.authorization_server),
        "defaultScope": " ".join(scope for scope in scopes if scope in _scopes_of_the_login(found)) or None,
        "description": server.get("description") or None,
        **_requests(server),
    }


def _requests(server: Mapping[str, Any]) -> dict[str, Any]:
    """How the portal requests and sends tokens; values that the settings cannot describe are left to `keep`."""
    methods, authentication = server.get("authorizationMethods") or [], server.get("clientAuthenticationMethod") or []
    sending = server.get("bearerTokenSendingMethods") or []
    parameters = {each["name"]: each["value"] for each in server.get("tokenBodyParameters") or []}
    others = {name: text for name, text in parameters.items() if name != "audience"}
    return {
        "authorizationMethods": methods if authorization_methods_problem(methods) is None else None,
        "clientAuthentication": authentication[0] if len(authentication) == 1 else None,
        "tokenSending": sending[0] if len(sending) == 1 else None,
        "tokenBodyParameters": others if others and body_parameters_problem(others) is None else None,
    }


def _grant_types(server: Mapping[str, Any]) -> list[str]:
    """The grant types by their OAuth 2.0 names; those that no new client should have are left to `keep`."""
    names = {azure: oauth for oauth, azure in GRANT_TYPES.items()}
    found = [names[grant] for grant in server["properties"]["grantTypes"] if grant in names]
    return [grant for grant in found if grant == "authorization_code"] or ["authorization_code"]


def _has_password_grant(client: Mapping[str, Any]) -> bool:
    return bool(set(PASSWORD_GRANTS) & set(client.get("grant_types", [])))


def _bare(section: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in section.items() if value is not None}
