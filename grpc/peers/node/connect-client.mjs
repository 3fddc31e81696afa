// Runs cases of the official interoperability tests against 127.0.0.1:PORT with @connectrpc/connect-node:
// connect-client.mjs WIRE PORT CASE..., where WIRE is grpc, web-1.1 or web-2. Prints a line of JSON for each, and ends with its standard input.
import { toBinary } from "@bufbuild/protobuf";
import { ConnectError, createClient, decodeBinaryHeader, encodeBinaryHeader } from "@connectrpc/connect";
import { compressionGzip, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { Empty, TestService, UnimplementedService } from "./connect-shared.mjs";
import { answers, bytes, endWithInput, initial, large, late, requests, run, special, trailing } from "./shared.mjs";

const [wire, port, ...cases] = process.argv.slice(2);
const [kind, httpVersion] = wire.split("-");
const transport = more => kind === "web"
  ? createGrpcWebTransport({ baseUrl: `http://127.0.0.1:${port}`, httpVersion, ...more })
  : createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}`, ...more });
const client = createClient(TestService, transport({}));
const compressing = createClient(TestService, transport({ sendCompression: compressionGzip }));

const size = answer => answer.payload.body.length;

// What a call gives, or how it fails; a failure's metadata are its trailers.
async function ended(call) {
  try {
    return { code: 0, ...(await call()) };
  } catch (failure) {
    if (!(failure instanceof ConnectError)) {
      throw failure;
    }
    return { code: failure.code, message: failure.rawMessage };
  }
}

const code = async call => ({ code: (await ended(call)).code });

async function* stream(messages) {
  yield* messages;
}

const unary = (request, options, on = client) => ended(async () => ({ size: size(await on.unaryCall(request, options)) }));
const input = (messages, on = client) =>
  ended(async () => ({ sum: (await on.streamingInputCall(stream(messages))).aggregatedPayloadSize }));

// Each request follows the answer to the one before.
async function duplex(rounds, { cancels = false, intervalUs = 0, ...options } = {}) {
  const abort = new AbortController();
  const sizes = [];
  let answered = () => {};
  async function* rising() {
    for (let i = 0; i < rounds; i++) {
      const following = new Promise(resolve => (answered = resolve));
      const responseParameters = [{ size: answers[i], intervalUs }, ...(cancels ? [late] : [])];
      yield { responseParameters, payload: { body: bytes(requests[i]) } };
      await following;
    }
    if (cancels) {
      await new Promise(() => {}); // Left open, for the other side to see that it was not ended.
    }
  }
  const end = await code(async () => {
    for await (const answer of client.fullDuplexCall(rising(), { signal: abort.signal, ...options })) {
      sizes.push(size(answer));
      answered();
      if (cancels) {
        abort.abort();
      }
    }
  });
  return { ...end, sizes };
}

async function custom(call) {
  const got = {};
  const end = await call({
    headers: { [initial]: "test_initial_metadata_value", [trailing]: encodeBinaryHeader(Buffer.from("ababab", "hex")) },
    onHeader: headers => (got.initial = headers.get(initial)),
    onTrailer: trailers => (got.trailing = Buffer.from(decodeBinaryHeader(trailers.get(trailing))).toString("hex")),
  });
  return { ...end, ...got };
}

const failing = message => ({ responseStatus: { code: 2, message } });

await run(cases, {
  empty_unary: () => ended(async () => ({ bytes: toBinary(Empty, await client.emptyCall({})).length })),
  large_unary: () => unary(large()),
  client_streaming: () => input(requests.map(size => ({ payload: { body: bytes(size) } }))),
  server_streaming: () => ended(async () => {
    const sizes = [];
    for await (const answer of client.streamingOutputCall({ responseParameters: answers.map(size => ({ size })) })) {
      sizes.push(size(answer));
    }
    return { sizes };
  }),
  ping_pong: () => duplex(4),
  empty_stream: () => duplex(0),
  custom_metadata: () => custom(options => unary(large(), options)),
  custom_metadata_duplex: () => custom(options => duplex(1, options)),
  status_code_and_message: () => unary(failing("test status message")),
  status_code_and_message_duplex: () => ended(async () => {
    for await (const answer of client.fullDuplexCall(stream([failing("test status message")]))) {
      throw new Error(`there was an answer of ${size(answer)} bytes`);
    }
  }),
  special_status_message: () => unary(failing(special)),
  unimplemented_method: () => code(() => client.unimplementedCall({})),
  unimplemented_service: () => code(() => createClient(UnimplementedService, transport({})).unimplementedCall({})),
  cancel_after_begin: () => {
    const abort = new AbortController();
    return code(() => {
      async function* never() {
        await new Promise(() => {});
      }
      const call = client.streamingInputCall(never(), { signal: abort.signal });
      process.nextTick(() => abort.abort());
      return call;
    });
  },
  cancel_after_first_response: () => duplex(1, { cancels: true }),
  timeout_on_sleeping_server: () => duplex(1, { timeoutMs: 100, intervalUs: 60_000_000 }),
  gzip_unary: async () => {
    const request = { ...large(), expectCompressed: { value: true } };
    const probe = await unary(request);
    return { probe: probe.code, ...(await unary({ ...request, responseCompressed: { value: true } }, {}, compressing)) };
  },
  gzip_streaming: async () => {
    const messages = [27182, 45904].map(size => ({ payload: { body: bytes(size) }, expectCompressed: { value: true } }));
    const probe = await input(messages.slice(0, 1));
    return { probe: probe.code, ...(await input(messages, compressing)) };
  },
});
endWithInput();
