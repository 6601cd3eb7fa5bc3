"""Calling a compiled function by its address."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


@intrinsic
def call(typingctx: Any, address: Any, arrays: Any) -> Any:
    """The number that a C function of the addresses of arrays gives; `arrays` is a tuple."""
    signature = types.float64(address, arrays)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = ir.IntType(8).as_pointer()
        places = []
        for i, kind in enumerate(arrays):
            own = builder.extract_value(args[1], i)
            data = context.make_array(kind)(context, builder, value=own).data
            places.append(builder.bitcast(data, pointer))
        function = ir.FunctionType(ir.DoubleType(), [pointer] * len(places))
        return builder.call(builder.inttoptr(args[0], function.as_pointer()), places)

    return signature, codegen
