#include "client.h"

#include <chrono>
#include <map>

#include "case.h"

namespace {
void empty_unary(Case& c) {
  Empty answer;
  c.ended(c.stub->EmptyCall(&c.context, Empty(), &answer));
  c.line.number("bytes", answer.ByteSizeLong());
}

void large_unary(Case& c) {
  SimpleResponse answer;
  c.ended(c.stub->UnaryCall(&c.context, large(), &answer));
  c.line.number("size", answer.payload().body().size());
}

void client_streaming(Case& c) {
  StreamingInputCallResponse answer;
  auto writer = c.stub->StreamingInputCall(&c.context, &answer);
  for (int size : kRequests) {
    StreamingInputCallRequest request;
    fill(request.mutable_payload(), size);
    writer->Write(request);
  }
  writer->WritesDone();
  c.ended(writer->Finish());
  c.line.number("sum", answer.aggregated_payload_size());
}

void server_streaming(Case& c) {
  StreamingOutputCallRequest request;
  for (int size : kAnswers) {
    request.add_response_parameters()->set_size(size);
  }
  auto reader = c.stub->StreamingOutputCall(&c.context, request);
  std::vector<size_t> sizes;
  StreamingOutputCallResponse answer;
  while (reader->Read(&answer)) {
    sizes.push_back(answer.payload().body().size());
  }
  c.ended(reader->Finish());
  c.line.sizes(sizes);
}

void duplex(Case& c, size_t rounds, bool cancels = false, int interval_us = 0) {
  auto stream = c.stub->FullDuplexCall(&c.context);
  std::vector<size_t> sizes;
  StreamingOutputCallResponse answer;
  for (size_t i = 0; i < rounds; i++) {
    StreamingOutputCallRequest request = asking(kAnswers[i], kRequests[i]);
    request.mutable_response_parameters(0)->set_interval_us(interval_us);
    if (cancels) {
      // A server that had nothing left to say could end the call before it was cancelled.
      ResponseParameters* late = request.add_response_parameters();
      late->set_size(1);
      late->set_interval_us(60'000'000);
    }
    if (!stream->Write(request) || !stream->Read(&answer)) {
      break;
    }
    sizes.push_back(answer.payload().body().size());
  }
  if (cancels) {
    c.context.TryCancel();
  } else {
    stream->WritesDone();
  }
  while (stream->Read(&answer)) {
    sizes.push_back(answer.payload().body().size());
  }
  c.ended(stream->Finish());
  c.line.sizes(sizes);
}

void custom_metadata(Case& c, void (*call)(Case&)) {
  c.context.AddMetadata(kInitial, "test_initial_metadata_value");
  c.context.AddMetadata(kTrailing, "\xab\xab\xab");
  call(c);
  c.line.text("initial", first(c.context.GetServerInitialMetadata(), kInitial));
  c.line.text("trailing", hex(first(c.context.GetServerTrailingMetadata(), kTrailing)));
}

void failing(Case& c, const std::string& message, bool streaming) {
  Status status;
  if (streaming) {
    StreamingOutputCallRequest request;
    request.mutable_response_status()->set_code(2);
    request.mutable_response_status()->set_message(message);
    auto stream = c.stub->FullDuplexCall(&c.context);
    stream->Write(request);
    stream->WritesDone();
    status = stream->Finish();
  } else {
    SimpleRequest request;
    request.mutable_response_status()->set_code(2);
    request.mutable_response_status()->set_message(message);
    SimpleResponse answer;
    status = c.stub->UnaryCall(&c.context, request, &answer);
  }
  c.ended(status);
  c.line.text("message", status.error_message());
}

// A message that says it is compressed, and is not, must be refused; what is compressed and says so is not.
void gzip_unary(Case& c) {
  SimpleRequest request = large();
  request.mutable_expect_compressed()->set_value(true);
  SimpleResponse answer;
  ClientContext plain;
  c.line.number("probe", c.stub->UnaryCall(&plain, request, &answer).error_code());
  request.mutable_response_compressed()->set_value(true);
  c.context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  c.ended(c.stub->UnaryCall(&c.context, request, &answer));
  c.line.number("size", answer.payload().body().size());
}

void gzip_streaming(Case& c) {
  StreamingInputCallRequest compressed;
  fill(compressed.mutable_payload(), 27182);
  compressed.mutable_expect_compressed()->set_value(true);
  StreamingInputCallResponse answer;
  ClientContext plain;
  auto probe = c.stub->StreamingInputCall(&plain, &answer);
  probe->Write(compressed);
  probe->WritesDone();
  c.line.number("probe", probe->Finish().error_code());
  c.context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  auto writer = c.stub->StreamingInputCall(&c.context, &answer);
  writer->Write(compressed);
  StreamingInputCallRequest uncompressed;
  fill(uncompressed.mutable_payload(), 45904);
  uncompressed.mutable_expect_compressed()->set_value(false);
  writer->Write(uncompressed, grpc::WriteOptions().set_no_compression());
  writer->WritesDone();
  c.ended(writer->Finish());
  c.line.number("sum", answer.aggregated_payload_size());
}

const std::map<std::string, void (*)(Case&)> kCases = {
    {"empty_unary", empty_unary},
    {"large_unary", large_unary},
    {"client_streaming", client_streaming},
    {"server_streaming", server_streaming},
    {"ping_pong", [](Case& c) { duplex(c, 4); }},
    {"empty_stream", [](Case& c) { duplex(c, 0); }},
    {"custom_metadata", [](Case& c) { custom_metadata(c, large_unary); }},
    {"custom_metadata_duplex", [](Case& c) { custom_metadata(c, [](Case& same) { duplex(same, 1); }); }},
    {"status_code_and_message", [](Case& c) { failing(c, "test status message", false); }},
    {"status_code_and_message_duplex", [](Case& c) { failing(c, "test status message", true); }},
    {"special_status_message", [](Case& c) { failing(c, kSpecial, false); }},
    {"unimplemented_method",
     [](Case& c) {
       Empty answer;
       c.ended(c.stub->UnimplementedCall(&c.context, Empty(), &answer));
     }},
    {"unimplemented_service",
     [](Case& c) {
       Empty answer;
       c.ended(UnimplementedService::NewStub(c.channel)->UnimplementedCall(&c.context, Empty(), &answer));
     }},
    {"cancel_after_begin",
     [](Case& c) {
       StreamingInputCallResponse answer;
       auto writer = c.stub->StreamingInputCall(&c.context, &answer);
       c.context.TryCancel();
       c.ended(writer->Finish());
     }},
    {"cancel_after_first_response", [](Case& c) { duplex(c, 1, true); }},
    {"timeout_on_sleeping_server",
     [](Case& c) {
       c.context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(100));
       duplex(c, 1, false, 60'000'000);
     }},
    {"gzip_unary", gzip_unary},
    {"gzip_streaming", gzip_streaming},
};
}  // namespace

void run(const std::string& port, const std::vector<std::string>& cases) {
  auto channel = grpc::CreateChannel("127.0.0.1:" + port, grpc::InsecureChannelCredentials());
  for (const std::string& name : cases) {
    Case c{channel, TestService::NewStub(channel), {}, {}};
    c.line.text("case", name);
    kCases.at(name)(c);
    c.line.print();
  }
}
