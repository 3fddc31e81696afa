// Runs cases of the official interoperability tests against 127.0.0.1:PORT with @grpc/grpc-js: grpc-js-client.mjs PORT CASE...
// Prints a line of JSON for each, and ends with its standard input.
import grpc from "@grpc/grpc-js";
import { answers, bytes, endWithInput, initial, large, late, requests, run, special, testing, trailing } from "./shared.mjs";

const { TestService, UnimplementedService } = testing(grpc);
const [port, ...cases] = process.argv.slice(2);
const client = new TestService(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
const compressing = new TestService(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
  "grpc.default_compression_algorithm": grpc.compressionAlgorithms.gzip,
});

// How a call has ended: its status, its headers, and what came before.
const ended = (call, got) => new Promise(resolve => {
  let headers = new grpc.Metadata();
  call.on("metadata", metadata => (headers = metadata));
  call.on("status", status => resolve({ got, headers, code: status.code, details: status.details, trailers: status.metadata }));
  call.on("error", () => {}); // The status says it.
});

async function single(start, of) {
  const got = [];
  const call = start((failure, answer) => answer && got.push(of(answer)));
  return ended(call, got);
}

const unary = (request, metadata = new grpc.Metadata(), on = client) =>
  single(done => on.unaryCall(request, metadata, done), answer => answer.payload.body.length);

const input = (messages, on = client) =>
  single(done => {
    const call = on.streamingInputCall(done);
    messages.forEach(each => call.write(each));
    call.end();
    return call;
  }, answer => answer.aggregatedPayloadSize);

const round = (i, intervalUs, more) =>
  ({ responseParameters: [{ size: answers[i], intervalUs }, ...more], payload: { body: bytes(requests[i]) } });

// Each request follows the answer to the one before.
function duplex(rounds, { metadata = new grpc.Metadata(), deadline = Infinity, cancels = false, intervalUs = 0 } = {}) {
  const call = client.fullDuplexCall(metadata, { deadline });
  const sizes = [];
  const next = () => {
    if (sizes.length < rounds) {
      call.write(round(sizes.length, intervalUs, cancels ? [late] : []));
    } else if (cancels) {
      call.cancel();
    } else {
      call.end();
    }
  };
  call.on("data", answer => {
    sizes.push(answer.payload.body.length);
    next();
  });
  next();
  return ended(call, sizes);
}

async function custom(call) {
  const metadata = new grpc.Metadata();
  metadata.set(initial, "test_initial_metadata_value");
  metadata.set(trailing, Buffer.from("ababab", "hex"));
  const end = await call(metadata);
  return { end, echoed: { initial: end.headers.get(initial)[0], trailing: end.trailers.get(trailing)[0]?.toString("hex") } };
}

const failing = message => ({ responseStatus: { code: 2, message } });
const told = ({ code, details }) => ({ code, message: details });
const one = name => ({ code, got }) => ({ code, [name]: got[0] });
const sizes = ({ code, got }) => ({ code, sizes: got });
const code = ({ code }) => ({ code });

await run(cases, {
  empty_unary: async () => one("bytes")(await single(done => client.emptyCall({}, done), answer => Object.keys(answer).length)),
  large_unary: async () => one("size")(await unary(large())),
  client_streaming: async () => one("sum")(await input(requests.map(size => ({ payload: { body: bytes(size) } })))),
  server_streaming: async () => {
    const call = client.streamingOutputCall({ responseParameters: answers.map(size => ({ size })) });
    const got = [];
    call.on("data", answer => got.push(answer.payload.body.length));
    return sizes(await ended(call, got));
  },
  ping_pong: async () => sizes(await duplex(4)),
  empty_stream: async () => {
    const call = client.fullDuplexCall();
    const got = [];
    call.on("data", answer => got.push(answer.payload.body.length));
    call.end();
    return sizes(await ended(call, got));
  },
  custom_metadata: async () => {
    const { end, echoed } = await custom(metadata => unary(large(), metadata));
    return { ...one("size")(end), ...echoed };
  },
  custom_metadata_duplex: async () => {
    const { end, echoed } = await custom(metadata => duplex(1, { metadata }));
    return { ...sizes(end), ...echoed };
  },
  status_code_and_message: async () => told(await unary(failing("test status message"))),
  status_code_and_message_duplex: async () => {
    const call = client.fullDuplexCall();
    call.on("data", () => {});
    call.write(failing("test status message"));
    call.end();
    return told(await ended(call, []));
  },
  special_status_message: async () => told(await unary(failing(special))),
  unimplemented_method: async () => code(await single(done => client.unimplementedCall({}, done))),
  unimplemented_service: async () => {
    const other = new UnimplementedService(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    return code(await single(done => other.unimplementedCall({}, done)));
  },
  cancel_after_begin: async () => code(await single(done => {
    const call = client.streamingInputCall(done);
    process.nextTick(() => call.cancel());
    return call;
  })),
  cancel_after_first_response: async () => sizes(await duplex(1, { cancels: true })),
  timeout_on_sleeping_server: async () => sizes(await duplex(1, { deadline: Date.now() + 100, intervalUs: 60_000_000 })),
  gzip_unary: async () => {
    const request = { ...large(), expectCompressed: { value: true } };
    const probe = await unary(request);
    const end = await unary({ ...request, responseCompressed: { value: true } }, undefined, compressing);
    return { probe: probe.code, ...one("size")(end) };
  },
  gzip_streaming: async () => {
    const messages = [27182, 45904].map(size => ({ payload: { body: bytes(size) }, expectCompressed: { value: true } }));
    const probe = await input(messages.slice(0, 1));
    return { probe: probe.code, ...one("sum")(await input(messages, compressing)) };
  },
});
endWithInput();
