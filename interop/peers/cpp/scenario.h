// What every case of the client works with: connections to the server under test, and checks that are printed as JSON lines.
#pragma once
#include <chrono>

#include <capnp/rpc-twoparty.h>
#include <kj/async-io.h>
#include <kj/debug.h>

// One connection and the vat at its end. Destroying it closes the connection.
class Connection {
public:
  Connection(kj::AsyncIoContext& io, kj::StringPtr address)
      : stream(io.provider->getNetwork().parseAddress(address).wait(io.waitScope)->connect().wait(io.waitScope)), vat(*stream) {}

  template <typename Interface>
  typename Interface::Client bootstrap() {
    return vat.bootstrap().template castAs<Interface>();
  }
  kj::Promise<void> onDisconnect() { return vat.onDisconnect(); }

private:
  kj::Own<kj::AsyncIoStream> stream;
  capnp::TwoPartyClient vat;
};

class Scenario {
public:
  Scenario(kj::AsyncIoContext& io, kj::StringPtr address, const char* name): io(io), address(address), name(name) {}

  kj::Own<Connection> connect() { return kj::heap<Connection>(io, address); }

  bool ok() const { return allHold; }

  // Prints a line. `got` says what was there instead, when the check does not hold.
  void check(kj::StringPtr what, bool holds, kj::StringPtr got = nullptr);

  template <typename T, typename U>
  void checkEqual(kj::StringPtr what, const T& expected, const U& actual) {
    check(what, expected == actual, kj::str("expected ", expected, ", got ", actual));
  }

  // Checks that the promise fails with this kind, and with exactly this reason if one is given.
  template <typename T>
  void checkFails(kj::StringPtr what, kj::Promise<T> promise, kj::Exception::Type type, kj::Maybe<kj::StringPtr> reason = nullptr) {
    checkFailed(what, kj::runCatchingExceptions([&]() { wait(kj::mv(promise)); }), type, reason);
  }

  // Repeats a condition, which makes a call to the server, until it holds; gives up after 5 seconds.
  template <typename Condition>
  void checkBecomes(kj::StringPtr what, Condition condition) {
    auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    bool holds;
    while (!(holds = condition()) && std::chrono::steady_clock::now() < deadline) {
    }
    check(what, holds, "not within 5 seconds");
  }

  template <typename T>
  auto wait(kj::Promise<T> promise) {
    return promise.wait(io.waitScope);
  }
  template <typename T>
  auto wait(capnp::RemotePromise<T> promise) {
    return promise.wait(io.waitScope);
  }
  // Lets everything run that can run without the peer.
  bool poll(kj::Promise<void>& promise) { return promise.poll(io.waitScope); }

private:
  kj::AsyncIoContext& io;
  kj::StringPtr address;
  const char* name;
  bool allHold = true;

  void checkFailed(
      kj::StringPtr what, kj::Maybe<kj::Exception> failure, kj::Exception::Type type, kj::Maybe<kj::StringPtr> reason);
};
