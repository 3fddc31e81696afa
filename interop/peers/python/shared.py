"""What client and server share: messages and methods by descriptors, and lines of JSON."""
import json
import pathlib

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


class Schema:
    """The files of a descriptor set beside this script."""

    def __init__(self, name):
        self.pool = descriptor_pool.DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(__file__).with_name(name).read_bytes()).file:
            self.pool.Add(file)
        self.factory = message_factory.MessageFactory(self.pool)

    def message(self, name):
        return self.factory.GetPrototype(self.pool.FindMessageTypeByName(name))


def show(line):
    print(json.dumps(line, separators=(",", ":"), ensure_ascii=False), flush=True)
