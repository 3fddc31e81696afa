#include <vector>

#include "cases.h"
#include "probe.capnp.h"

namespace {

using Type = kj::Exception::Type;

class OwnToken final: public Token::Server {
public:
  OwnToken(uint64_t number, bool& live): number(number), live(live) { live = true; }
  ~OwnToken() noexcept(false) { live = false; }

protected:
  kj::Promise<void> id(IdContext context) override {
    context.getResults().setId(number);
    return kj::READY_NOW;
  }

private:
  const uint64_t number;
  bool& live;
};

// Answers n + 1 and remembers in which order it was called.
class Recorder final: public Callback::Server {
public:
  explicit Recorder(std::vector<int64_t>& calls): calls(calls) {}

protected:
  kj::Promise<void> call(CallContext context) override {
    auto n = context.getParams().getN();
    calls.push_back(n);
    context.getResults().setM(n + 1);
    return kj::READY_NOW;
  }

private:
  std::vector<int64_t>& calls;
};

class BusyCallback final: public Callback::Server {
protected:
  kj::Promise<void> call(CallContext) override {
    return kj::Exception(Type::OVERLOADED, __FILE__, __LINE__, kj::str("the client's callback is busy"));
  }
};

// Never answers.
class PendingCallback final: public Callback::Server {
public:
  struct Record {
    bool called = false;
    bool cancelled = false;
  };

  explicit PendingCallback(Record& record): record(record) {}

protected:
  kj::Promise<void> call(CallContext context) override {
    context.allowCancellation();
    record.called = true;
    return kj::Promise<void>(kj::NEVER_DONE).attach(kj::defer([&record = record]() { record.cancelled = true; }));
  }

private:
  Record& record;
};

struct HoldCounts {
  unsigned pending;
  unsigned cancelled;
  unsigned completed;
};

HoldCounts holdCounts(Scenario& scenario, Probe::Client& probe) {
  auto response = scenario.wait(probe.holdCountsRequest().send());
  return {response.getPending(), response.getCancelled(), response.getCompleted()};
}

unsigned liveTokens(Scenario& scenario, Probe::Client& probe) { return scenario.wait(probe.liveTokensRequest().send()).getCount(); }

unsigned letGo(Scenario& scenario, Probe::Client& probe) { return scenario.wait(probe.letGoRequest().send()).getCount(); }

Token::Client newToken(Probe::Client& probe, uint64_t id) {
  auto request = probe.newTokenRequest();
  request.setId(id);
  return request.send().getToken();
}

kj::Promise<uint64_t> idOf(Token::Client token) {
  return token.idRequest().send().then([](auto&& response) { return response.getId(); });
}

kj::Promise<void> keep(Probe::Client& probe, Token::Client token) {
  auto request = probe.keepRequest();
  request.setToken(kj::mv(token));
  return request.send().ignoreResult();
}

capnp::RemotePromise<Probe::HoldResults> hold(Probe::Client& probe, bool cancellable) {
  auto request = probe.holdRequest();
  request.setCancellable(cancellable);
  return request.send();
}

kj::Promise<unsigned> depthOf(Node::Client node, unsigned steps) {
  for (unsigned i = 0; i < steps; ++i) {
    node = node.nextRequest().send().getNode();
  }
  return node.depthRequest().send().then([](auto&& response) -> unsigned { return response.getDepth(); });
}

kj::Promise<int64_t> call(Callback::Client callback, int64_t n) {
  auto request = callback.callRequest();
  request.setN(n);
  return request.send().then([](auto&& response) { return response.getM(); });
}

kj::Promise<int64_t> callBack(Probe::Client& probe, Callback::Client callback, unsigned times) {
  auto request = probe.callBackRequest();
  request.setCallback(kj::mv(callback));
  request.setTimes(times);
  return request.send().then([](auto&& response) { return response.getSum(); });
}

capnp::RemotePromise<Probe::EchoResults> echo(Probe::Client& probe, Callback::Client callback) {
  auto request = probe.echoRequest();
  request.setCallback(kj::mv(callback));
  return request.send();
}

}  // namespace

void probeChain(Scenario& scenario) {
  auto connection = scenario.connect();
  auto probe = connection->bootstrap<Probe>();

  auto depth = depthOf(probe.getNodeRequest().send().getNode(), 20);
  scenario.checkEqual("a chain of 20 without waiting in between", 20u, scenario.wait(kj::mv(depth)));

  auto held = hold(probe, true);
  auto afterHeld = depthOf(held.getNode(), 3);
  holdCounts(scenario, probe);
  auto pending = afterHeld.ignoreResult().fork();
  auto watched = pending.addBranch();
  scenario.check("calls on the result of a pending call wait for it", !scenario.poll(watched));
  scenario.checkEqual("one call is let go", 1u, letGo(scenario, probe));
  scenario.wait(kj::mv(watched));
  scenario.check("and then they are answered", true);
  scenario.checkEqual("a chain on the node that it returned", 2u, scenario.wait(depthOf(scenario.wait(kj::mv(held)).getNode(), 2)));
}

// Calls made on one reference arrive in the order in which they were made, also when the reference turns out to be our own object: those
// made before that is known go through the peer, and those made afterwards must not overtake them.
void probeOrder(Scenario& scenario) {
  bool live;
  std::vector<int64_t> calls;
  auto connection = scenario.connect();
  auto probe = connection->bootstrap<Probe>();
  Callback::Client own = kj::heap<Recorder>(calls);

  auto promised = echo(probe, own);
  Callback::Client reference = promised.getCallback();
  kj::Vector<kj::Promise<int64_t>> answers;
  for (int64_t n = 0; n < 5; ++n) answers.add(call(reference, n));
  // Resolution is known here, and the first calls are still on their way back from the peer.
  auto response = scenario.wait(kj::mv(promised));
  for (int64_t n = 5; n < 10; ++n) answers.add(call(reference, n));

  bool right = true;
  for (size_t n = 0; n < answers.size(); ++n) right &= scenario.wait(kj::mv(answers[n])) == static_cast<int64_t>(n) + 1;
  scenario.check("every call is answered with its own result", right);
  scenario.checkEqual("all calls arrived", answers.size(), calls.size());
  bool inOrder = true;
  for (size_t n = 0; n < calls.size(); ++n) inOrder &= calls[n] == static_cast<int64_t>(n);
  scenario.check("in the order in which they were made", inOrder, kj::strArray(kj::arrayPtr(calls.data(), calls.size()), " "));

  kj::Vector<kj::Promise<void>> kept;
  for (uint64_t id = 0; id < 10; ++id) kept.add(keep(probe, kj::heap<OwnToken>(id, live)));
  auto ids = scenario.wait(probe.readKeptRequest().send());
  inOrder = ids.getIds().size() == 10;
  for (unsigned i = 0; inOrder && i < 10; ++i) inOrder = ids.getIds()[i] == i;
  scenario.check("calls to the peer's object arrive in order too", inOrder, kj::strArray(ids.getIds(), " "));
  scenario.wait(probe.dropKeptRequest().send());
}

void probeCallback(Scenario& scenario) {
  std::vector<int64_t> calls;
  auto connection = scenario.connect();
  auto probe = connection->bootstrap<Probe>();

  scenario.checkEqual("the sum of the callback's answers", int64_t(55), scenario.wait(callBack(probe, kj::heap<Recorder>(calls), 10)));
  scenario.checkEqual("the callback was called that often", size_t(10), calls.size());
  scenario.checkFails("a failure of the callback comes back", callBack(probe, kj::heap<BusyCallback>(), 3), Type::OVERLOADED);
}

void probeCancel(Scenario& scenario) {
  PendingCallback::Record record;
  auto connection = scenario.connect();
  auto probe = connection->bootstrap<Probe>();
  auto before = holdCounts(scenario, probe);
  {
    auto held = hold(probe, true);
    scenario.checkEqual("a call is pending", before.pending + 1, holdCounts(scenario, probe).pending);
  }
  scenario.checkBecomes("cancelling it reaches the peer", [&]() {
    return holdCounts(scenario, probe).cancelled == before.cancelled + 1;
  });
  scenario.checkEqual("and it is pending no more", before.pending, holdCounts(scenario, probe).pending);
  {
    auto held = hold(probe, false);
    scenario.checkEqual("a call that does not allow cancellation is pending", before.pending + 1, holdCounts(scenario, probe).pending);
  }
  for (int i = 0; i < 10; ++i) holdCounts(scenario, probe);
  auto after = holdCounts(scenario, probe);
  scenario.checkEqual("cancelling it leaves it pending", before.pending + 1, after.pending);
  scenario.checkEqual("and not cancelled", before.cancelled + 1, after.cancelled);
  scenario.checkEqual("it is let go", 1u, letGo(scenario, probe));
  scenario.checkEqual("and has completed", before.completed + 1, holdCounts(scenario, probe).completed);

  Callback::Client pending = kj::heap<PendingCallback>(record);
  {
    auto waiting = callBack(probe, pending, 1);
    scenario.checkBecomes("the peer calls back", [&]() {
      holdCounts(scenario, probe);
      return record.called;
    });
    scenario.check("the callback is pending", !record.cancelled);
  }
  scenario.checkBecomes("cancelling the call cancels the callback that it waits for", [&]() {
    holdCounts(scenario, probe);
    return record.cancelled;
  });
}

void probeFailures(Scenario& scenario) {
  auto connection = scenario.connect();
  auto probe = connection->bootstrap<Probe>();
  auto fail = [&](FailureKind kind, kj::StringPtr reason) {
    auto request = probe.failRequest();
    request.setKind(kind);
    request.setReason(reason);
    return request.send().ignoreResult();
  };
  auto check = [&](kj::StringPtr what, FailureKind kind, Type type, kj::StringPtr reason) {
    scenario.checkFails(what, fail(kind, reason), type, reason);
  };
  check("failed", FailureKind::FAILED, Type::FAILED, "it did not work");
  check("overloaded", FailureKind::OVERLOADED, Type::OVERLOADED, "too much to do");
  check("disconnected", FailureKind::DISCONNECTED, Type::DISCONNECTED, "lost somebody else");
  check("unimplemented", FailureKind::UNIMPLEMENTED, Type::UNIMPLEMENTED, "not this one");
  check("a reason that is not ASCII", FailureKind::FAILED, Type::FAILED, u8"\u00e9\u4e2d\U0001f600 \"quoted\"\n");
  check("an empty reason", FailureKind::FAILED, Type::FAILED, "");

  auto node = scenario.wait(probe.getNodeRequest().send()).getNode().castAs<Calculator>();
  scenario.checkFails("an interface that the object does not have", node.getOperatorRequest().send().ignoreResult(), Type::UNIMPLEMENTED);
  scenario.checkEqual("the connection still works", 1u, scenario.wait(depthOf(probe.getNodeRequest().send().getNode(), 1)));
}

void probeEcho(Scenario& scenario) {
  std::vector<int64_t> calls;
  auto connection = scenario.connect();
  auto probe = connection->bootstrap<Probe>();
  capnp::CapabilityServerSet<Callback> own;
  auto response = scenario.wait(echo(probe, own.add(kj::heap<Recorder>(calls))));
  auto returned = response.getCallback();
  scenario.check("our own capability comes home as itself", scenario.wait(own.getLocalServer(returned)) != nullptr);
  scenario.checkEqual("and works", int64_t(8), scenario.wait(call(returned, 7)));

  auto none = scenario.wait(echo(probe, nullptr));
  scenario.check("no capability comes back as none", !none.hasCallback());
}

void probeRelease(Scenario& scenario) {
  bool live;
  auto connection = scenario.connect();
  auto probe = connection->bootstrap<Probe>();

  auto before = liveTokens(scenario, probe);
  {
    kj::Vector<Token::Client> tokens;
    for (uint64_t id = 0; id < 5; ++id) tokens.add(newToken(probe, id));
    scenario.checkEqual("the peer's objects are live", before + 5, liveTokens(scenario, probe));
    scenario.checkEqual("and can be called", uint64_t(3), scenario.wait(idOf(tokens[3])));
    tokens.truncate(2);
    scenario.checkBecomes("three are released", [&]() { return liveTokens(scenario, probe) == before + 2; });
    scenario.checkEqual("the others still work", uint64_t(1), scenario.wait(idOf(tokens[1])));
  }
  scenario.checkBecomes("all are released", [&]() { return liveTokens(scenario, probe) == before; });
  { auto unread = probe.newTokenRequest().send(); }
  scenario.checkBecomes("so is one in a result that nobody has waited for", [&]() { return liveTokens(scenario, probe) == before; });

  scenario.wait(keep(probe, kj::heap<OwnToken>(77u, live)));
  {
    auto kept = scenario.wait(probe.readKeptRequest().send());
    scenario.check("the peer can call the object that it keeps", kept.getIds().size() == 1 && kept.getIds()[0] == 77);
  }
  scenario.check("our object is live while the peer keeps it", live);
  scenario.checkEqual("the peer drops it", 1u, scenario.wait(probe.dropKeptRequest().send()).getCount());
  scenario.checkBecomes("and our object is released", [&]() {
    liveTokens(scenario, probe);
    return !live;
  });
}

void probeConnectionLost(Scenario& scenario) {
  auto connection = scenario.connect();
  auto probe = connection->bootstrap<Probe>();
  auto tokens = liveTokens(scenario, probe);
  auto holds = holdCounts(scenario, probe);
  bool live;
  {
    auto other = scenario.connect();
    auto otherProbe = other->bootstrap<Probe>();
    auto token = newToken(otherProbe, 1);
    auto held = hold(otherProbe, true);
    scenario.wait(keep(otherProbe, kj::heap<OwnToken>(2u, live)));
    scenario.checkEqual("the other connection has an object", tokens + 1, liveTokens(scenario, probe));
    scenario.checkEqual("and a call", holds.pending + 1, holdCounts(scenario, probe).pending);
  }
  scenario.checkBecomes("the object is released with its connection", [&]() { return liveTokens(scenario, probe) == tokens; });
  scenario.checkBecomes("the call is cancelled with its connection", [&]() {
    return holdCounts(scenario, probe).cancelled == holds.cancelled + 1;
  });
  scenario.checkFails("the peer's reference to our object is broken", probe.readKeptRequest().send().ignoreResult(), Type::DISCONNECTED);
  scenario.checkEqual("the peer drops it", 1u, scenario.wait(probe.dropKeptRequest().send()).getCount());
}

void probeDeath(Scenario& scenario) {
  auto connection = scenario.connect();
  auto probe = connection->bootstrap<Probe>();
  auto node = scenario.wait(probe.getNodeRequest().send()).getNode();
  auto held = hold(probe, true);
  auto onHeld = depthOf(held.getNode(), 2);
  scenario.check("a call is pending", holdCounts(scenario, probe).pending >= 1);

  scenario.checkFails("the call in which the peer died", probe.dieRequest().send().ignoreResult(), Type::DISCONNECTED);
  scenario.checkFails("a call that was pending", held.ignoreResult(), Type::DISCONNECTED);
  scenario.checkFails("a call on its result", kj::mv(onHeld), Type::DISCONNECTED);
  scenario.checkFails("a call made afterwards", depthOf(node, 0), Type::DISCONNECTED);
  scenario.wait(connection->onDisconnect());
  scenario.check("the connection says that it is gone", true);
}

void probeWaitToBeKilled(Scenario& scenario) {
  bool live;
  auto connection = scenario.connect();
  auto probe = connection->bootstrap<Probe>();
  auto token = newToken(probe, 1);
  auto held = hold(probe, true);
  scenario.wait(keep(probe, kj::heap<OwnToken>(2u, live)));
  scenario.check("has an object, a kept object and a pending call, and waits to be killed", true);
  scenario.wait(held.ignoreResult());
  scenario.check("was killed before the call returned", false);
}
