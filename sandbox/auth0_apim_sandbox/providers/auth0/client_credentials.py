"""How a client authenticates, and its secret: a part of the client's document, managed apart from it."""

from typing import Any

from auth0_apim_sandbox.providers.auth0.management import ManagementError
from auth0_apim_sandbox.providers.auth0.resource import DocumentResource
from auth0_apim_sandbox.providers.plugin.errors import IncompleteResourceError, ProviderError
from auth0_apim_sandbox.providers.plugin.provider import Change, Properties

COLLECTION = "clients"
MOST_KEYS = 2
"""Keys that a client may have at a time."""
FIELDS = "client_id,client_secret,token_endpoint_auth_method,client_authentication_methods,app_type"


class ClientCredentials(DocumentResource):
    """The authentication method of a client; its id is the client's."""

    async def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Sets method, secret or keys of an existing client."""
        client_id = inputs["clientId"]
        await self.management.get(COLLECTION, client_id, fields="client_id")
        try:
            await self._apply(client_id, Change({}, inputs, {}))
        except ManagementError as error:
            raise IncompleteResourceError(str(error), client_id, inputs) from error
        return client_id, await self.finished(client_id, inputs, {})

    async def fetch(self, resource_id: str) -> Any:
        """The client's credentials: its secret, or the keys that it authenticates with."""
        client = await self.management.find(COLLECTION, resource_id, fields=FIELDS)
        if client is None:
            return None
        methods = client.get("client_authentication_methods") or {}
        method = next(iter(methods), client.get("token_endpoint_auth_method"))
        document = {"client_id": resource_id, "authentication_method": method}
        if method != "private_key_jwt":
            return document | {"client_secret": client.get("client_secret", "")}
        attached = {credential["id"] for credential in methods[method]["credentials"]}
        credentials = await self.management.get(COLLECTION, resource_id, "credentials")
        kept = [credential for credential in credentials if credential["id"] in attached]
        return document | {"client_secret": "", "private_key_jwt": {"credentials": [_described(item) for item in kept]}}

    async def update(self, resource_id: str, change: Change) -> Properties:
        """Sets what changed."""
        await self._apply(resource_id, change)
        return await self.finished(resource_id, change.new, {})

    def outputs(self, document: Any, given: Properties) -> Properties:
        """The credentials, with each key's PEM as it was given: the tenant does not show it."""
        outputs = super().outputs(document, given)
        keys = (outputs.get("privateKeyJwt") or {}).get("credentials", [])
        given_keys = (given.get("privateKeyJwt") or {}).get("credentials", [])
        by_name = {key.get("name"): key for key in given_keys}
        for key in keys:
            key |= {name: value for name, value in by_name.get(key.get("name"), {}).items() if name not in key}
        order = [key.get("name") for key in given_keys]
        keys.sort(key=lambda key: order.index(key.get("name")) if key.get("name") in order else len(order))
        return outputs

    async def delete(self, resource_id: str, inputs: Properties, state: Properties) -> None:  # noqa: ARG002
        """Gives the client back the method that its type has by default, and removes its keys."""
        client = await self.management.find(COLLECTION, resource_id, fields=FIELDS)
        if client is not None:
            await self._leave_keys(client, _default_method(client.get("app_type")))

    async def _leave_keys(self, client: dict[str, Any], method: str) -> None:
        """Sets a method that needs no keys; the tenant takes it only together with the end of the keys' use."""
        client_id, keys = (
            client["client_id"],
            (client.get("client_authentication_methods") or {}).get("private_key_jwt"),
        )
        ended = {"client_authentication_methods": None} if keys else {}
        await self._patch(client_id, {"token_endpoint_auth_method": method} | ended)
        for credential in keys["credentials"] if keys else []:
            await self.management.delete(COLLECTION, client_id, "credentials", credential["id"])

    async def _apply(self, client_id: str, change: Change) -> None:
        changed = {name for name in change.new if change.new[name] != change.old.get(name)}
        method = change.new.get("authenticationMethod")
        if method == "private_key_jwt":
            await self._apply_keys(client_id, change)
        elif "authenticationMethod" in changed:
            await self._leave_keys(await self.management.get(COLLECTION, client_id, fields=FIELDS), str(method))
        secret = change.new.get("clientSecret")
        if "clientSecret" in changed:
            await self._patch(client_id, {"client_secret": secret})
        elif "clientSecretWoVersion" in changed and "clientSecretWo" in change.new:
            await self._patch(client_id, {"client_secret": change.new["clientSecretWo"]})

    async def _apply_keys(self, client_id: str, change: Change) -> None:
        keys = change.new.get("privateKeyJwt", {}).get("credentials", [])
        if not keys:
            raise ProviderError("The authentication method private_key_jwt needs privateKeyJwt with credentials.")
        if change.old.get("privateKeyJwt") == change.new["privateKeyJwt"]:
            return
        attached = (change.state.get("privateKeyJwt") or {}).get("credentials", [])
        kept = [one for one in attached if any(_same_key(one, key) for key in keys)]
        removed = [one["id"] for one in attached if one not in kept]
        added = [key for key in keys if not any(_same_key(one, key) for one in attached)]
        ids = [one["id"] for one in attached]
        while added or removed:
            # A new key is attached before an old one goes, as far as a client may have both (`planCredentialRotation`).
            if added and len(ids) < MOST_KEYS:
                (document,) = self.body({"privateKeyJwt": {"credentials": [added.pop(0)]}})["private_key_jwt"][
                    "credentials"
                ]
                made = await self.management.request("POST", COLLECTION, client_id, "credentials", body=document)
                ids.append(made["id"])
                await self._attach(client_id, ids)
            else:
                ended = removed.pop(0)
                ids.remove(ended)
                if ids:
                    await self._attach(client_id, ids)
                await self.management.delete(COLLECTION, client_id, "credentials", ended)

    async def _attach(self, client_id: str, ids: list[str]) -> None:
        methods = {"private_key_jwt": {"credentials": [{"id": each} for each in ids]}}
        await self._patch(client_id, {"client_authentication_methods": methods, "token_endpoint_auth_method": None})

    async def _patch(self, client_id: str, body: dict[str, Any]) -> None:
        await self.management.request("PATCH", COLLECTION, client_id, body=body)


def _same_key(one: Properties, other: Properties) -> bool:
    """Whether two credentials are the same key under the same name."""
    return all(one.get(name) == other.get(name) for name in ("name", "pem"))


def _described(credential: dict[str, Any]) -> dict[str, Any]:
    """A credential as the type has it: `kid` is its key id, `alg` its algorithm."""
    return credential | {"key_id": credential.get("kid"), "algorithm": credential.get("alg")}


def _default_method(app_type: str | None) -> str:
    if app_type in {"native", "spa"}:
        return "none"
    return "client_secret_post" if app_type in {"regular_web", "non_interactive"} else "client_secret_basic"
