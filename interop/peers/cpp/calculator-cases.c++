#include <math.h>

#include "calculator.capnp.h"
#include "cases.h"

namespace {

Function::Client operatorOf(Calculator::Client& calculator, Operator op) {
  auto request = calculator.getOperatorRequest();
  request.setOp(op);
  return request.send().getFunc();
}

// Starts an application of the function; the caller fills in the arguments.
capnp::List<Expression>::Builder application(Expression::Builder expression, Function::Client function, unsigned arguments) {
  auto apply = expression.initApply();
  apply.setFunction(function);
  return apply.initArguments(arguments);
}

kj::Promise<double> call(Function::Client function, kj::ArrayPtr<const double> arguments) {
  auto request = function.callRequest();
  request.setArguments(arguments);
  return request.send().then([](auto&& response) { return response.getNumber(); });
}

kj::Promise<double> read(Value::Client value) {
  return value.readRequest().send().then([](auto&& response) { return response.getNumber(); });
}

// A function of ours, which the server calls back.
class Power final: public Function::Server {
public:
  struct Record {
    unsigned calls = 0;
    bool live = true;
  };

  explicit Power(Record& record): record(record) {}
  ~Power() noexcept(false) { record.live = false; }

protected:
  kj::Promise<void> call(CallContext context) override {
    ++record.calls;
    auto arguments = context.getParams().getArguments();
    KJ_REQUIRE(arguments.size() == 2);
    context.getResults().setNumber(pow(arguments[0], arguments[1]));
    return kj::READY_NOW;
  }

private:
  Record& record;
};

class Failing final: public Function::Server {
protected:
  kj::Promise<void> call(CallContext) override {
    return kj::Exception(kj::Exception::Type::OVERLOADED, __FILE__, __LINE__, kj::str("the client's function is busy"));
  }
};

}  // namespace

// Every call names the result of one that has not returned yet. All of them are sent before the first answer is looked at.
void calculatorChain(Scenario& scenario) {
  auto connection = scenario.connect();
  auto calculator = connection->bootstrap<Calculator>();

  auto sumRequest = calculator.evaluateRequest();
  auto summands = application(sumRequest.initExpression(), operatorOf(calculator, Operator::ADD), 2);
  summands[0].setLiteral(2);
  summands[1].setLiteral(3);
  auto sum = sumRequest.send().getValue();

  auto productRequest = calculator.evaluateRequest();
  auto factors = application(productRequest.initExpression(), operatorOf(calculator, Operator::MULTIPLY), 2);
  factors[0].setPrevious(sum);
  factors[1].setLiteral(4);
  auto product = productRequest.send().getValue();

  auto quotientRequest = calculator.evaluateRequest();
  auto parts = application(quotientRequest.initExpression(), operatorOf(calculator, Operator::DIVIDE), 2);
  parts[0].setPrevious(product);
  auto difference = application(parts[1], operatorOf(calculator, Operator::SUBTRACT), 2);
  difference[0].setPrevious(sum);
  difference[1].setLiteral(1);
  auto quotient = read(quotientRequest.send().getValue());

  scenario.checkEqual("(2 + 3) * 4 / ((2 + 3) - 1) without waiting in between", 5.0, scenario.wait(kj::mv(quotient)));
  scenario.checkEqual("a value can be read again", 20.0, scenario.wait(read(product)));
}

void calculatorFunctions(Scenario& scenario) {
  auto connection = scenario.connect();
  auto calculator = connection->bootstrap<Calculator>();
  auto add = operatorOf(calculator, Operator::ADD);
  auto multiply = operatorOf(calculator, Operator::MULTIPLY);

  // f(x, y) = x * (x + y)
  auto defineF = calculator.defFunctionRequest();
  defineF.setParamCount(2);
  auto factors = application(defineF.initBody(), multiply, 2);
  factors[0].setParameter(0);
  auto summands = application(factors[1], add, 2);
  summands[0].setParameter(0);
  summands[1].setParameter(1);
  auto f = defineF.send().getFunc();

  // g(x) = f(f(x, 1), x)
  auto defineG = calculator.defFunctionRequest();
  defineG.setParamCount(1);
  auto outer = application(defineG.initBody(), f, 2);
  auto inner = application(outer[0], f, 2);
  inner[0].setParameter(0);
  inner[1].setLiteral(1);
  outer[1].setParameter(0);
  auto g = defineG.send().getFunc();

  auto evaluate = calculator.evaluateRequest();
  application(evaluate.initExpression(), g, 1)[0].setLiteral(2);
  auto inExpression = read(evaluate.send().getValue());
  auto called = call(f, {3, 4});
  scenario.checkEqual("a function of functions in an expression", 48.0, scenario.wait(kj::mv(inExpression)));
  scenario.checkEqual("a function called directly", 21.0, scenario.wait(kj::mv(called)));
}

void calculatorCallback(Scenario& scenario) {
  Power::Record record;
  auto connection = scenario.connect();
  auto calculator = connection->bootstrap<Calculator>();
  Function::Client power = kj::heap<Power>(record);

  auto evaluate = calculator.evaluateRequest();
  auto arguments = application(evaluate.initExpression(), power, 2);
  arguments[0].setLiteral(2);
  arguments[1].setLiteral(10);
  scenario.checkEqual("the server applies the client's function", 1024.0, scenario.wait(read(evaluate.send().getValue())));
  scenario.checkEqual("by calling it once", 1u, record.calls);

  {
    // square(x) = power(x, 2): the server keeps our function inside its own.
    auto define = calculator.defFunctionRequest();
    define.setParamCount(1);
    auto inner = application(define.initBody(), kj::mv(power), 2);
    inner[0].setParameter(0);
    inner[1].setLiteral(2);
    auto square = define.send().getFunc();
    scenario.checkEqual("a function of the server calls the client's", 81.0, scenario.wait(call(square, {9})));
    scenario.checkEqual("once each time", 2u, record.calls);
    scenario.check("the server holds on to the client's function", record.live);
  }
  scenario.checkBecomes("the server lets go of the client's function together with its own", [&]() {
    scenario.wait(call(operatorOf(calculator, Operator::ADD), {1, 1}));
    return !record.live;
  });
}

void calculatorFailures(Scenario& scenario) {
  auto connection = scenario.connect();
  auto calculator = connection->bootstrap<Calculator>();
  auto add = operatorOf(calculator, Operator::ADD);
  using Type = kj::Exception::Type;

  auto outside = calculator.evaluateRequest();
  outside.initExpression().setParameter(0);
  scenario.checkFails("a parameter outside a function", outside.send().ignoreResult(), Type::FAILED);

  auto tooFew = calculator.defFunctionRequest();
  tooFew.setParamCount(2);
  tooFew.initBody().setParameter(2);
  scenario.checkFails("a parameter that the function does not have", tooFew.send().ignoreResult(), Type::FAILED);

  scenario.checkFails("an operator with three arguments", call(add, {1, 2, 3}), Type::FAILED);

  auto define = calculator.defFunctionRequest();
  define.setParamCount(1);
  define.initBody().setParameter(0);
  scenario.checkFails("a defined function without its argument", call(define.send().getFunc(), nullptr), Type::FAILED);

  auto failing = calculator.evaluateRequest();
  application(failing.initExpression(), kj::heap<Failing>(), 0);
  scenario.checkFails("reading a value whose computation failed", read(failing.send().getValue()), Type::OVERLOADED);

  scenario.checkEqual("the connection still works", 7.0, scenario.wait(call(add, {3, 4})));
}
