// What cases are made of: messages, metadata, and the line that each prints.
#pragma once
#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>

#include "grpc/testing/test.grpc.pb.h"
#include "json.h"

using namespace grpc::testing;
using grpc::ClientContext;
using grpc::Status;

constexpr int kAnswers[] = {31415, 9, 2653, 58979};
constexpr int kRequests[] = {27182, 8, 1828, 45904};
constexpr char kInitial[] = "x-grpc-test-echo-initial";
constexpr char kTrailing[] = "x-grpc-test-echo-trailing-bin";
constexpr char kSpecial[] = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001F608\t\n";

// One case: its stub, its context, and the line that it prints.
struct Case {
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<TestService::Stub> stub;
  ClientContext context;
  Line line;

  void ended(const Status& status) { line.number("code", status.error_code()); }
};

inline void fill(Payload* payload, int size) { payload->set_body(std::string(size, '\0')); }

inline SimpleRequest large() {
  SimpleRequest request;
  request.set_response_size(314159);
  fill(request.mutable_payload(), 271828);
  return request;
}

inline StreamingOutputCallRequest asking(int answer, int own) {
  StreamingOutputCallRequest request;
  request.add_response_parameters()->set_size(answer);
  fill(request.mutable_payload(), own);
  return request;
}

inline std::string first(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata, const char* name) {
  auto found = metadata.find(name);
  return found == metadata.end() ? "none" : std::string(found->second.data(), found->second.size());
}

inline std::string hex(const std::string& bytes) {
  std::string all;
  for (unsigned char each : bytes) {
    char two[3];
    snprintf(two, sizeof two, "%02x", each);
    all += two;
  }
  return all;
}
