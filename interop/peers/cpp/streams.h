// The streams of streams.capnp, served from C++.
#pragma once
#include <kj/refcount.h>
#include <kj/vector.h>

#include "streams.capnp.h"

class StreamsServer: public virtual Streams::Server {
protected:
  kj::Promise<void> source(SourceContext context) override;
  kj::Promise<void> sink(SinkContext context) override;
  kj::Promise<void> resume(ResumeContext context) override;
  kj::Promise<void> streamed(StreamedContext context) override;

private:
  // Shared with the sources and sinks, which may outlive the server.
  struct Counts: public kj::Refcounted {
    uint64_t sent = 0;
    uint64_t received = 0;
    unsigned ended = 0;
    unsigned live = 0;
    kj::Vector<kj::Own<kj::PromiseFulfiller<void>>> paused;
  };
  kj::Own<Counts> counts = kj::refcounted<Counts>();

  class SourceServer;
  class SinkServer;
};
