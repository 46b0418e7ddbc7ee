"""A vault of Azure Key Vault: secrets and their versions, as Azure's own clients set and get them."""

from auth0_apim_sandbox.vault.application import create_vault

__all__ = ["create_vault"]
