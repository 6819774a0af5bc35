"""The gate of publishing: a package is looked at in a process of its own, which may fail without harm to anybody."""

from engine.gate.child import Answer
from engine.gate.look import field_names, look
from engine.gate.watch import GateBroken, Limits, Watch, examine

__all__ = ["Answer", "GateBroken", "Limits", "Watch", "examine", "field_names", "look"]
