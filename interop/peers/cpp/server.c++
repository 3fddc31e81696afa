// Serves a StreamingPeer (calculator, probe and streams in one) to Cap'n Proto RPC clients.
//   server --port N | --unix PATH [--stdin]
// Port 0 takes a free one. Prints "READY 127.0.0.1:PORT" or "READY unix:PATH", which is what the client's --addr takes. Ends on SIGTERM;
// with --stdin also when standard input ends, so that it does not outlive a test that was killed.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <capnp/rpc-twoparty.h>
#include <kj/async-io.h>
#include <kj/async-unix.h>

#include "calculator.h"
#include "probe.h"
#include "streams.h"

namespace {

class PeerServer final: public StreamingPeer::Server, public CalculatorServer, public ProbeServer, public StreamsServer {};

struct Options {
  kj::StringPtr unixPath;
  kj::StringPtr port;
  bool watchStdin = false;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    kj::StringPtr option = argv[i];
    if (option == "--stdin") {
      options.watchStdin = true;
    } else if (option == "--port" && i + 1 < argc) {
      options.port = argv[++i];
    } else if (option == "--unix" && i + 1 < argc) {
      options.unixPath = argv[++i];
    } else {
      fprintf(stderr, "Unknown option or missing value: %s\n", option.cStr());
      exit(2);
    }
  }
  if ((options.unixPath == nullptr) == (options.port == nullptr)) {
    fprintf(stderr, "Usage: server --port N | --unix PATH [--stdin]\n");
    exit(2);
  }
  return options;
}

kj::Promise<void> untilEnd(kj::AsyncInputStream& stream, kj::ArrayPtr<kj::byte> scratch) {
  return stream.tryRead(scratch.begin(), 1, scratch.size()).then([&stream, scratch](size_t count) -> kj::Promise<void> {
    if (count == 0) return kj::READY_NOW;
    return untilEnd(stream, scratch);
  });
}

}  // namespace

int main(int argc, char** argv) {
  auto options = parse(argc, argv);
  kj::UnixEventPort::captureSignal(SIGTERM);
  auto io = kj::setupAsyncIo();

  bool onUnix = options.unixPath != nullptr;
  if (onUnix) unlink(options.unixPath.cStr());
  auto address = onUnix ? kj::str("unix:", options.unixPath) : kj::str("127.0.0.1:", options.port);
  auto listener = io.provider->getNetwork().parseAddress(address).wait(io.waitScope)->listen();

  capnp::TwoPartyServer server(kj::heap<PeerServer>());
  auto running = server.listen(*listener);
  if (!onUnix) address = kj::str("127.0.0.1:", listener->getPort());
  printf("READY %s\n", address.cStr());
  fflush(stdout);

  auto ended = io.unixEventPort.onSignal(SIGTERM).ignoreResult().exclusiveJoin(kj::mv(running));
  if (options.watchStdin) {
    auto input = io.lowLevelProvider->wrapInputFd(STDIN_FILENO);
    auto scratch = kj::heapArray<kj::byte>(256);
    auto stdinEnded = untilEnd(*input, scratch);
    ended = ended.exclusiveJoin(stdinEnded.attach(kj::mv(input), kj::mv(scratch)));
  }
  ended.wait(io.waitScope);
  if (onUnix) unlink(options.unixPath.cStr());
  return 0;
}
