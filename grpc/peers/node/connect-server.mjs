// Serves the official test service with @connectrpc/connect-node, as gRPC alone, or with the argument "web" as gRPC-Web over HTTP/1.1 alone, on a port of 127.0.0.1
// until standard input ends.
// Prints "READY port", and a line of JSON for each call that is cancelled.
import { ConnectError } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import http from "node:http";
import http2 from "node:http2";
import { setTimeout as waiting } from "node:timers/promises";
import { TestService } from "./connect-shared.mjs";
import { bytes, initial, print, ready, trailing } from "./shared.mjs";

// Echoes metadata, and tells if the call is cancelled before it has ended. Returns what the handler calls when it has.
function begin(context) {
  for (const [name, to] of [[initial, context.responseHeader], [trailing, context.responseTrailer]]) {
    if (context.requestHeader.has(name)) {
      to.set(name, context.requestHeader.get(name));
    }
  }
  let ended = false;
  context.signal.addEventListener("abort", () => ended || print({ cancelled: context.method.name }));
  return () => (ended = true);
}

function fails(status, end) {
  if (status && status.code !== 0) {
    end();
    throw new ConnectError(status.message, status.code);
  }
}

async function* send(request, { signal }) {
  for (const { size, intervalUs } of request.responseParameters) {
    if (intervalUs) {
      // What ends the call may be its deadline, which the client is to hear of, should it come here first.
      await waiting(intervalUs / 1000, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
    yield { payload: { body: bytes(size) } };
  }
}

const service = {
  emptyCall(request, context) {
    begin(context)();
    return {};
  },

  unaryCall(request, context) {
    const end = begin(context);
    fails(request.responseStatus, end);
    end();
    return { payload: { body: bytes(request.responseSize) } };
  },

  async *streamingOutputCall(request, context) {
    const end = begin(context);
    yield* send(request, context);
    end();
  },

  async streamingInputCall(requests, context) {
    const end = begin(context);
    let aggregatedPayloadSize = 0;
    for await (const request of requests) {
      aggregatedPayloadSize += request.payload.body.length;
    }
    end();
    return { aggregatedPayloadSize };
  },

  async *fullDuplexCall(requests, context) {
    const end = begin(context);
    for await (const request of requests) {
      fails(request.responseStatus, end);
      yield* send(request, context);
    }
    end();
  },
};

const routes = router => router.service(TestService, service);
const web = process.argv[2] === "web";
const server = (web ? http : http2).createServer(connectNodeAdapter({ routes, grpc: !web, grpcWeb: web, connect: false }));
server.listen(0, "127.0.0.1", () => ready(server.address().port));
