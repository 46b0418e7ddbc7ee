"""The overview page that the Pulumi Registry shows of a package: its programs are those of the README and of the YAML example."""

import re
from pathlib import Path

_PAGE = """---
title: auth0-apim
meta_desc: Pulumi components that make Auth0 the authorization server of APIs published through Azure API Management.
layout: package
---

The components create an API in Auth0, publish it through Azure API Management, and write the policy that refuses every call
without a valid access token. An API that is published this way has no backend of its own: the policy sets the backend after it has
validated the token.

## Example

{{{{< chooser language "python,yaml" >}}}}
{{{{% choosable language python %}}}}

```python
{python}```

{{{{% /choosable %}}}}
{{{{% choosable language yaml %}}}}

```yaml
{yaml}```

{{{{% /choosable %}}}}
{{{{< /chooser >}}}}
"""


def registry_page(root: Path) -> dict[str, str]:
    """The page by its path, `docs/_index.md`; `root` is the repository."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    (python,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    yaml = (root / "examples" / "yaml" / "Pulumi.yaml").read_text(encoding="utf-8")
    return {"docs/_index.md": _PAGE.format(python=python, yaml=yaml)}
