#include "scenario.h"

#include <stdio.h>

namespace {

kj::String quoted(kj::StringPtr text) {
  kj::Vector<char> out;
  out.add('"');
  for (char c: text) {
    if (c == '"' || c == '\\') {
      out.add('\\');
      out.add(c);
    } else if (static_cast<unsigned char>(c) < ' ') {
      char escape[8];
      snprintf(escape, sizeof escape, "\\u%04x", c);
      out.addAll(kj::StringPtr(escape));
    } else {
      out.add(c);
    }
  }
  out.add('"');
  out.add('\0');
  return kj::String(out.releaseAsArray());
}

// Cap'n Proto C++ puts these words in front of the reason that the peer gave.
kj::StringPtr withoutPrefix(kj::StringPtr reason) {
  kj::StringPtr prefix = "remote exception: ";
  return reason.startsWith(prefix) ? reason.slice(prefix.size()) : reason;
}

}  // namespace

void Scenario::check(kj::StringPtr what, bool holds, kj::StringPtr got) {
  allHold &= holds;
  auto detail = holds || got == nullptr ? kj::str() : kj::str(",\"got\":", quoted(got));
  printf("{\"case\":%s,\"check\":%s,\"ok\":%s%s}\n", quoted(name).cStr(), quoted(what).cStr(), holds ? "true" : "false", detail.cStr());
}

void Scenario::checkFailed(
    kj::StringPtr what, kj::Maybe<kj::Exception> failure, kj::Exception::Type type, kj::Maybe<kj::StringPtr> reason) {
  KJ_IF_MAYBE(exception, failure) {
    auto actual = withoutPrefix(exception->getDescription());
    auto expected = reason.orDefault(actual);
    bool holds = exception->getType() == type && expected == actual;
    check(what, holds, kj::str("expected ", type, ": ", expected, "; got ", exception->getType(), ": ", actual));
  } else {
    check(what, false, "the call returned");
  }
}
