"""Several environments at once: deployed side by side by the Automation API, and compared with each other."""

from auth0_apim_environments.fleet.deployment import Outcome, deploy_all
from auth0_apim_environments.fleet.differences import Difference, differences
from auth0_apim_environments.fleet.place import Place, find_place

__all__ = ["Difference", "Outcome", "Place", "deploy_all", "differences", "find_place"]
