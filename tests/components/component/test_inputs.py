"""The descriptions of the components' inputs, and what is checked by them: now, later, and in a section of another component."""

import ast
import importlib
import inspect
import re
from dataclasses import replace

import auth0_apim
import pulumi
import pytest
from auth0_apim.component.input_types import Later, input_types, is_known
from auth0_apim.component.inputs import ComponentInputs, InputError, Inputs, Rule, Section, anything, section
from auth0_apim.rules.text_rules import text_problem
from pulumi.runtime.settings import SETTINGS
from typing_extensions import NotRequired, TypedDict, get_original_bases, is_typeddict

COMPONENTS = [name for name in auth0_apim.__all__ if f"{name}Args" in auth0_apim.__all__]
MODULES = [importlib.import_module(getattr(auth0_apim, f"{name}Args").__module__) for name in COMPONENTS]
DESCRIBED = {
    each.component: each for module in MODULES for each in vars(module).values() if isinstance(each, ComponentInputs)
}
INPUTS = [(component, name) for component, each in DESCRIBED.items() for name in input_types(each.shape)]
DEFAULTS = [(component, name) for component, each in DESCRIBED.items() for name in each.defaults]


def alone(component, args):
    """What is wrong with inputs one by one."""
    described = replace(DESCRIBED[component], check=anything)
    return {error.input_name: error.problem for error in Inputs(described, "calculator", args).errors()}


def docstrings(shape):
    """The description of each input of `shape`, by name."""
    found = {}
    for base in get_original_bases(shape):
        found |= docstrings(base) if is_typeddict(base) else {}
    (definition,) = ast.parse(inspect.getsource(shape)).body
    for field, text in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign):
            found[field.target.id] = ast.literal_eval(text.value)
    return found


def test_every_component_has_one_description_and_its_shape_is_its_args():
    shapes = {component: each.shape.__name__ for component, each in DESCRIBED.items()}
    assert shapes == {name: f"{name}Args" for name in COMPONENTS}


@pytest.mark.parametrize("component", DESCRIBED)
def test_rules_and_defaults_are_of_inputs_that_there_are(component):
    described = DESCRIBED[component]
    assert {*described.rules, *described.defaults} <= set(input_types(described.shape))


@pytest.mark.parametrize(("component", "input_name"), INPUTS)
def test_the_example_of_an_input_is_accepted_by_it(component, input_name):
    assert input_name not in alone(component, {input_name: DESCRIBED[component].example(input_name)})


@pytest.mark.parametrize(("component", "input_name"), DEFAULTS)
def test_the_default_of_an_input_is_accepted_by_it(component, input_name):
    assert input_name not in alone(component, {})


@pytest.mark.parametrize(("component", "input_name"), DEFAULTS)
def test_a_plain_default_stands_in_the_description_of_its_input(component, input_name):
    described = DESCRIBED[component]
    default = described.defaults[input_name]
    if callable(default) or not isinstance(default, (bool, int, str)):
        return
    text = str(default).lower() if isinstance(default, bool) else re.escape(str(default))
    assert re.search(rf"defaults to (`{text}`|{text})[.,;: ]", docstrings(described.shape)[input_name])


@pytest.mark.parametrize(("component", "input_name"), INPUTS)
def test_an_example_stands_in_one_place_beside_the_rule(component, input_name):
    assert "Example:" not in docstrings(DESCRIBED[component].shape)[input_name]


class PartArgs(TypedDict):
    title: NotRequired[pulumi.Input[str]]
    size: NotRequired[pulumi.Input[int]]
    is_open: NotRequired[pulumi.Input[bool]]
    existing: NotRequired[bool]
    names: NotRequired[dict[str, list[str]]]
    colour: NotRequired[pulumi.Input[str]]


def _check(inputs):
    inputs.refuse_beside("existing", "title")
    inputs.need("size", "colour", "names")
    both = {"title": inputs.get("title"), "size": inputs.get("size")}
    inputs.require("title", both, size_problem)


def size_problem(value):
    """No title is longer than the size."""
    return None if value["size"] is None or len(value["title"]) <= value["size"] else f"is longer than {value['size']}"


PART = ComponentInputs(
    component="Part",
    shape=PartArgs,
    rules={"title": Rule(lambda value: text_problem(value, 10), "Gold"), "colour": Rule(anything, "red")},
    defaults={"title": str.upper, "is_open": True},
    check=_check,
)


def errors(args, wired=None):
    return list(map(str, Inputs(PART, "mine", args, wired or {}).errors()))


@pytest.fixture
def known(mocks):
    """The value of an output, or how it is refused."""

    async def value_of(make):
        try:
            return await make().future()
        except InputError as error:
            return str(error)
        finally:
            SETTINGS.outputs.clear()

    return value_of


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"titel": "x"}, "'titel' is not one of colour, existing, is_open, names, size, title; an example that works: title: \"Gold\""),
        ({"title": ""}, "'title' must be 1 to 10 characters long, not 0; an example that works: \"Gold\""),
        ({"title": 5}, "'title' must be text, not a number; an example that works: \"Gold\""),
        ({"existing": "yes"}, "'existing' must be true or false, not text; an example that works: true"),
        ({"size": 5}, "'size' needs 'colour' or 'names'; an example that works: colour: \"red\""),
        ({"size": 0}, "'size' needs 'colour' or 'names'; an example that works: colour: \"red\""),
        ({"title": "Silver", "size": 5, "colour": "red"}, "'title' is longer than 5; an example that works: \"Gold\""),
        ({"existing": True, "colour": "red", "is_open": False}, "'colour' describes a new one and excludes 'existing'; leave it out"),
    ],
)  # fmt: skip
def test_a_bad_input_is_refused_with_an_example_or_what_to_do_instead(args, message):
    assert errors(args) == [f"Part 'mine': input {message}"]


def test_what_is_wrong_with_inputs_one_by_one_is_said_of_all():
    assert [each.split(";")[0] for each in errors({"titel": "x", "size": "5"})] == [
        "Part 'mine': input 'titel' is not one of colour, existing, is_open, names, size, title",
        "Part 'mine': input 'size' must be a number, not text",
    ]


@pytest.mark.parametrize(
    "args",
    [
        {},
        {"existing": True},
        {"existing": True, "title": "Gold"},
        {"existing": False, "colour": "red"},
        {"size": 4, "names": {}},
        {"size": None, "colour": None},
    ],
)
def test_what_is_left_out_or_allowed_is_not_refused(args):
    assert errors(args) == []


def test_an_input_that_another_one_needs_may_be_false():
    needing = replace(PART, check=lambda inputs: inputs.need("existing", "colour"))
    assert list(Inputs(needing, "mine", {"existing": False}).errors()) == []
    with pytest.raises(InputError, match="input 'existing' needs 'colour'"):
        needing.of("mine", {"existing": True})


@pytest.mark.parametrize("names", [Later(), {"a": Later()}, {"a": [Later()]}, {"a": ["b", Later()]}])
def test_no_part_of_what_is_decided_before_is_known_later(names):
    problem = "must be known before deployment, not an output of a resource"
    assert errors({"names": names}) == [f"Part 'mine': input 'names' {problem}; an example that works: {{\"name\": \"value\"}}"]  # fmt: skip


def test_what_is_known_later_is_taken_on_trust_until_then():
    assert not is_known(Later())
    assert errors({"title": Later(), "size": 5, "colour": Later()}) == []
    assert errors({"title": "Silver", "size": Later(), "colour": "red"}) == []


def test_what_is_wired_counts_as_given_and_cannot_be_given():
    assert errors({"size": 5}, {"colour": Later()}) == []
    assert errors({"title": "Silver", "colour": "red"}, {"size": 5}) == [
        "Part 'mine': input 'title' is longer than 5; an example that works: \"Gold\""
    ]  # fmt: skip
    assert errors({"colour": "red"}, {"colour": None}) == [
        "Part 'mine': input 'colour' is no input of this section; leave it out"
    ]
    assert errors({"colours": "red"}, {"colour": None}) == [
        "Part 'mine': input 'colours' is not one of existing, is_open, names, size, title; an example that works: "
        "existing: true"
    ]


@pulumi.runtime.test
async def test_a_requirement_is_asked_before_the_input_is_given_out(known):
    def title(size):
        inputs = PART.of("mine", {"title": "Silver", "size": pulumi.Output.from_input(size), "colour": "red"})
        return lambda: inputs.output("title")

    assert await known(title(6)) == "Silver"
    assert await known(title(5)) == "Part 'mine': input 'title' is longer than 5; an example that works: \"Gold\""


@pulumi.runtime.test
async def test_an_output_of_nothing_stands_for_nothing_only_where_it_may(known):
    nothing = pulumi.Output.from_input(None)
    inputs = PART.of("mine", dict.fromkeys(("title", "colour", "is_open"), nothing) | {"existing": False})
    required = "Part 'mine': input 'colour' is required; an example that works: \"red\""
    assert await known(lambda: inputs.output("colour")) == required
    assert await known(lambda: inputs.optional("colour")) == required
    assert await known(lambda: inputs.nullable("colour")) is None
    assert await known(lambda: inputs.output("is_open")) is True


@pulumi.runtime.test
async def test_an_output_is_checked_like_a_plain_value(known):
    def title(value):
        return lambda: PART.of("mine", {"title": pulumi.Output.from_input(value)}).output("title")

    assert await known(title("Gold")) == "Gold"
    assert await known(title("")) == (
        "Part 'mine': input 'title' must be 1 to 10 characters long, not 0; an example that works: \"Gold\""
    )  # fmt: skip
    assert await known(title(5)) == "Part 'mine': input 'title' must be text, not a number; an example that works: \"Gold\""  # fmt: skip


@pulumi.runtime.test
async def test_errors_of_a_section_name_the_whole_and_the_path_even_late_ones(known):
    with section(Section("Whole", "all", "parts.gold", {"colour": "theme.colour"})):
        assert errors({"size": "5"}) == [
            "Whole 'all': input 'parts.gold.size' must be a number, not text; an example that works: 1"
        ]
        assert errors({"colour": 5}) == [
            "Whole 'all': input 'theme.colour' must be text, not a number; an example that works: \"red\""
        ]
        inputs = PART.of("mine", {"title": pulumi.Output.from_input("")})
    assert await known(lambda: inputs.output("title")) == (
        "Whole 'all': input 'parts.gold.title' must be 1 to 10 characters long, not 0; an example that works: \"Gold\""
    )  # fmt: skip
    assert errors({"size": "5"}) == ["Part 'mine': input 'size' must be a number, not text; an example that works: 1"]


def test_what_is_left_out_has_its_default_and_what_has_none_is_no_output():
    inputs = PART.of("gold", {})
    assert (inputs.get("title"), inputs.get("is_open"), inputs.get("colour", "blue")) == ("GOLD", True, "blue")
    assert inputs.optional("colour") is None
    assert "colour" not in inputs
    with pytest.raises(ValueError, match="colour has no value"):
        inputs.output("colour")
