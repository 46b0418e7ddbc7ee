"""Azure's resource manager, as far as `Microsoft.ApiManagement` goes."""

from auth0_apim_sandbox.apim.arm.calls import ServiceHost
from auth0_apim_sandbox.apim.arm.manager_client import ManagerClient, manager_client
from auth0_apim_sandbox.apim.manager.application import ResourceManager, create_resource_manager

__all__ = ["ManagerClient", "ResourceManager", "ServiceHost", "create_resource_manager", "manager_client"]
