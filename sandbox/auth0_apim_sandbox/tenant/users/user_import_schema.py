"""What a user of an import file may hold.

https://auth0.com/docs/manage-users/user-migration/bulk-user-import-database-schema-and-examples
"""

from auth0_apim_sandbox.tenant.management.requests.validation import Schema, document

UPSERTABLE = (
    "app_metadata",
    "email_verified",
    "family_name",
    "given_name",
    "name",
    "nickname",
    "picture",
    "user_metadata",
)
"""The attributes that an import with `upsert` gives a user who exists; `custom_password_hash` has a rule of its own."""

RESERVED_IN_APP_METADATA = frozenset(
    [
        "__tenant",
        "_id",
        "blocked",
        "clientID",
        "created_at",
        "email",
        "email_verified",
        "globalClientID",
        "global_client_id",
        "identities",
        "lastIP",
        "lastLogin",
        "loginsCount",
        "metadata",
        "multifactor",
        "multifactor_last_modified",
        "updated_at",
        "user_id",
    ]
)

_STRING: Schema = {"type": "string"}
_INTEGER: Schema = {"type": "integer"}
_ENCODING: Schema = {"type": "string", "enum": ["base64", "hex", "utf8"]}
_KEY: Schema = {"type": "object", "required": ["value"], "properties": {"value": _STRING, "encoding": _ENCODING}}
_DIGESTS = ["md4", "md5", "ripemd160", "sha1", "sha224", "sha256", "sha384", "sha512", "whirlpool"]
_ALGORITHMS = ["argon2", "bcrypt", "hmac", "ldap", "md4", "md5", "sha1", "sha256", "sha512", "pbkdf2", "scrypt"]
_PASSWORD_ENCODINGS = ["ascii", "utf8", "utf16le", "ucs2", "latin1", "binary"]

_CUSTOM_PASSWORD_HASH = document(
    {
        "algorithm": {"type": "string", "enum": _ALGORITHMS},
        "hash": {
            "type": "object",
            "properties": {
                "value": _STRING,
                "encoding": _ENCODING,
                "digest": {"type": "string", "enum": _DIGESTS},
                "key": _KEY,
            },
        },
        "salt": {
            "type": "object",
            "required": ["value"],
            "properties": {
                "value": _STRING,
                "encoding": _ENCODING,
                "position": {"type": "string", "enum": ["prefix", "suffix"]},
            },
        },
        "password": {
            "type": "object",
            "properties": {"encoding": {"type": "string", "enum": _PASSWORD_ENCODINGS}},
        },
        "keylen": _INTEGER,
        "cost": _INTEGER,
        "blockSize": _INTEGER,
        "parallelization": _INTEGER,
    },
    required=["algorithm", "hash"],
)

IMPORTED_USER = document(
    {
        "email": {"type": "string", "format": "email"},
        "email_verified": {"type": "boolean"},
        "user_id": {"type": "string", "minLength": 1, "maxLength": 255},
        "username": {"type": "string", "minLength": 1, "maxLength": 128},
        "given_name": _STRING,
        "family_name": _STRING,
        "name": _STRING,
        "nickname": _STRING,
        "picture": _STRING,
        "blocked": {"type": "boolean"},
        "password_hash": _STRING,
        "custom_password_hash": _CUSTOM_PASSWORD_HASH,
        "app_metadata": {"type": "object"},
        "user_metadata": {"type": "object"},
        "mfa_factors": {"type": "array", "minItems": 1, "maxItems": 10},
    },
    required=["email"],
)
FORM = document(
    {
        "connection_id": {"type": "string", "pattern": "^con_[A-Za-z0-9]{16}$", "description": "connection_id"},
        "upsert": {"type": "boolean"},
        "external_id": {"type": "string", "maxLength": 255},
        "send_completion_email": {"type": "boolean"},
    },
    required=["connection_id"],
)
"""The fields besides the file `users`."""
