"""Policy expressions: the part of C# that is supported, checked when a policy is saved and evaluated by the gateway."""

from auth0_apim_sandbox.apim.policies.expressions.errors import EvaluationError, ExpressionError
from auth0_apim_sandbox.apim.policies.expressions.expression import bind_expression
from auth0_apim_sandbox.apim.policies.expressions.members import as_text
from auth0_apim_sandbox.apim.policies.expressions.scope import Bound, Evaluate

__all__ = ["Bound", "Evaluate", "EvaluationError", "ExpressionError", "as_text", "bind_expression"]
