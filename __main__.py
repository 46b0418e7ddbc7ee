"""One environment: its settings, the protected API made of them, and what it tells the outside."""

import pulumi
from auth0_apim import ProtectedApi
from auth0_apim_environments.settings.kept import keep
from auth0_apim_environments.settings.settings import COMPONENT, Settings

OUTPUTS = {
    "issuer": "issuer",
    "audience": "audience",
    "scopes": "scopes",
    "userAccess": "user_access",
    "apiUrl": "url",
    "tokenEndpoint": "token_endpoint",
    "authorizationEndpoint": "authorization_endpoint",
    "clientId": "client_id",
    "clientSecret": "client_secret",
    "grantedScopes": "granted_scopes",
    "operations": "operations",
    "redirectUris": "redirect_uris",
    "policyId": "policy_id",
}
OF_THE_LOGIN = {
    "interactiveClientId": "interactive_client_id",
    "interactiveClientSecret": "interactive_client_secret",
    "interactiveGrantedScopes": "interactive_granted_scopes",
}
OF_THE_DATABASE = {"connectionId": "connection_id", "connectionName": "connection_name"}

settings = Settings.load()
keep(settings.keep)
api = ProtectedApi(COMPONENT, settings.args())
login = OF_THE_LOGIN if "interactive_client" in settings.sections else {}
database = OF_THE_DATABASE if "database" in settings.sections else {}
for output, attribute in (OUTPUTS | login | database).items():
    pulumi.export(output, getattr(api, attribute))
for output, value in settings.probe_outputs().items():
    pulumi.export(output, value)
