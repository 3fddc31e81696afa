"""Runs cases of the official interoperability tests against 127.0.0.1:PORT with Python's gRPC: client.py PORT CASE...
Prints a line of JSON for each, and ends with its standard input."""
import queue
import sys

import grpc

from shared import INITIAL, TRAILING, message, method, show

ANSWERS = [31415, 9, 2653, 58979]
REQUESTS = [27182, 8, 1828, 45904]
# Another answer that is far away: a server that had nothing left to say could end the call before it was cancelled.
LATE = [{"size": 1, "interval_us": 60_000_000}]
SPECIAL = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n"

Empty = message("Empty")
Simple = message("SimpleRequest")
Input = message("StreamingInputCallRequest")
Output = message("StreamingOutputCallRequest")
channel = grpc.insecure_channel("127.0.0.1:" + sys.argv[1])


def call(kind, name, service="TestService"):
    path, request, answer = method(name, service)
    return getattr(channel, kind)(path, request.SerializeToString, answer.FromString)


empty_call = call("unary_unary", "EmptyCall")
unary_call = call("unary_unary", "UnaryCall")
input_call = call("stream_unary", "StreamingInputCall")
output_call = call("unary_stream", "StreamingOutputCall")
duplex_call = call("stream_stream", "FullDuplexCall")


def code(of):
    return of.code().value[0]


def single(future, show_answer):
    """The status of a call with one answer, and what is to be shown of that."""
    return {"code": code(future), **(show_answer(future.result()) if future.code() is grpc.StatusCode.OK else {})}


def size(answer):
    return len(answer.payload.body)


def large(**more):
    return Simple(response_size=314159, payload={"body": bytes(271828)}, **more)


def unary(request, **options):
    future = unary_call.future(request, **options)
    future.exception()  # waits
    return future, single(future, lambda answer: {"size": size(answer)})


def inputs(*sizes, expected=None, **options):
    messages = [Input(payload={"body": bytes(each)}, expect_compressed=expected) for each in sizes]
    try:
        # Not as a future, whose messages this version never compresses.
        answer, _ = input_call.with_call(iter(messages), **options)
        return {"code": 0, "sum": answer.aggregated_payload_size}
    except grpc.RpcError as failure:
        return {"code": code(failure)}


def duplex(rounds, cancels=False, interval_us=0, **options):
    requests = queue.Queue()
    stream = duplex_call(iter(requests.get, None), **options)
    sizes = []

    def following():
        if len(sizes) < rounds:
            i = len(sizes)
            asked = [{"size": ANSWERS[i], "interval_us": interval_us}] + LATE * cancels
            requests.put(Output(response_parameters=asked, payload={"body": bytes(REQUESTS[i])}))
        else:
            if cancels:
                stream.cancel()
            requests.put(None)

    following()
    try:
        for answer in stream:
            sizes.append(size(answer))
            following()
    except grpc.RpcError:
        requests.put(None)
    return stream, {"code": code(stream), "sizes": sizes}


def custom(run):
    metadata = ((INITIAL, "test_initial_metadata_value"), (TRAILING, b"\xab\xab\xab"))
    ended, shown = run(metadata)
    initial = dict(ended.initial_metadata()).get(INITIAL)
    return {**shown, "initial": initial, "trailing": dict(ended.trailing_metadata()).get(TRAILING, b"").hex()}


def failing(text):
    return {"response_status": {"code": 2, "message": text}}


def told(ended):
    return {"code": code(ended), "message": ended.details()}


def server_streaming():
    stream = output_call(Output(response_parameters=[{"size": each} for each in ANSWERS]))
    sizes = [size(answer) for answer in stream]
    return {"code": code(stream), "sizes": sizes}


def empty_unary():
    future = empty_call.future(Empty())
    future.exception()
    return single(future, lambda answer: {"bytes": answer.ByteSize()})


def failing_duplex():
    stream = duplex_call(iter([Output(**failing("test status message"))]))
    try:
        for _ in stream:
            pass
    except grpc.RpcError:
        pass  # told below
    return told(stream)


def unimplemented(service):
    future = call("unary_unary", "UnimplementedCall", service).future(Empty())
    future.exception()
    return {"code": code(future)}


def cancel_after_begin():
    requests = queue.Queue()
    future = input_call.future(iter(requests.get, None))
    future.cancel()
    requests.put(None)
    return {"code": code(future)}


def gzip_unary():
    probe, _ = unary(large(expect_compressed={"value": True}))
    request = large(expect_compressed={"value": True}, response_compressed={"value": True})
    return {"probe": code(probe), **unary(request, compression=grpc.Compression.Gzip)[1]}


def gzip_streaming():
    expected = {"value": True}
    probe = inputs(27182, expected=expected)
    return {"probe": probe["code"], **inputs(27182, 45904, expected=expected, compression=grpc.Compression.Gzip)}


CASES = {
    "empty_unary": empty_unary,
    "large_unary": lambda: unary(large())[1],
    "client_streaming": lambda: inputs(*REQUESTS),
    "server_streaming": server_streaming,
    "ping_pong": lambda: duplex(4)[1],
    "empty_stream": lambda: duplex(0)[1],
    "custom_metadata": lambda: custom(lambda metadata: unary(large(), metadata=metadata)),
    "custom_metadata_duplex": lambda: custom(lambda metadata: duplex(1, metadata=metadata)),
    "status_code_and_message": lambda: told(unary(Simple(**failing("test status message")))[0]),
    "status_code_and_message_duplex": failing_duplex,
    "special_status_message": lambda: told(unary(Simple(**failing(SPECIAL)))[0]),
    "unimplemented_method": lambda: unimplemented("TestService"),
    "unimplemented_service": lambda: unimplemented("UnimplementedService"),
    "cancel_after_begin": cancel_after_begin,
    "cancel_after_first_response": lambda: duplex(1, cancels=True)[1],
    "timeout_on_sleeping_server": lambda: duplex(1, interval_us=60_000_000, timeout=0.1)[1],
    "gzip_unary": gzip_unary,
    "gzip_streaming": gzip_streaming,
}

for name in sys.argv[2:]:
    show({"case": name, **CASES[name]()})
sys.stdin.read()
