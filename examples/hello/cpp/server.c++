// Greets whoever asks; see the README at the root.
// snippet server
#include "hello.capnp.h"
#include <capnp/ez-rpc.h>
#include <iostream>

class HelloServer final : public Hello::Server {
  kj::Promise<void> greet(GreetContext context) override {
    context.getResults().setText(kj::str("Hello, ", context.getParams().getName(), ", from C++!"));
    return kj::READY_NOW;
  }
};

int main(int, char** argv) {
  capnp::EzRpcServer server(kj::heap<HelloServer>(), argv[1]);
  auto& scope = server.getWaitScope();
  server.getPort().wait(scope);
  std::cout << "READY " << argv[1] << std::endl;
  kj::NEVER_DONE.wait(scope);
}
// end snippet
