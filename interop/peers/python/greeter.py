"""Serves guide.Greeter with Python's gRPC on a port of 127.0.0.1 until it is ended. Prints "READY 127.0.0.1:port"."""
import threading
from concurrent import futures

import grpc

from shared import Schema

schema = Schema("greeter.pb")
Name, Greeting = schema.message("guide.Name"), schema.message("guide.Greeting")
waiting = set()


def hello(text):
    return Greeting(text="hello " + text)


def greet(name, context):
    if name.text == "nobody":
        context.abort(grpc.StatusCode.NOT_FOUND, "nobody is called so")
    if name.text == "metadata":
        given = dict(context.invocation_metadata())
        return hello(f"{given.get('x-who')}, {0 < context.time_remaining() <= 60}")
    if name.text == "waiting":
        return hello(str(len(waiting)))
    if name.text == "never":
        over = threading.Event()
        waiting.add(over)
        context.add_callback(over.set)
        over.wait()
        waiting.discard(over)
    return hello(name.text)


def greet_often(name, context):
    for i in range(int(name.text)):
        yield hello(str(i))


def greet_together(names, context):
    return hello(" and ".join(each.text for each in names))


def talk(names, context):
    for each in names:
        yield hello(each.text)


def handler(kind, body):
    return kind(body, request_deserializer=Name.FromString, response_serializer=Greeting.SerializeToString)


server = grpc.server(futures.ThreadPoolExecutor(8))
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("guide.Greeter", {
    "Greet": handler(grpc.unary_unary_rpc_method_handler, greet),
    "GreetOften": handler(grpc.unary_stream_rpc_method_handler, greet_often),
    "GreetTogether": handler(grpc.stream_unary_rpc_method_handler, greet_together),
    "Talk": handler(grpc.stream_stream_rpc_method_handler, talk),
}),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(f"READY 127.0.0.1:{port}", flush=True)
server.wait_for_termination()
