"""Policy expressions: C# as API Management has it, checked when a policy is saved and evaluated by the gateway."""

from auth0_apim_sandbox.apim.policies.expressions.expression import Bound, Evaluate, bind_expression
from auth0_apim_sandbox.apim.policies.expressions.library.formatting import as_text
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import EvaluationError, ExpressionError

__all__ = ["Bound", "Evaluate", "EvaluationError", "ExpressionError", "as_text", "bind_expression"]
