// A C++ client of the calculator. Build it (Debian: apt install capnproto libcapnp-dev g++) and run it, from the repository's root:
//
//   examples/calculator/cpp/build.sh
//   examples/calculator/target/cpp/client 127.0.0.1:PORT       (or unix:PATH; `./capstan demo` prints both)
//
// It computes (2 + 3) * 4 and then cubes the result with a function of its own, which the server calls back.
#include <stdio.h>

#include <capnp/ez-rpc.h>

#include "calculator.capnp.h"

// Lives here; the server gets a reference to it.
class Cube final: public Function::Server {
protected:
  kj::Promise<void> call(CallContext context) override {
    double x = context.getParams().getArguments()[0];
    printf("the server calls cube(%g)\n", x);
    context.getResults().setNumber(x * x * x);
    return kj::READY_NOW;
  }
};

Function::Client operatorOf(Calculator::Client& calculator, Operator op) {
  auto request = calculator.getOperatorRequest();
  request.setOp(op);
  return request.send().getFunc();  // not there yet, but can be used at once
}

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "Usage: client 127.0.0.1:PORT|unix:PATH\n");
    return 2;
  }
  capnp::EzRpcClient rpc(argv[1]);
  auto calculator = rpc.getMain<Calculator>();

  // (2 + 3) * 4
  auto evaluate = calculator.evaluateRequest();
  auto product = evaluate.initExpression().initApply();
  product.setFunction(operatorOf(calculator, Operator::MULTIPLY));
  auto factors = product.initArguments(2);
  auto sum = factors[0].initApply();
  sum.setFunction(operatorOf(calculator, Operator::ADD));
  auto summands = sum.initArguments(2);
  summands[0].setLiteral(2);
  summands[1].setLiteral(3);
  factors[1].setLiteral(4);
  Value::Client value = evaluate.send().getValue();

  // cube(that), while the server may still be computing it
  auto evaluateCube = calculator.evaluateRequest();
  auto cubed = evaluateCube.initExpression().initApply();
  cubed.setFunction(kj::heap<Cube>());
  cubed.initArguments(1)[0].setPrevious(value);
  auto read = value.readRequest().send();
  auto readCube = evaluateCube.send().getValue().readRequest().send();

  // Nothing has been waited for until here: all of it was one round trip, and one more for the callback.
  printf("(2 + 3) * 4 = %g\n", read.wait(rpc.getWaitScope()).getNumber());
  printf("its cube = %g\n", readCube.wait(rpc.getWaitScope()).getNumber());
  return 0;
}
