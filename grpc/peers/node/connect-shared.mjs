// The service as Connect wants it: descriptors, which install.sh has put beside this file.
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { readFileSync } from "node:fs";

const set = readFileSync(new URL("service.pb", import.meta.url));
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, set));

export const TestService = registry.getService("grpc.testing.TestService");
export const UnimplementedService = registry.getService("grpc.testing.UnimplementedService");
export const Empty = registry.getMessage("grpc.testing.Empty");
