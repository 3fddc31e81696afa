// Serves an Exchange: what one client puts here another takes, and from then on this process passes calls between the two.
// Prints "READY 127.0.0.1:PORT". Ends when standard input ends, so that it does not outlive a test that was killed.
#include <map>
#include <string>

#include <stdio.h>
#include <unistd.h>

#include <capnp/rpc-twoparty.h>
#include <kj/async-io.h>
#include <kj/async-unix.h>

#include "exchange.capnp.h"

namespace {

class ExchangeServer final: public Exchange::Server {
public:
  kj::Promise<void> put(PutContext context) override {
    auto params = context.getParams();
    bool added = objects.insert({params.getName().cStr(), params.getObject()}).second;
    KJ_REQUIRE(added, "there is an object of this name", params.getName());
    return kj::READY_NOW;
  }

  kj::Promise<void> take(TakeContext context) override {
    auto found = objects.find(context.getParams().getName().cStr());
    KJ_REQUIRE(found != objects.end(), "there is no object of this name", context.getParams().getName());
    context.getResults().setObject(kj::mv(found->second));
    objects.erase(found);
    return kj::READY_NOW;
  }

  kj::Promise<void> sync(SyncContext) override {
    // What came before is under way when nothing else is left to do.
    return kj::evalLast([]() {});
  }

private:
  std::map<std::string, Object::Client> objects;
};

kj::Promise<void> untilEnd(kj::AsyncInputStream& stream, kj::ArrayPtr<kj::byte> scratch) {
  return stream.tryRead(scratch.begin(), 1, scratch.size()).then([&stream, scratch](size_t count) -> kj::Promise<void> {
    if (count == 0) return kj::READY_NOW;
    return untilEnd(stream, scratch);
  });
}

}  // namespace

int main() {
  auto io = kj::setupAsyncIo();
  auto listener = io.provider->getNetwork().parseAddress("127.0.0.1:0").wait(io.waitScope)->listen();
  capnp::TwoPartyServer server(kj::heap<ExchangeServer>());
  auto running = server.listen(*listener);
  printf("READY 127.0.0.1:%u\n", listener->getPort());
  fflush(stdout);
  auto input = io.lowLevelProvider->wrapInputFd(STDIN_FILENO);
  auto scratch = kj::heapArray<kj::byte>(256);
  untilEnd(*input, scratch).exclusiveJoin(kj::mv(running)).wait(io.waitScope);
  return 0;
}
