// What the programs of both libraries share: the service, sizes of the official interoperability tests, and lines of JSON.
import { loadSync } from "@grpc/proto-loader";
import { fileURLToPath } from "node:url";

// The protos are those of the Java side; install.sh has put them beside this file.
const folder = fileURLToPath(new URL(".", import.meta.url));

export const testing = grpc =>
  grpc.loadPackageDefinition(loadSync("grpc/testing/test.proto", { includeDirs: [folder] })).grpc.testing;

export const answers = [31415, 9, 2653, 58979];
export const requests = [27182, 8, 1828, 45904];
export const initial = "x-grpc-test-echo-initial";
export const trailing = "x-grpc-test-echo-trailing-bin";
export const special = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \u{1f608}\t\n";
export const bytes = size => Buffer.alloc(size);
// Another answer that is far away: a server that had nothing left to say could end the call before it was cancelled.
export const late = { size: 1, intervalUs: 60_000_000 };
export const large = () => ({ responseSize: 314159, payload: { body: bytes(271828) } });

export const print = line => process.stdout.write(JSON.stringify(line) + "\n");

// Runs cases in the order in which they were asked for.
export async function run(names, cases) {
  for (const name of names) {
    print({ case: name, ...(await cases[name]()) });
  }
}

export const endWithInput = () => process.stdin.on("end", () => process.exit(0)).resume();

export function ready(port) {
  process.stdout.write(`READY ${port}\n`);
  endWithInput();
}
