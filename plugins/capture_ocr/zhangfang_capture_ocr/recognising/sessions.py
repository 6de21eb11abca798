"""How models are run: on one thread that does not spin, without an arena that never gives memory back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]  # the wheel ships no types
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def session(model: Path) -> ort.InferenceSession:
    """A model, loaded."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
