#include "streams.h"

#include <string.h>

#include <kj/debug.h>

class StreamsServer::SourceServer final: public Source::Server {
public:
  SourceServer(unsigned chunks, unsigned chunkBytes, kj::Own<Counts> counts)
      : chunks(chunks), chunkBytes(chunkBytes), counts(kj::mv(counts)) {
    ++this->counts->live;
  }
  ~SourceServer() noexcept(false) { --counts->live; }

protected:
  kj::Promise<void> pumpTo(PumpToContext context) override {
    auto to = context.getParams().getTo();
    context.releaseParams();
    context.allowCancellation();
    return writeFrom(kj::mv(to), 0).attach(thisCap());
  }

private:
  const unsigned chunks;
  const unsigned chunkBytes;
  kj::Own<Counts> counts;

  kj::Promise<void> writeFrom(Sink::Client to, unsigned next) {
    if (next == chunks) {
      return to.endRequest().send().ignoreResult();
    }
    auto request = to.writeRequest(capnp::MessageSize{chunkBytes / sizeof(capnp::word) + 8, 0});
    auto chunk = request.initChunk(chunkBytes);
    memset(chunk.begin(), static_cast<int>(next & 0xff), chunk.size());
    counts->sent += chunkBytes;
    return request.send().then([this, to, next]() mutable { return writeFrom(kj::mv(to), next + 1); });
  }
};

class StreamsServer::SinkServer final: public Sink::Server {
public:
  SinkServer(kj::Promise<void> open, kj::Own<Counts> counts): open(open.fork()), counts(kj::mv(counts)) { ++this->counts->live; }
  ~SinkServer() noexcept(false) { --counts->live; }

protected:
  kj::Promise<void> write(WriteContext context) override {
    return open.addBranch().then([this, context]() mutable { counts->received += context.getParams().getChunk().size(); });
  }
  kj::Promise<void> end(EndContext context) override {
    ++counts->ended;
    return kj::READY_NOW;
  }

private:
  kj::ForkedPromise<void> open;
  kj::Own<Counts> counts;
};

kj::Promise<void> StreamsServer::source(SourceContext context) {
  auto params = context.getParams();
  context.getResults().setContent(kj::heap<SourceServer>(params.getChunks(), params.getChunkBytes(), kj::addRef(*counts)));
  return kj::READY_NOW;
}

kj::Promise<void> StreamsServer::sink(SinkContext context) {
  kj::Promise<void> open = kj::READY_NOW;
  if (context.getParams().getPause()) {
    auto gate = kj::newPromiseAndFulfiller<void>();
    counts->paused.add(kj::mv(gate.fulfiller));
    open = kj::mv(gate.promise);
  }
  context.getResults().setContent(kj::heap<SinkServer>(kj::mv(open), kj::addRef(*counts)));
  return kj::READY_NOW;
}

kj::Promise<void> StreamsServer::resume(ResumeContext context) {
  for (auto& gate: counts->paused) gate->fulfill();
  counts->paused.clear();
  return kj::READY_NOW;
}

kj::Promise<void> StreamsServer::streamed(StreamedContext context) {
  auto results = context.getResults();
  results.setSent(counts->sent);
  results.setReceived(counts->received);
  results.setEnded(counts->ended);
  results.setLive(counts->live);
  return kj::READY_NOW;
}
