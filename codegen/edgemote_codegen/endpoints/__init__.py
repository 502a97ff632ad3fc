"""Endpoint rules of a service, compiled to a Python function for the device.

rule set -> statements (`rules`, `conditions`) -> lines (`layout`) -> template -> `resolve`

`compiler` has the pipeline; `bindings` says what operations give to the rules.
"""

from ..errors import EndpointRuleError
from .bindings import Binding, ParameterUse, Step, lower_bindings, name_argument, summarise_bindings
from .compiler import EndpointIR, lower_endpoint, render_endpoint
from .parameters import BUILT_IN_ARGUMENTS, EVERYTHING, ParameterIR, Reduction
from .partitions import PartitionIR, lower_partitions, render_partitions
from .standard import make_standard_rule_set

__all__ = [
    "BUILT_IN_ARGUMENTS",
    "EVERYTHING",
    "Binding",
    "EndpointIR",
    "EndpointRuleError",
    "ParameterIR",
    "ParameterUse",
    "PartitionIR",
    "Reduction",
    "Step",
    "lower_bindings",
    "lower_endpoint",
    "lower_partitions",
    "make_standard_rule_set",
    "name_argument",
    "render_endpoint",
    "render_partitions",
    "summarise_bindings",
]
