"""The README's program runs as it is printed. Against mocks: that it deploys is proven live, with other settings."""

import re
from pathlib import Path

import pulumi

REPOSITORY = Path(__file__).resolve().parents[2]


@pulumi.runtime.test
def test_the_readmes_program_makes_a_protected_api(mocks, monkeypatch):
    exported = {}
    monkeypatch.setattr(pulumi, "export", exported.__setitem__)
    monkeypatch.chdir(REPOSITORY)
    program = re.search(r"```python\n(.*?)```", (REPOSITORY / "README.md").read_text(), re.DOTALL)
    exec(compile(program[1], "README.md", "exec"), {})  # noqa: S102 - the project's own text
    assert set(exported) == {"url", "token_endpoint"}

    def guarded(url):
        assert url.endswith("/calc")
        assert "azure-native:apimanagement:ApiPolicy" in {kind for kind, _ in mocks.resources}

    return exported["url"].apply(guarded)
