// peer client PORT CASE...: runs the cases against 127.0.0.1:PORT, and prints a line of JSON for each.
// peer server: serves on a port of 127.0.0.1. Prints "READY port", and a line of JSON for each call that is cancelled.
// Both end with their standard input.
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <iostream>
#include <thread>

#include "client.h"
#include "grpc/testing/test.grpc.pb.h"
#include "json.h"

namespace {
using namespace grpc::testing;
using grpc::ServerContext;
using grpc::Status;

constexpr char kInitial[] = "x-grpc-test-echo-initial";
constexpr char kTrailing[] = "x-grpc-test-echo-trailing-bin";

std::string text(grpc::string_ref from) { return std::string(from.data(), from.size()); }

void echo(ServerContext* context) {
  for (const auto& each : context->client_metadata()) {
    if (each.first == kInitial) {
      context->AddInitialMetadata(kInitial, text(each.second));
    } else if (each.first == kTrailing) {
      context->AddTrailingMetadata(kTrailing, text(each.second));
    }
  }
}

Status of(const EchoStatus& status) { return Status(static_cast<grpc::StatusCode>(status.code()), status.message()); }

// Waits until an answer is due; false if nobody waits for it any more.
bool due(ServerContext* context, int interval_us) {
  auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(interval_us);
  while (!context->IsCancelled() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return !context->IsCancelled();
}

class Service final : public TestService::Service {
  Status EmptyCall(ServerContext* context, const Empty*, Empty*) override {
    echo(context);
    return Status::OK;
  }

  Status UnaryCall(ServerContext* context, const SimpleRequest* request, SimpleResponse* answer) override {
    echo(context);
    if (request->response_compressed().value()) {
      context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    }
    answer->mutable_payload()->set_body(std::string(request->response_size(), '\0'));
    return of(request->response_status());
  }

  template <typename Writer>
  static void send(ServerContext* context, const StreamingOutputCallRequest& request, Writer* to) {
    for (const ResponseParameters& each : request.response_parameters()) {
      if (!due(context, each.interval_us())) {
        return;
      }
      StreamingOutputCallResponse answer;
      answer.mutable_payload()->set_body(std::string(each.size(), '\0'));
      to->Write(answer);
    }
  }

  Status StreamingOutputCall(ServerContext* context, const StreamingOutputCallRequest* request,
                             grpc::ServerWriter<StreamingOutputCallResponse>* to) override {
    echo(context);
    send(context, *request, to);
    return ended(context, "StreamingOutputCall");
  }

  Status StreamingInputCall(ServerContext* context, grpc::ServerReader<StreamingInputCallRequest>* from,
                            StreamingInputCallResponse* answer) override {
    echo(context);
    StreamingInputCallRequest request;
    int sum = 0;
    while (from->Read(&request)) {
      sum += request.payload().body().size();
    }
    answer->set_aggregated_payload_size(sum);
    return ended(context, "StreamingInputCall");
  }

  Status FullDuplexCall(ServerContext* context,
                        grpc::ServerReaderWriter<StreamingOutputCallResponse, StreamingOutputCallRequest>* stream) override {
    echo(context);
    StreamingOutputCallRequest request;
    while (stream->Read(&request)) {
      if (request.response_status().code() != 0) {
        return of(request.response_status());
      }
      send(context, request, stream);
    }
    return ended(context, "FullDuplexCall");
  }

  static Status ended(ServerContext* context, const char* method) {
    if (!context->IsCancelled()) {
      return Status::OK;
    }
    Line().text("cancelled", method).print();
    return Status::CANCELLED;
  }
};

void await_end_of_input() {
  while (std::cin.get() != EOF) {
  }
}

void serve() {
  Service service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  auto server = builder.BuildAndStart();
  std::cout << "READY " << port << std::endl;
  await_end_of_input();
  server->Shutdown(std::chrono::system_clock::now());
}
}  // namespace

int main(int count, char** arguments) {
  std::vector<std::string> all(arguments + 1, arguments + count);
  if (all.size() == 1 && all[0] == "server") {
    serve();
    return 0;
  }
  if (all.size() > 2 && all[0] == "client") {
    run(all[1], {all.begin() + 2, all.end()});
    await_end_of_input();
    return 0;
  }
  std::cerr << "usage: peer client PORT CASE... | peer server" << std::endl;
  return 2;
}
