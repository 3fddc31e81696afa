// The probe of probe.capnp, served from C++.
#pragma once
#include <list>

#include <kj/vector.h>

#include "probe.capnp.h"

class ProbeServer: public virtual Probe::Server {
protected:
  kj::Promise<void> hold(HoldContext context) override;
  kj::Promise<void> letGo(LetGoContext context) override;
  kj::Promise<void> holdCounts(HoldCountsContext context) override;
  kj::Promise<void> fail(FailContext context) override;
  kj::Promise<void> newToken(NewTokenContext context) override;
  kj::Promise<void> liveTokens(LiveTokensContext context) override;
  kj::Promise<void> echo(EchoContext context) override;
  kj::Promise<void> keep(KeepContext context) override;
  kj::Promise<void> readKept(ReadKeptContext context) override;
  kj::Promise<void> dropKept(DropKeptContext context) override;
  kj::Promise<void> callBack(CallBackContext context) override;
  kj::Promise<void> getNode(GetNodeContext context) override;
  kj::Promise<void> die(DieContext context) override;

private:
  struct Held {
    kj::Own<kj::PromiseFulfiller<void>> fulfiller;
    bool letGo = false;
  };
  std::list<Held> held;
  unsigned cancelled = 0;
  unsigned completed = 0;
  // Shared with the tokens, which may outlive the probe.
  struct TokenCount: public kj::Refcounted {
    unsigned live = 0;
  };
  kj::Own<TokenCount> tokens = kj::refcounted<TokenCount>();
  kj::Vector<Token::Client> kept;

  class TokenServer;
};
