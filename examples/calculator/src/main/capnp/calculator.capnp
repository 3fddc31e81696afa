# A calculator whose numbers and functions are live objects.
#
# Values and functions are capabilities: a client names the result of a call that has not returned yet in its next call, and gives the
# server functions of its own to call back.
@0xe4b78050049c1b36;

using Java = import "/capnp/java.capnp";
$Java.package("dev.capstan.examples.calculator");

struct Expression {
  # What is to be computed.

  union {
    literal @0 :Float64;
    # This number.

    previous @1 :Value;
    # The number that this value holds. It may come from an evaluate() that is still under way.

    parameter @2 :UInt16;
    # The argument with this index, counted from 0. Only inside the body of a function.

    apply :group {
      # What the function returns for these arguments. The server evaluates the arguments first; the function may live anywhere, in the
      # client too.
      function @3 :Function;
      arguments @4 :List(Expression);
    }
  }
}

interface Value {
  # A number that is known to somebody else.

  read @0 () -> (number :Float64);
}

interface Function {
  # Something that makes one number out of some.

  call @0 (arguments :List(Float64)) -> (number :Float64);
  # Fails when the count of arguments is not the one that the function takes.
}

enum Operator {
  add @0;
  subtract @1;
  multiply @2;
  divide @3;
  # By IEEE 754: dividing by zero gives an infinity or NaN, not a failure.
}

interface Calculator {
  # The bootstrap object of a calculator server.

  evaluate @0 (expression :Expression) -> (value :Value);
  # Computes the expression. The returned value is there once the whole expression has been computed; if that fails, so does this call.

  defFunction @1 (paramCount :UInt16, body :Expression) -> (func :Function);
  # Makes a function of `paramCount` parameters out of an expression. Fails when the body names a parameter that the function does not
  # have.

  getOperator @2 (op :Operator) -> (func :Function);
  # The function of two arguments that the operator stands for.
}
