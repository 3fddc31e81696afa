// Serves the official test service with @grpc/grpc-js on a port of 127.0.0.1 until standard input ends.
// Prints "READY port", and a line of JSON for each call that is cancelled.
import grpc from "@grpc/grpc-js";
import { bytes, initial, print, ready, testing, trailing } from "./shared.mjs";

const { TestService } = testing(grpc);

// The library says of every call that it is cancelled when its stream is closed: those that were answered before are not.
const answered = new WeakSet();

// Echoes metadata, watches for cancellation, and gives the trailers back.
function begin(call, name) {
  const headers = new grpc.Metadata();
  const trailers = new grpc.Metadata();
  call.metadata.get(initial).forEach(value => headers.add(initial, value));
  call.metadata.get(trailing).forEach(value => trailers.add(trailing, value));
  call.sendMetadata(headers);
  call.on("cancelled", () => answered.has(call) || print({ cancelled: name }));
  return trailers;
}

const failed = status => status && status.code !== 0;
const failure = (status, metadata) => ({ code: status.code, details: status.message, metadata });
const waiting = us => new Promise(resolve => setTimeout(resolve, us / 1000));

async function send(call, request) {
  for (const { size, intervalUs } of request.responseParameters ?? []) {
    if (intervalUs) {
      await waiting(intervalUs);
    }
    if (call.cancelled) {
      return;
    }
    call.write({ payload: { body: bytes(size) } });
  }
}

function end(call, trailers) {
  if (!call.cancelled) {
    answered.add(call);
    call.end(trailers);
  }
}

const server = new grpc.Server();
server.addService(TestService.service, {
  emptyCall(call, done) {
    const trailers = begin(call, "EmptyCall");
    answered.add(call);
    done(null, {}, trailers);
  },

  unaryCall(call, done) {
    const trailers = begin(call, "UnaryCall");
    const { responseStatus, responseSize } = call.request;
    answered.add(call);
    if (failed(responseStatus)) {
      done(failure(responseStatus, trailers));
    } else {
      done(null, { payload: { body: bytes(responseSize ?? 0) } }, trailers);
    }
  },

  async streamingOutputCall(call) {
    const trailers = begin(call, "StreamingOutputCall");
    await send(call, call.request);
    end(call, trailers);
  },

  streamingInputCall(call, done) {
    const trailers = begin(call, "StreamingInputCall");
    let aggregatedPayloadSize = 0;
    call.on("data", request => (aggregatedPayloadSize += request.payload.body.length));
    call.on("end", () => {
      if (!call.cancelled) {
        answered.add(call);
        done(null, { aggregatedPayloadSize }, trailers);
      }
    });
  },

  async fullDuplexCall(call) {
    const trailers = begin(call, "FullDuplexCall");
    // Else the end of the requests would end the answers, too.
    for await (const request of call.iterator({ destroyOnReturn: false })) {
      if (failed(request.responseStatus)) {
        answered.add(call);
        call.emit("error", failure(request.responseStatus, trailers));
        return;
      }
      await send(call, request);
    }
    end(call, trailers);
  },
});

server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (failed, port) => {
  if (failed) {
    throw failed;
  }
  ready(port);
});
