// The calculator of calculator.capnp, served from C++.
#pragma once
#include "calculator.capnp.h"

class CalculatorServer: public virtual Calculator::Server {
protected:
  kj::Promise<void> evaluate(EvaluateContext context) override;
  kj::Promise<void> defFunction(DefFunctionContext context) override;
  kj::Promise<void> getOperator(GetOperatorContext context) override;
};
