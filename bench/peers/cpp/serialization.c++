// The workloads of dev.capstan.bench.serialization on libcapnp: the same messages from the same numbers.
//
//   serialization checksums ITERATIONS                  what comes out of the first iterations of each workload and mode
//   serialization run WORKLOAD MODE REUSE WARM_MS MS    one line of JSON: nanoseconds an iteration, by the clock and of CPU
//
// WORKLOAD is carsales, catrank or eval; MODE object, bytes or packed; REUSE reuse or fresh.
#include "serialization.capnp.h"

#include <capnp/message.h>
#include <capnp/serialize-packed.h>
#include <capnp/serialize.h>
#include <kj/io.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <limits>
#include <string>
#include <vector>

namespace {

class Xorshift {
public:
  uint32_t below(uint32_t bound) { return (next() >> 32) * bound >> 32; }
  bool flip() { return below(2) != 0; }
  double fraction(double bound) { return static_cast<double>(next() >> 32) * 0x1p-32 * bound; }

private:
  uint64_t next() {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
  }
  uint64_t state = 0x1f2e3d4c5b6a7988;
};

struct CarSales {
  using Request = Lot;
  using Response = Value;

  int64_t request(Lot::Builder request, Xorshift& random) {
    for (auto car : request.initCars(random.below(200))) fill(car, random);
    return worthOf(request.asReader().getCars());
  }

  void respond(Lot::Reader request, Value::Builder response) {
    response.setAmount(worthOf(request.getCars()));
  }

  int64_t result(Value::Reader response) { return response.getAmount(); }

private:
  static void fill(Car::Builder car, Xorshift& random) {
    static const char* const makes[] = {"Toyota", "GM", "Ford", "Honda", "Tesla"};
    static const char* const models[] = {"Camry", "Prius", "Volt", "Accord", "Leaf", "Model S"};
    car.setMake(makes[random.below(5)]);
    car.setModel(models[random.below(6)]);
    car.setPaint(static_cast<Paint>(random.below(9)));
    car.setSeats(2 + random.below(6));
    car.setDoors(2 + random.below(3));
    for (auto wheel : car.initWheels(4)) {
      wheel.setDiameter(25 + random.below(15));
      wheel.setPressure(30 + random.fraction(20));
      wheel.setSnowTire(random.below(16) == 0);
    }
    uint32_t length = 170 + random.below(150);
    uint32_t width = 48 + random.below(36);
    uint32_t height = 54 + random.below(48);
    car.setLength(length);
    car.setWidth(width);
    car.setHeight(height);
    car.setWeight(length * width * height / 200);
    auto engine = car.initEngine();
    engine.setPower(100 * random.below(400));
    engine.setCylinders(4 + 2 * random.below(3));
    engine.setDisplacement(800 + random.below(10000));
    engine.setBurnsFuel(true);
    engine.setElectric(random.flip());
    float tank = 10 + random.fraction(30);
    car.setTankSize(tank);
    car.setTankLevel(random.fraction(tank));
    car.setPowerWindows(random.flip());
    car.setPowerSteering(random.flip());
    car.setCruiseControl(random.flip());
    car.setCupHolders(random.below(12));
    car.setNavigation(random.flip());
  }

  static int64_t worthOf(capnp::List<Car>::Reader cars) {
    int64_t worth = 0;
    for (auto car : cars) worth += worthOf(car);
    return worth;
  }

  static int64_t worthOf(Car::Reader car) {
    int64_t worth = 200 * car.getSeats() + 350 * car.getDoors();
    for (auto wheel : car.getWheels()) {
      worth += wheel.getDiameter() * wheel.getDiameter() + (wheel.getSnowTire() ? 100 : 0);
    }
    worth += static_cast<int64_t>(car.getLength()) * car.getWidth() * car.getHeight() / 50;
    auto engine = car.getEngine();
    worth += 40 * engine.getPower();
    if (engine.getElectric()) worth += engine.getBurnsFuel() ? 5000 : 3000;
    worth += car.getPowerWindows() ? 100 : 0;
    worth += car.getPowerSteering() ? 200 : 0;
    worth += car.getCruiseControl() ? 400 : 0;
    worth += car.getNavigation() ? 2000 : 0;
    return worth + 25 * car.getCupHolders();
  }
};

struct CatRank {
  using Request = Findings;
  using Response = Findings;

  CatRank() {
    for (int letter = 0; letter < 130; letter++) alphabets += 'a' + letter % 26;
    static const char* const each[] = {"foo ",    "bar ",   "baz ",  "qux ",   "quux ",  "corge ", "grault ",
                                       "garply ", "waldo ", "fred ", "plugh ", "xyzzy ", "thud "};
    for (int word = 0; word < 39; word++) {
      ends.push_back(words.size());
      words += each[word % 13];
    }
  }

  int64_t request(Findings::Builder request, Xorshift& random) {
    static const char url[] = "http://example.com/";
    uint32_t count = random.below(1000);
    auto list = request.initList(count);
    int64_t good = 0;
    for (uint32_t i = 0; i < count; i++) {
      auto finding = list[i];
      finding.setScore(1000 - static_cast<int>(i));
      uint32_t letters = random.below(100);
      auto text = finding.initUrl(sizeof(url) - 1 + letters);
      memcpy(text.begin(), url, sizeof(url) - 1);
      memcpy(text.begin() + sizeof(url) - 1, alphabets.data() + random.below(26), letters);
      bool isCat = random.below(8) == 0;
      bool isDog = random.below(8) == 0;
      good += isCat && !isDog;
      snippet.assign(" ");
      appendWords(random);
      if (isCat) snippet.append("cat ");
      if (isDog) snippet.append("dog ");
      appendWords(random);
      finding.setSnippet(capnp::Text::Reader(snippet.c_str(), snippet.size()));
    }
    return good;
  }

  void respond(Findings::Reader request, Findings::Builder response) {
    ranking.clear();
    auto findings = request.getList();
    for (uint32_t i = 0; i < findings.size(); i++) {
      auto finding = findings[i];
      double score = finding.getScore();
      auto text = finding.getSnippet();
      if (strstr(text.cStr(), " cat ") != nullptr) score *= 10000;
      if (strstr(text.cStr(), " dog ") != nullptr) score /= 10000;
      ranking.push_back({score, i});
    }
    std::sort(ranking.begin(), ranking.end(), [](const Place& a, const Place& b) { return a.score > b.score; });
    auto ranked = response.initList(ranking.size());
    for (uint32_t i = 0; i < ranking.size(); i++) {
      auto finding = findings[ranking[i].index];
      auto copy = ranked[i];
      copy.setScore(ranking[i].score);
      copy.setUrl(finding.getUrl());
      copy.setSnippet(finding.getSnippet());
    }
  }

  int64_t result(Findings::Reader response) {
    int64_t good = 0;
    for (auto finding : response.getList()) {
      if (finding.getScore() < 1001) break;
      good++;
    }
    return good;
  }

private:
  struct Place {
    double score;
    uint32_t index;
  };

  // Up to 19 words in a row, from any on. In one piece, since it is messages that are measured.
  void appendWords(Xorshift& random) {
    uint32_t count = random.below(20);
    uint32_t first = random.below(13);
    snippet.append(words, ends[first], ends[first + count] - ends[first]);
  }

  std::string alphabets;
  std::string words;
  std::vector<size_t> ends;
  std::string snippet;
  std::vector<Place> ranking;
};

struct Evaluation {
  using Request = Expression;
  using Response = Outcome;

  int64_t request(Expression::Builder request, Xorshift& random) { return fill(request, 0, random); }
  void respond(Expression::Reader request, Outcome::Builder response) { response.setNumber(valueOf(request)); }
  int64_t result(Outcome::Reader response) { return response.getNumber(); }

private:
  static int32_t fill(Expression::Builder expression, uint32_t depth, Xorshift& random) {
    auto op = static_cast<Operator>(random.below(5));
    expression.setOperator(op);
    int32_t left;
    if (random.below(8) < depth) {
      left = 1 + random.below(128);
      expression.getLeft().setNumber(left);
    } else {
      left = fill(expression.getLeft().initNested(), depth + 1, random);
    }
    int32_t right;
    if (random.below(8) < depth) {
      right = 1 + random.below(128);
      expression.getRight().setNumber(right);
    } else {
      right = fill(expression.getRight().initNested(), depth + 1, random);
    }
    return apply(op, left, right);
  }

  static int32_t valueOf(Expression::Reader expression) {
    auto left = expression.getLeft();
    int32_t first = left.isNested() ? valueOf(left.getNested()) : left.getNumber();
    auto right = expression.getRight();
    int32_t second = right.isNested() ? valueOf(right.getNested()) : right.getNumber();
    return apply(expression.getOperator(), first, second);
  }

  static int32_t apply(Operator op, int32_t a, int32_t b) {
    switch (op) {
      case Operator::PLUS: return static_cast<uint32_t>(a) + static_cast<uint32_t>(b);
      case Operator::MINUS: return static_cast<uint32_t>(a) - static_cast<uint32_t>(b);
      case Operator::TIMES: return static_cast<uint32_t>(a) * static_cast<uint32_t>(b);
      case Operator::OVER: return overflows(a, b) ? std::numeric_limits<int32_t>::max() : a / b;
      case Operator::MODULO: return overflows(a, b) ? std::numeric_limits<int32_t>::max() : a % b;
    }
    abort();
  }

  static bool overflows(int32_t a, int32_t b) {
    return b == 0 || (a == std::numeric_limits<int32_t>::min() && b == -1);
  }
};

constexpr size_t kScratchWords = 128 * 1024;

// Memory for one message: the next one's again, or taken from the heap each time.
struct Scratch {
  explicit Scratch(bool reuse) : words(reuse ? kScratchWords : 0) {}
  kj::ArrayPtr<capnp::word> ptr() { return kj::arrayPtr(words.data(), words.size()); }
  std::vector<capnp::word> words;
};

struct Builder {
  explicit Builder(Scratch& scratch) {
    if (scratch.words.empty()) {
      kj::ctor(own);
    } else {
      kj::ctor(own, scratch.ptr());
    }
  }
  ~Builder() { kj::dtor(own); }
  union {
    capnp::MallocMessageBuilder own;
  };
};

struct Way {
  explicit Way(bool reuse) : built(reuse), unpacked(reuse), frame(8 * kScratchWords) {}
  Scratch built;
  Scratch unpacked;
  std::vector<unsigned char> frame;
};

enum class Mode { OBJECT, BYTES, PACKED };

template <typename Workload, Mode mode>
class Exchange {
public:
  explicit Exchange(bool reuse) : requestWay(reuse), responseWay(reuse) {}

  int64_t once() {
    using Request = typename Workload::Request;
    using Response = typename Workload::Response;
    Builder request(requestWay.built);
    auto root = request.own.template initRoot<Request>();
    int64_t expected = workload.request(root, random);
    Builder response(responseWay.built);
    auto answer = response.own.template initRoot<Response>();
    int64_t result;
    if constexpr (mode == Mode::OBJECT) {
      workload.respond(root.asReader(), answer);
      result = workload.result(answer.asReader());
    } else if constexpr (mode == Mode::BYTES) {
      capnp::FlatArrayMessageReader in(frame(request.own, requestWay));
      workload.respond(in.template getRoot<Request>(), answer);
      capnp::FlatArrayMessageReader out(frame(response.own, responseWay));
      result = workload.result(out.template getRoot<Response>());
    } else {
      kj::ArrayInputStream inBytes(pack(request.own, requestWay));
      capnp::PackedMessageReader in(inBytes, capnp::ReaderOptions(), requestWay.unpacked.ptr());
      workload.respond(in.template getRoot<Request>(), answer);
      kj::ArrayInputStream outBytes(pack(response.own, responseWay));
      capnp::PackedMessageReader out(outBytes, capnp::ReaderOptions(), responseWay.unpacked.ptr());
      result = workload.result(out.template getRoot<Response>());
    }
    if (result != expected) {
      fprintf(stderr, "the response is %lld where %lld is right\n", (long long)result, (long long)expected);
      exit(1);
    }
    return result;
  }

  uint64_t bytes = 0;

private:
  kj::ArrayPtr<const capnp::word> frame(capnp::MessageBuilder& message, Way& way) {
    kj::ArrayOutputStream out(kj::arrayPtr(way.frame.data(), way.frame.size()));
    capnp::writeMessage(out, message);
    size_t size = out.getArray().size();
    bytes += size;
    return kj::arrayPtr(reinterpret_cast<const capnp::word*>(way.frame.data()), size / sizeof(capnp::word));
  }

  kj::ArrayPtr<const unsigned char> pack(capnp::MessageBuilder& message, Way& way) {
    kj::ArrayOutputStream out(kj::arrayPtr(way.frame.data(), way.frame.size()));
    capnp::writePackedMessage(out, message);
    bytes += out.getArray().size();
    return kj::arrayPtr(way.frame.data(), out.getArray().size());
  }

  Workload workload;
  Xorshift random;
  Way requestWay;
  Way responseWay;
};

double seconds(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

template <typename Workload, Mode mode>
int run(const char* action, bool reuse, int argc, char** argv, const std::string& name) {
  Exchange<Workload, mode> exchange(reuse);
  if (strcmp(action, "checksums") == 0) {
    uint64_t sum = 0;
    for (int i = atoi(argv[2]); i > 0; i--) sum = 31 * sum + exchange.once();
    printf("%s %llx\n", name.c_str(), (unsigned long long)sum);
    return 0;
  }
  double warm = atof(argv[5]) / 1000, length = atof(argv[6]) / 1000;
  auto batch = [&](double window) {
    uint64_t count = 0;
    double start = seconds(CLOCK_MONOTONIC), end = start;
    while (end - start < window) {
      for (int i = 0; i < 16; i++) exchange.once();
      count += 16;
      end = seconds(CLOCK_MONOTONIC);
    }
    return std::make_pair(count, end - start);
  };
  batch(warm);
  exchange.bytes = 0;
  double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
  auto [count, elapsed] = batch(length);
  cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  printf("{\"ns\": %.1f, \"cpu_ns\": %.1f, \"iterations\": %llu, \"bytes\": %.1f}\n", 1e9 * elapsed / count,
         1e9 * cpu / count, (unsigned long long)count, (double)exchange.bytes / count);
  return 0;
}

template <typename Workload>
int run(const char* action, const std::string& workload, const std::string& mode, bool reuse, int argc, char** argv) {
  std::string name = workload + " " + mode + (reuse ? " reuse" : " fresh");
  if (mode == "object") return run<Workload, Mode::OBJECT>(action, reuse, argc, argv, name);
  if (mode == "bytes") return run<Workload, Mode::BYTES>(action, reuse, argc, argv, name);
  if (mode == "packed") return run<Workload, Mode::PACKED>(action, reuse, argc, argv, name);
  return 2;
}

int run(const char* action, const std::string& workload, const std::string& mode, bool reuse, int argc, char** argv) {
  if (workload == "carsales") return run<CarSales>(action, workload, mode, reuse, argc, argv);
  if (workload == "catrank") return run<CatRank>(action, workload, mode, reuse, argc, argv);
  if (workload == "eval") return run<Evaluation>(action, workload, mode, reuse, argc, argv);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  int rc = 2;
  if (argc == 3 && strcmp(argv[1], "checksums") == 0) {
    rc = 0;
    for (const char* workload : {"carsales", "catrank", "eval"}) {
      for (const char* mode : {"object", "bytes", "packed"}) {
        for (bool reuse : {false, true}) rc |= run(argv[1], workload, mode, reuse, argc, argv);
      }
    }
  } else if (argc == 7 && strcmp(argv[1], "run") == 0) {
    rc = run(argv[1], argv[2], argv[3], strcmp(argv[4], "reuse") == 0, argc, argv);
  }
  if (rc == 2) fprintf(stderr, "usage: serialization checksums ITERATIONS | run WORKLOAD MODE REUSE WARM_MS MS\n");
  return rc;
}
