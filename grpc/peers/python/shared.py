"""What client and server share: messages and methods by descriptors, names of metadata, and lines of JSON."""
import json
import pathlib

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

INITIAL = "x-grpc-test-echo-initial"
TRAILING = "x-grpc-test-echo-trailing-bin"

_pool = descriptor_pool.DescriptorPool()
for _file in descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(__file__).with_name("service.pb").read_bytes()).file:
    _pool.Add(_file)
_factory = message_factory.MessageFactory(_pool)


def message(name):
    """The class of grpc.testing.NAME."""
    return _factory.GetPrototype(_pool.FindMessageTypeByName("grpc.testing." + name))


def method(name, service="TestService"):
    """The path of a method, and the classes of its requests and answers."""
    found = _pool.FindServiceByName("grpc.testing." + service).FindMethodByName(name)
    return (f"/grpc.testing.{service}/{name}", _factory.GetPrototype(found.input_type), _factory.GetPrototype(found.output_type))


def show(line):
    print(json.dumps(line, separators=(",", ":"), ensure_ascii=False), flush=True)
