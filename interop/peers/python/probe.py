"""Calls probe.Probe at 127.0.0.1:PORT with Python's gRPC: probe.py HOST:PORT. Prints a line of JSON for each thing that it has tried."""
import sys

import grpc

from shared import Schema, show

schema = Schema("probe.pb")
service = schema.pool.FindServiceByName("probe.Probe")
channel = grpc.insecure_channel(sys.argv[1])


def call(name, **request):
    method = service.FindMethodByName(name)
    made = schema.factory.GetPrototype(method.input_type)(**request)
    answer = schema.factory.GetPrototype(method.output_type)
    stub = channel.unary_unary(f"/probe.Probe/{name}", type(made).SerializeToString, answer.FromString)
    return stub(made, timeout=60)


def failure(**request):
    try:
        call("Fail", **request)
    except grpc.RpcError as e:
        return [e.code().name, e.details()]


def counts():
    told = call("HoldCounts")
    return [told.pending, told.cancelled, told.completed]


show(["counts", counts()])
show(["tokens", call("LiveTokens").count])
show(["kept", list(call("ReadKept").ids)])
show(["let go", call("LetGo").count])
for number, kind in enumerate(["failed", "overloaded", "disconnected", "unimplemented"]):
    show([kind, failure(kind=number, reason="on purpose")])
show(["unknown", failure(kind=77, reason="?")])
