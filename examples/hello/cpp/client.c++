// Asks for a greeting; see the README at the root.
// snippet client
#include "hello.capnp.h"
#include <capnp/ez-rpc.h>
#include <iostream>

int main(int, char** argv) {
  capnp::EzRpcClient client(argv[1]);
  auto request = client.getMain<Hello>().greetRequest();
  request.setName("C++");
  std::cout << request.send().wait(client.getWaitScope()).getText().cStr() << std::endl;
}
// end snippet
