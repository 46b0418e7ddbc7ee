"""The README shows what really comes out."""

import io
import re
from pathlib import Path

import pytest
from auth0_apim_environments.cli.verify import checks_table
from auth0_apim_environments.verify.deployed_api import parse_outputs
from auth0_apim_environments.verify.proof import verify
from rich.console import Console

pytestmark = pytest.mark.live

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_readme_shows_the_proof_as_it_is_printed(deployed, http):
    api = parse_outputs("local", deployed.outputs())
    url = re.sub(r":[0-9]+/", ":14310/", api.api_url) + api.probe.path
    console = Console(width=110, file=io.StringIO(), force_terminal=False)
    console.print(checks_table("local", url, verify(api, http)))
    printed = [f"    {line}".rstrip() for line in console.file.getvalue().splitlines()]
    shown = re.search("<!-- verify:begin -->\n(.*)<!-- verify:end -->", README.read_text(), re.DOTALL)
    assert shown is not None
    assert "\n".join(printed) in shown[1], "\n".join(printed)
