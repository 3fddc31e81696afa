"""Asks the health service at 127.0.0.1:PORT with Python's gRPC: health.py PORT SERVICE...
Prints a line of JSON for each service, then one for each status that watching the last of them tells, and ends with its standard input."""
import sys
import threading

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from shared import show

# Debian has no package of the service, so its messages are told here.
_file = descriptor_pb2.FileDescriptorProto(name="health.proto", package="grpc.health.v1", syntax="proto3")
_request = _file.message_type.add(name="HealthCheckRequest")
_request.field.add(name="service", number=1, type=descriptor_pb2.FieldDescriptorProto.TYPE_STRING, label=1)
_answer = _file.message_type.add(name="HealthCheckResponse")
_answer.field.add(name="status", number=1, type=descriptor_pb2.FieldDescriptorProto.TYPE_INT32, label=1)
_pool = descriptor_pool.DescriptorPool()
_pool.Add(_file)
_factory = message_factory.MessageFactory(_pool)
Request, Answer = (
    _factory.GetPrototype(_pool.FindMessageTypeByName("grpc.health.v1." + name))
    for name in ("HealthCheckRequest", "HealthCheckResponse")
)

channel = grpc.insecure_channel("127.0.0.1:" + sys.argv[1])
check = channel.unary_unary("/grpc.health.v1.Health/Check", Request.SerializeToString, Answer.FromString)
watch = channel.unary_stream("/grpc.health.v1.Health/Watch", Request.SerializeToString, Answer.FromString)

for service in sys.argv[2:]:
    future = check.future(Request(service=service))
    failed = future.exception() is not None
    show({"service": service, "code": future.code().value[0], **({} if failed else {"status": future.result().status})})

watching = watch(Request(service=sys.argv[-1]))


def tell():
    try:
        for each in watching:
            show({"watched": each.status})
    except grpc.RpcError:
        pass  # told below
    show({"ended": watching.code().value[0]})


threading.Thread(target=tell, daemon=True).start()
sys.stdin.read()
