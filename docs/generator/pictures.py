"""Two pictures of the real program, as Mermaid text: what it makes, and the way of a token through it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from auth0_apim_environments.settings.settings import COMPONENT

from docs.generator.recorded_program import Recorded, noun, recorded_program
from docs.generator.token_flow import token_flow

_NOTE = "<!-- Written by `make docs` from a run of __main__.py with the settings of stacks/local.settings.yaml. -->"
_CLOUDS = {"auth0": "Auth0", "azure-native": "Azure"}


def pictures(root: Path) -> dict[str, str]:
    """Text of both pictures, and of the README that shows the token's way, by their paths."""
    program = recorded_program(root)
    flow = token_flow(program)
    return {
        "README.md": _with_picture((root / "README.md").read_text(encoding="utf-8"), flow),
        "docs/pictures/topology.md": _framed("What an environment is made of", topology(program), _TOPOLOGY_LEGEND),
        "docs/pictures/token-flow.md": _framed("The way of a token", flow, _FLOW_LEGEND),
    }


_TOPOLOGY_LEGEND = (
    "A box is a component, and holds the resources it makes. An arrow leads from a component to those that are made of "
    "what it tells."
)
_FLOW_LEGEND = (
    "Issuer, audience, keys' address and scopes are those of the policy documents that the program deploys, with a "
    "tenant in Auth0's cloud."
)


def topology(program: Sequence[Recorded]) -> str:
    """The components with their resources, by cloud, and what flows between them."""
    parts_of_the_whole = [each for each in program if each.kind.startswith("auth0-apim:") and each.name != COMPONENT]
    components = {each.urn: each for each in parts_of_the_whole}
    parts = {urn: [each for each in program if each.parent == urn] for urn in components}
    lines = ["flowchart LR"]
    for package, title in _CLOUDS.items():
        lines.append(f'  subgraph {title}["{title}"]')
        for urn, component in components.items():
            if parts[urn] and parts[urn][0].kind.startswith(f"{package}:"):
                lines += _box(component, parts[urn])
        lines.append("  end")
    return "\n".join([*lines, *_arrows(program, components)])


def _box(component: Recorded, parts: Sequence[Recorded]) -> Iterator[str]:
    yield f'    subgraph {_id(component)}["{_section(component)}: {noun(component.kind)}"]'
    for kind, count in Counter(noun(part.kind) for part in parts).items():
        label = kind if count == 1 else f"{count} {kind}"
        yield f'      {_id(component)}_{kind}["{label}"]'
    yield "    end"


def _arrows(program: Sequence[Recorded], components: Mapping[str, Recorded]) -> list[str]:
    owner = {each.urn: each.urn if each.urn in components else each.parent for each in program}
    pairs = {(owner.get(source, ""), owner[each.urn]) for each in program for source in each.sources}
    named = {
        (_id(components[one]), _id(components[other]))
        for one, other in pairs
        if one in components and other in components and one != other
    }
    return [f"  {one} --> {other}" for one, other in sorted(named)]


def _id(component: Recorded) -> str:
    return _section(component).replace("-", "_")


def _section(component: Recorded) -> str:
    return component.name.removeprefix(f"{COMPONENT}-")


def _with_picture(page: str, picture: str) -> str:
    """The page with the picture between its two marks."""
    mark = "<!-- token-flow:{} -->\n".format
    before, _, rest = page.partition(mark("begin"))
    _, end, after = rest.partition(mark("end"))
    if not end:
        raise LookupError("README.md has no place for the picture: a pair of token-flow marks")
    return f"{before}{mark('begin')}\n```mermaid\n{picture}\n```\n\n{end}{after}"


def _framed(title: str, picture: str, legend: str) -> str:
    return f"{_NOTE}\n# {title}\n\n```mermaid\n{picture}\n```\n\n{legend}\n"
