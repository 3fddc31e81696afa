#include "probe.h"

#include <unistd.h>

#include <kj/debug.h>

namespace {

class NodeServer final: public Node::Server {
public:
  explicit NodeServer(unsigned level): level(level) {}

protected:
  kj::Promise<void> next(NextContext context) override {
    context.getResults().setNode(kj::heap<NodeServer>(level + 1));
    return kj::READY_NOW;
  }
  kj::Promise<void> depth(DepthContext context) override {
    context.getResults().setDepth(level);
    return kj::READY_NOW;
  }

private:
  const unsigned level;
};

kj::Exception::Type typeOf(FailureKind kind) {
  switch (kind) {
    case FailureKind::FAILED: return kj::Exception::Type::FAILED;
    case FailureKind::OVERLOADED: return kj::Exception::Type::OVERLOADED;
    case FailureKind::DISCONNECTED: return kj::Exception::Type::DISCONNECTED;
    case FailureKind::UNIMPLEMENTED: return kj::Exception::Type::UNIMPLEMENTED;
  }
  KJ_FAIL_REQUIRE("unknown kind of failure", static_cast<unsigned>(kind));
}

// Adds the answers for next, next + 1, .. times - 1 to the sum.
kj::Promise<int64_t> callFrom(Callback::Client callback, unsigned next, unsigned times, int64_t sum) {
  if (next == times) {
    return sum;
  }
  auto request = callback.callRequest();
  request.setN(next);
  return request.send().then([callback, next, times, sum](auto&& response) mutable {
    return callFrom(kj::mv(callback), next + 1, times, sum + response.getM());
  });
}

}  // namespace

class ProbeServer::TokenServer final: public Token::Server {
public:
  TokenServer(uint64_t number, kj::Own<TokenCount> count): number(number), count(kj::mv(count)) { ++this->count->live; }
  ~TokenServer() noexcept(false) { --count->live; }

protected:
  kj::Promise<void> id(IdContext context) override {
    context.getResults().setId(number);
    return kj::READY_NOW;
  }

private:
  const uint64_t number;
  kj::Own<TokenCount> count;
};

kj::Promise<void> ProbeServer::hold(HoldContext context) {
  if (context.getParams().getCancellable()) {
    context.allowCancellation();
  }
  auto gate = kj::newPromiseAndFulfiller<void>();
  auto place = held.insert(held.end(), Held{kj::mv(gate.fulfiller)});
  // Dropping the promise is how KJ cancels.
  auto gone = kj::defer([this, place]() {
    if (!place->letGo) {
      ++cancelled;
    }
    held.erase(place);
  });
  return gate.promise.then([context]() mutable { context.getResults().setNode(kj::heap<NodeServer>(0u)); }).attach(kj::mv(gone));
}

kj::Promise<void> ProbeServer::letGo(LetGoContext context) {
  unsigned count = 0;
  for (auto& call: held) {
    if (!call.letGo) {
      call.letGo = true;
      call.fulfiller->fulfill();
      ++completed;
      ++count;
    }
  }
  context.getResults().setCount(count);
  return kj::READY_NOW;
}

kj::Promise<void> ProbeServer::holdCounts(HoldCountsContext context) {
  unsigned pending = 0;
  for (auto& call: held) {
    pending += !call.letGo;
  }
  auto results = context.getResults();
  results.setPending(pending);
  results.setCancelled(cancelled);
  results.setCompleted(completed);
  return kj::READY_NOW;
}

kj::Promise<void> ProbeServer::fail(FailContext context) {
  auto params = context.getParams();
  return kj::Exception(typeOf(params.getKind()), __FILE__, __LINE__, kj::str(params.getReason()));
}

kj::Promise<void> ProbeServer::newToken(NewTokenContext context) {
  context.getResults().setToken(kj::heap<TokenServer>(context.getParams().getId(), kj::addRef(*tokens)));
  return kj::READY_NOW;
}

kj::Promise<void> ProbeServer::liveTokens(LiveTokensContext context) {
  context.getResults().setCount(tokens->live);
  return kj::READY_NOW;
}

kj::Promise<void> ProbeServer::echo(EchoContext context) {
  context.getResults().setCallback(context.getParams().getCallback());
  return kj::READY_NOW;
}

kj::Promise<void> ProbeServer::keep(KeepContext context) {
  kept.add(context.getParams().getToken());
  return kj::READY_NOW;
}

kj::Promise<void> ProbeServer::readKept(ReadKeptContext context) {
  auto pending = kj::heapArrayBuilder<kj::Promise<uint64_t>>(kept.size());
  for (auto& token: kept) {
    pending.add(token.idRequest().send().then([](auto&& response) { return response.getId(); }));
  }
  return kj::joinPromises(pending.finish()).then([context](kj::Array<uint64_t> ids) mutable { context.getResults().setIds(ids); });
}

kj::Promise<void> ProbeServer::dropKept(DropKeptContext context) {
  context.getResults().setCount(kept.size());
  kept.clear();
  return kj::READY_NOW;
}

kj::Promise<void> ProbeServer::callBack(CallBackContext context) {
  auto params = context.getParams();
  auto sum = callFrom(params.getCallback(), 0, params.getTimes(), 0);
  context.releaseParams();
  context.allowCancellation();
  return sum.then([context](int64_t total) mutable { context.getResults().setSum(total); });
}

kj::Promise<void> ProbeServer::getNode(GetNodeContext context) {
  context.getResults().setNode(kj::heap<NodeServer>(0u));
  return kj::READY_NOW;
}

kj::Promise<void> ProbeServer::die(DieContext) { _exit(3); }
