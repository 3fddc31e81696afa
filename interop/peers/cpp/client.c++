// Runs named scenarios against any server of calculator.capnp and probe.capnp.
//   client --addr 127.0.0.1:PORT | unix:PATH --case NAME[,NAME..] [--seconds N]
//   client --list
// A NAME is a case, or "calculator" or "probe" for all cases of that group that leave the server alive. "calculator" cases need only a
// Calculator as bootstrap object. Prints one JSON object a line for each assertion; exit code 0 only if all of them hold, 1 if one does
// not or the time is over, 2 if the command line is wrong.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cases.h"

namespace {

struct Case {
  const char* name;
  void (*run)(Scenario&);
  // The case ends the server or never ends by itself, so it is run only when it is named.
  bool onlyByName;
};

const Case CASES[] = {
    {"calculator-chain", calculatorChain, false},
    {"calculator-functions", calculatorFunctions, false},
    {"calculator-callback", calculatorCallback, false},
    {"calculator-failures", calculatorFailures, false},
    {"probe-chain", probeChain, false},
    {"probe-order", probeOrder, false},
    {"probe-callback", probeCallback, false},
    {"probe-cancel", probeCancel, false},
    {"probe-failures", probeFailures, false},
    {"probe-echo", probeEcho, false},
    {"probe-release", probeRelease, false},
    {"probe-connection-lost", probeConnectionLost, false},
    {"probe-death", probeDeath, true},
    {"probe-wait-to-be-killed", probeWaitToBeKilled, true},
};

struct Options {
  kj::String address;
  kj::Vector<const Case*> cases;
  unsigned seconds = 30;
};

[[noreturn]] void usage(kj::StringPtr problem) {
  fprintf(stderr, "%s\nUsage: client --addr 127.0.0.1:PORT|unix:PATH --case NAME[,NAME..] [--seconds N], or client --list\n", problem.cStr());
  exit(2);
}

bool inGroup(const Case& candidate, kj::StringPtr group) {
  kj::StringPtr name = candidate.name;
  return !candidate.onlyByName && name.startsWith(group) && name[group.size()] == '-';
}

void select(kj::Vector<const Case*>& chosen, kj::StringPtr name) {
  size_t before = chosen.size();
  for (auto& candidate: CASES) {
    if (name == candidate.name || inGroup(candidate, name)) chosen.add(&candidate);
  }
  if (chosen.size() == before) usage(kj::str("There is no case ", name, "."));
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    kj::StringPtr option = argv[i];
    if (option == "--list") {
      for (auto& each: CASES) puts(each.name);
      exit(0);
    }
    if (i + 1 == argc) usage(kj::str("Unknown option or missing value: ", option));
    char* value = argv[++i];
    if (option == "--addr") {
      options.address = kj::str(value);
    } else if (option == "--seconds") {
      options.seconds = atoi(value);
    } else if (option == "--case") {
      for (char* name = strtok(value, ","); name != nullptr; name = strtok(nullptr, ",")) select(options.cases, name);
    } else {
      usage(kj::str("Unknown option: ", option));
    }
  }
  if (options.address == nullptr || options.cases.size() == 0) usage("--addr and --case are needed.");
  return options;
}

const char* volatile running = "";

// A signal handler: no stdio, no allocation.
void onTimeOver(int) {
  const char start[] = "{\"case\":\"";
  const char end[] = "\",\"check\":\"ended in time\",\"ok\":false}\n";
  bool written = write(STDOUT_FILENO, start, strlen(start)) >= 0 && write(STDOUT_FILENO, running, strlen(running)) >= 0 &&
      write(STDOUT_FILENO, end, strlen(end)) >= 0;
  _exit(written ? 1 : 3);
}

}  // namespace

int main(int argc, char** argv) {
  auto options = parse(argc, argv);
  setvbuf(stdout, nullptr, _IOLBF, 0);
  signal(SIGALRM, onTimeOver);
  alarm(options.seconds);

  auto io = kj::setupAsyncIo();
  bool ok = true;
  for (auto each: options.cases) {
    running = each->name;
    Scenario scenario(io, options.address, each->name);
    KJ_IF_MAYBE(exception, kj::runCatchingExceptions([&]() { each->run(scenario); })) {
      scenario.check("no failure that the case does not expect", false, kj::str(*exception));
    }
    ok &= scenario.ok();
  }
  return ok ? 0 : 1;
}
