"""The azure-native provider endpoint: pulumi_azure_native's API Management types over the Azure resource manager."""
