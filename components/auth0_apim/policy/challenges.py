"""What an answer without success says of the token that is needed, in `WWW-Authenticate`.

Nothing of a request, and no message of API Management, reaches the header.
https://www.rfc-editor.org/rfc/rfc6750#section-3 and https://www.rfc-editor.org/rfc/rfc9728#section-5.1
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from lxml import etree

from auth0_apim.policy.markup import carried, csharp_string, element, text_element

CHALLENGE_HEADER = "WWW-Authenticate"
_OF_URLS = ":/?#[]@!$&'()*+,;=%~"


@dataclass(frozen=True)
class Challenge:
    """What every challenge of an API says.

    Attributes:
        realm: whose tokens are accepted: the issuer, an absolute URL.
        resource_metadata: absolute URL of the API's protected resource metadata (RFC 9728); None without.
    """

    realm: str
    resource_metadata: str | None = None

    def text(self, error: str | None = None, scope: str | None = None) -> str:
        """The header's value: an error of RFC 6750, 3.1, or none where there was no token; the scopes that are needed."""
        parameters = {
            "realm": quote(self.realm, safe=_OF_URLS),
            "error": error,
            "resource_metadata": self.resource_metadata and quote(self.resource_metadata, safe=_OF_URLS),
            "scope": scope,
        }
        return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in parameters.items() if value)

    def of_forbidden(self, scopes: str) -> str:
        """The value of a 403, as a policy expression; `scopes` is the C# expression of the scopes that are needed."""
        start = self.text("insufficient_scope") + ', scope="'
        return f'@({csharp_string(start)} + {scopes} + "\\"")'

    def of_unauthorized(self, policy_ids: Sequence[str]) -> etree._Element:
        """For `on-error`: the challenge of a 401 by a `validate-jwt` with one of the ids; status and body stay.

        It asks which policy failed: other 401s, such as that of a missing subscription key, have challenges of their own.
        """
        failed = " || ".join(f"context.LastError.PolicyId == {csharp_string(each)}" for each in policy_ids)
        failed = failed if len(policy_ids) == 1 else f"({failed})"
        absent = f'{failed} && context.LastError.Reason == "TokenNotPresent"'
        return element(
            "choose",
            {},
            element("when", {"condition": f"@({absent})"}, challenge_header(carried(self.text()))),
            element("when", {"condition": f"@({failed})"}, challenge_header(carried(self.text("invalid_token")))),
        )


def challenge_header(value: str) -> etree._Element:
    """Sets the header to a value, which is written as it is given."""
    header = {"name": CHALLENGE_HEADER, "exists-action": "override"}
    return element("set-header", header, text_element("value", value))
