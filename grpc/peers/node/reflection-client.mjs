// Asks the server at 127.0.0.1:PORT by grpc.reflection what it has, with grpc-js-reflection-client: reflection-client.mjs PORT CASE...
// It has no schema but what the server tells. Prints a line of JSON for each case, and ends with its standard input.
import grpc from "@grpc/grpc-js";
import reflection from "grpc-js-reflection-client";
import { endWithInput, run } from "./shared.mjs";

const service = "grpc.testing.TestService";
const [port, ...cases] = process.argv.slice(2);
const credentials = grpc.credentials.createInsecure();
const by = version => new reflection.GrpcReflection(`127.0.0.1:${port}`, credentials, {}, version);

const services = async version => ({ services: (await by(version).listServices()).sort() });
const methods = async version => ({
  methods: (await by(version).listMethods(service)).map(({ name, definition: { requestStream, responseStream } }) =>
    `${requestStream ? "stream" : "one"} ${name} ${responseStream ? "stream" : "one"}`).sort(),
});

async function call(version) {
  const descriptor = await by(version).getDescriptorBySymbol(service);
  const { TestService } = descriptor.getPackageObject({ keepCase: false }).grpc.testing;
  const client = new TestService(`127.0.0.1:${port}`, credentials);
  const answer = await new Promise((resolve, reject) =>
    client.unaryCall({ payload: { body: Buffer.from("told") } }, (failure, message) => (failure ? reject(failure) : resolve(message))));
  return { body: answer.payload.body.toString() };
}

const unknown = async version => by(version).getDescriptorBySymbol("no.such.Service").then(
  () => ({ failed: false }),
  failure => ({ failed: true, message: failure.message }));

await run(cases, Object.fromEntries(["v1", "v1alpha"].flatMap(version =>
  Object.entries({ services, methods, call, unknown }).map(([name, ask]) => [`${name} ${version}`, () => ask(version)]))));
endWithInput();
