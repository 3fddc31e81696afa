"""Calls guide.Greeter at HOST:PORT with Python's gRPC, in all four ways: talker.py HOST:PORT. Prints a line of JSON for each thing that it has tried."""
import queue
import sys

import grpc

from shared import Schema, show

schema = Schema("greeter.pb")
Name, Greeting = schema.message("guide.Name"), schema.message("guide.Greeting")
channel = grpc.insecure_channel(sys.argv[1])


def method(kind, name):
    return kind(f"/guide.Greeter/{name}", Name.SerializeToString, Greeting.FromString)


def names(*texts):
    return (Name(text=text) for text in texts)


def talk():
    """One answer is read before the next message is written."""
    said = queue.Queue()
    said.put(Name(text="Ada"))
    answers = method(channel.stream_stream, "Talk")(iter(said.get, None), timeout=60)
    heard = []
    for answer in answers:
        heard.append(answer.text)
        said.put(Name(text="Bob") if len(heard) == 1 else None)
    return heard


show(["one", method(channel.unary_unary, "Greet")(Name(text="Ada"), timeout=60).text])
show(["stream of the server", [each.text for each in method(channel.unary_stream, "GreetOften")(Name(text="3"), timeout=60)]])
show(["stream of the client", method(channel.stream_unary, "GreetTogether")(names("Ada", "Bob", "Cleo"), timeout=60).text])
show(["streams both ways", talk()])
