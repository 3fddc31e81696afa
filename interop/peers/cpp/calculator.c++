// Expressions are read and checked once, when they arrive, and kept as terms: a function is evaluated many times, and its body must
// outlive the message that brought it.
#include "calculator.h"

#include <vector>

#include <kj/debug.h>

namespace {

[[noreturn]] void fail(kj::String reason) {
  kj::throwFatalException(kj::Exception(kj::Exception::Type::FAILED, __FILE__, __LINE__, kj::mv(reason)));
}

struct Term {
  Expression::Which kind;
  double literal = 0;
  unsigned parameter = 0;
  Value::Client previous = nullptr;
  Function::Client function = nullptr;
  std::vector<Term> arguments;
};

Term compile(Expression::Reader expression, unsigned paramCount) {
  Term term{expression.which()};
  switch (term.kind) {
    case Expression::LITERAL:
      term.literal = expression.getLiteral();
      return term;
    case Expression::PREVIOUS:
      term.previous = expression.getPrevious();
      return term;
    case Expression::PARAMETER:
      term.parameter = expression.getParameter();
      if (term.parameter >= paramCount) {
        fail(kj::str("Parameter ", term.parameter, " does not exist: the function has ", paramCount, "."));
      }
      return term;
    case Expression::APPLY: {
      auto apply = expression.getApply();
      term.function = apply.getFunction();
      for (auto argument: apply.getArguments()) {
        term.arguments.push_back(compile(argument, paramCount));
      }
      return term;
    }
  }
  fail(kj::str("Unknown kind of expression: ", static_cast<unsigned>(term.kind), "."));
}

// The term and the arguments must live until the promise is done.
kj::Promise<double> evaluate(Term& term, kj::ArrayPtr<const double> arguments);

kj::Promise<double> apply(Term& term, kj::ArrayPtr<const double> arguments) {
  auto pending = kj::heapArrayBuilder<kj::Promise<double>>(term.arguments.size());
  for (auto& argument: term.arguments) {
    pending.add(evaluate(argument, arguments));
  }
  return kj::joinPromises(pending.finish()).then([&term](kj::Array<double> numbers) -> kj::Promise<double> {
    auto request = term.function.callRequest();
    request.setArguments(numbers);
    return request.send().then([](auto&& response) { return response.getNumber(); });
  });
}

kj::Promise<double> evaluate(Term& term, kj::ArrayPtr<const double> arguments) {
  switch (term.kind) {
    case Expression::LITERAL:
      return term.literal;
    case Expression::PREVIOUS:
      return term.previous.readRequest().send().then([](auto&& response) { return response.getNumber(); });
    case Expression::PARAMETER:
      return arguments[term.parameter];
    case Expression::APPLY:
      return apply(term, arguments);
  }
  KJ_UNREACHABLE;
}

class ValueServer final: public Value::Server {
public:
  explicit ValueServer(double number): number(number) {}

protected:
  kj::Promise<void> read(ReadContext context) override {
    context.getResults().setNumber(number);
    return kj::READY_NOW;
  }

private:
  const double number;
};

void requireArguments(unsigned expected, unsigned given) {
  if (given != expected) {
    fail(kj::str("The function takes ", expected, " arguments, not ", given, "."));
  }
}

class DefinedFunction final: public Function::Server {
public:
  DefinedFunction(unsigned paramCount, Term body): paramCount(paramCount), body(kj::mv(body)) {}

protected:
  kj::Promise<void> call(CallContext context) override {
    auto given = context.getParams().getArguments();
    requireArguments(paramCount, given.size());
    auto arguments = KJ_MAP(argument, given) { return argument; };
    // The RPC system keeps this object, and so the body, alive until the call is done.
    auto result = evaluate(body, arguments);
    return result.then([context](double number) mutable { context.getResults().setNumber(number); }).attach(kj::mv(arguments));
  }

private:
  const unsigned paramCount;
  Term body;
};

class OperatorFunction final: public Function::Server {
public:
  explicit OperatorFunction(Operator op): op(op) {}

protected:
  kj::Promise<void> call(CallContext context) override {
    auto arguments = context.getParams().getArguments();
    requireArguments(2, arguments.size());
    context.getResults().setNumber(apply(arguments[0], arguments[1]));
    return kj::READY_NOW;
  }

private:
  const Operator op;

  double apply(double left, double right) const {
    switch (op) {
      case Operator::ADD: return left + right;
      case Operator::SUBTRACT: return left - right;
      case Operator::MULTIPLY: return left * right;
      case Operator::DIVIDE: return left / right;
    }
    KJ_UNREACHABLE;
  }
};

}  // namespace

kj::Promise<void> CalculatorServer::evaluate(EvaluateContext context) {
  auto term = kj::heap(compile(context.getParams().getExpression(), 0));
  auto result = ::evaluate(*term, nullptr);
  return result.then([context](double number) mutable { context.getResults().setValue(kj::heap<ValueServer>(number)); })
      .attach(kj::mv(term));
}

kj::Promise<void> CalculatorServer::defFunction(DefFunctionContext context) {
  auto params = context.getParams();
  auto body = compile(params.getBody(), params.getParamCount());
  context.getResults().setFunc(kj::heap<DefinedFunction>(params.getParamCount(), kj::mv(body)));
  return kj::READY_NOW;
}

kj::Promise<void> CalculatorServer::getOperator(GetOperatorContext context) {
  auto op = context.getParams().getOp();
  if (op > Operator::DIVIDE) {
    fail(kj::str("Unknown operator: ", static_cast<unsigned>(op), "."));
  }
  context.getResults().setFunc(kj::heap<OperatorFunction>(op));
  return kj::READY_NOW;
}
