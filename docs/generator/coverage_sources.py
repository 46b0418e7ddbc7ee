"""How the sandbox's answers are known, and what is known to differ: the part of the ledger that no registry says."""

KIND_SOURCES = {
    "apis": "specification, recording (Azure PowerShell, Azure CLI)",
    "apis/diagnostics": "specification",
    "apis/operations": "specification; names of imported ones: document, recording",
    "apis/operations/policies": "specification, recording",
    "apis/policies": "specification, recording",
    "apis/products": "specification",
    "apis/releases": "recording (Azure PowerShell, Azure CLI); what an old release answers: inference",
    "apis/revisions": "recording (Azure PowerShell)",
    "apis/schemas": "specification",
    "apiversionsets": "specification, recording (Azure PowerShell)",
    "authorizationservers": "specification, recording",
    "backends": "specification",
    "contenttypes": "specification, document (the developer portal's source)",
    "contenttypes/contentitems": "specification, document (the developer portal's source)",
    "diagnostics": "specification",
    "groups": "specification",
    "identityproviders": "specification",
    "loggers": "specification",
    "namedvalues": "specification, recording",
    "openidconnectproviders": "specification",
    "policies": "specification, recording",
    "policyfragments": "specification, recording",
    "portalconfigs": "specification, document (the developer portal's source)",
    "products": "specification, recording",
    "products/apis": "specification, recording",
    "products/groups": "specification",
    "products/policies": "specification",
    "products/subscriptions": "specification",
    "subscriptions": "specification, recording",
    "tags": "specification",
}
"""By the types below a service in lower case."""

MANAGEMENT_SOURCES = {
    "actions": "specification",
    "client-grants": "specification, recording (Terraform provider)",
    "clients": "specification, recording (Terraform provider)",
    "connections": "specification, recording (Terraform provider)",
    "grants": "specification",
    "jobs": "specification, document",
    "keys": "specification",
    "resource-servers": "specification, recording (Terraform provider)",
    "roles": "specification, recording (Terraform provider)",
    "tenants": "specification, recording (Terraform provider)",
    "tickets": "specification, document",
    "users": "specification, recording (Terraform provider)",
    "users-by-email": "specification",
}
"""By the first segment of a path."""

PART_SOURCES = {
    "policies": "document (policy reference), refusals from answers quoted in issues",
    "expressions": "document (policy expressions, .NET)",
    "authentication": "document (Auth0, OAuth 2.0, OpenID Connect), messages from recordings and issues",
    "vault": "specification (Key Vault secrets)",
}

DIFFERENT = [
    (
        "resource manager",
        "a long-running operation takes seconds to an hour",
        "it has ended when it is asked about",
        "document",
    ),
    (
        "resource manager",
        "a second write to one API at the same time: 409",
        "it waits for the first",
        "recording (quoted in issues)",
    ),
    (
        "resource manager",
        "role assignments decide who may do what",
        "the one service principal may do everything",
        "document",
    ),
    ("services", "a virtual network, certificates, host names of one's own", "refused by name", "document"),
    ("services", "addresses of portals and of the direct management API", "shown; nothing listens there", "document"),
    ("revisions", "whether a copy takes policies along is not recorded", "it does", "inference"),
    (
        "revisions",
        "a release may name its revision without `/apis/`: not recorded",
        "it may",
        "inference",
    ),
    (
        "imports",
        "operation names are lower-cased, says the document",
        "letters, digits, dashes and underscores are kept",
        "recording (Azure PowerShell)",
    ),
    (
        "imports",
        "the API and its operations appear together",
        "operations are written first, the API last",
        "inference",
    ),
    ("gateway", "a change arrives within seconds", "it is there with the next call", "document"),
    ("Management API", "rate limits of the plan", "none that a client on this machine meets", "document"),
    ("tenant", "deletions of connections and their users are asynchronous", "they are done at once", "recording"),
    ("Key Vault", "access policies and role assignments", "every token of the directory is good", "document"),
]
"""What is known to be otherwise: where, what the service does, what the sandbox does, how it is known."""
