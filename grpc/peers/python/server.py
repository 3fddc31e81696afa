"""Serves the official test service with Python's gRPC on a port of 127.0.0.1 until standard input ends.
Prints "READY port", and a line of JSON for each call that is cancelled."""
import sys
import threading
from concurrent import futures

import grpc

from shared import INITIAL, TRAILING, message, method, show

Empty = message("Empty")
Simple = message("SimpleResponse")
Summed = message("StreamingInputCallResponse")
Output = message("StreamingOutputCallResponse")
CODES = {code.value[0]: code for code in grpc.StatusCode}


class Call:
    """Echoes metadata, and tells when a call has ended before its handler."""

    def __init__(self, name, context):
        given = dict(context.invocation_metadata())
        context.send_initial_metadata(((INITIAL, given[INITIAL]),) if INITIAL in given else ())
        if TRAILING in given:
            context.set_trailing_metadata(((TRAILING, given[TRAILING]),))
        self.name = name
        self.context = context
        self.over = threading.Event()
        self.answered = False
        context.add_callback(self.ended)

    def ended(self):
        self.over.set()
        if not self.answered:
            show({"cancelled": self.name})

    def fails(self, status):
        if status.code != 0:
            self.answered = True
            self.context.abort(CODES[status.code], status.message)

    def answer(self, message):
        self.answered = True
        return message

    def send(self, request):
        for each in request.response_parameters:
            if self.over.wait(each.interval_us / 1e6):
                return
            yield Output(payload={"body": bytes(each.size)})


def empty(request, context):
    return Call("EmptyCall", context).answer(Empty())


def unary(request, context):
    if request.response_compressed.value:
        context.set_compression(grpc.Compression.Gzip)
    call = Call("UnaryCall", context)
    call.fails(request.response_status)
    return call.answer(Simple(payload={"body": bytes(request.response_size)}))


def output(request, context):
    call = Call("StreamingOutputCall", context)
    yield from call.send(request)
    call.answered = not call.over.is_set()


def summed(requests, context):
    call = Call("StreamingInputCall", context)
    return call.answer(Summed(aggregated_payload_size=sum(len(each.payload.body) for each in requests)))


def duplex(requests, context):
    call = Call("FullDuplexCall", context)
    for request in requests:
        call.fails(request.response_status)
        yield from call.send(request)
    call.answered = not call.over.is_set()


def handler(kind, name, function):
    _, request, answer = method(name)
    return getattr(grpc, kind)(function, request.FromString, answer.SerializeToString)


methods = {
    "EmptyCall": handler("unary_unary_rpc_method_handler", "EmptyCall", empty),
    "UnaryCall": handler("unary_unary_rpc_method_handler", "UnaryCall", unary),
    "StreamingOutputCall": handler("unary_stream_rpc_method_handler", "StreamingOutputCall", output),
    "StreamingInputCall": handler("stream_unary_rpc_method_handler", "StreamingInputCall", summed),
    "FullDuplexCall": handler("stream_stream_rpc_method_handler", "FullDuplexCall", duplex),
}
server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("grpc.testing.TestService", methods),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print("READY", port, flush=True)
sys.stdin.read()
server.stop(None).wait()
