#!/usr/bin/env python3
"""Compares gRPC servers under one client, and clients before one server, and prints tables in Markdown. Takes about twenty minutes.

  bench/peers/grpc.py [--runs 3] [--ms 1000] [--java-warm-ms 6000] [--cases unary1,unary100,unary_64k_x8,stream_small,stream_small_x4] [--out FILE] [--table]

Each run starts a server and a client of each pair afresh, and pairs take turns within a run. The first five pairs are servers under grpc-java's client: grpc-java's own with its executor and
without, and ours with asynchronous handlers, blocking ones and grpc-java's stubs. The sixth is our client before grpc-java's server without an executor. Then the same servers under a client that
does as little as can be (LightHttp2), for small messages: what a server can do shows only where its client is not what is waited for. The same options as web.py.
"""
import argparse, collections, json, os, statistics, subprocess, sys, tempfile
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
DEFAULT, DIRECT, ASYNC, BLOCKING, STUB = (f"grpc-java:grpc-{s}" for s in ("java", "java-direct", "own-async", "own-blocking", "own-stub"))
CLIENT = "grpc-own-async:grpc-java-direct"
PAIRS = [DEFAULT, DIRECT, ASYNC, BLOCKING, STUB, CLIENT]
LIGHT = {pair: pair.replace("grpc-java:", "grpc-light:", 1) for pair in PAIRS if pair != CLIENT}
CASES = {"unary1": "unary, one by one", "unary100": "unary, 100 outstanding", "unary_64k_x8": "unary of 64 KiB, 8 outstanding",
         "stream_small": "a stream of small messages", "stream_small_x4": "4 streams of small messages"}
# What is compared, with what, and how many times its rate it should have.
RATIOS = [("async to direct", ASYNC, DIRECT), ("blocking to default", BLOCKING, DEFAULT), ("stubs to direct", STUB, DIRECT), ("our client to grpc-java's", CLIENT, DIRECT)]
LIGHT_RATIOS = [(name, LIGHT[a], LIGHT[b]) for name, a, b in RATIOS if a in LIGHT]
# A light client sends requests of one frame only.
LIGHT_CASES = [c for c in CASES if "64k" not in c]

def may_boost():
    return os.geteuid() == 0 and os.access("/proc/self/autogroup", os.W_OK)

def samples(lines):
    cells = collections.defaultdict(list)
    for line in lines:
        if "per_s" in line:
            cells[line["case"], line["label"]].append(line)
        else:
            print(f"FAILED: {json.dumps(line)}", file=sys.stderr)
    return cells

def table(cells, pairs, ratios):
    med = lambda case, pair, key: statistics.median(x[key] for x in cells[case, pair])
    cases = [c for c in CASES if all(cells[c, pair] for pair in pairs)]
    if not cases:
        return
    print("| case | client:server | rate (min..max) /s | p50 us | p99 us | CPU client us | CPU server us | other load |\n|---|---|---:|---:|---:|---:|---:|---:|")
    for case in cases:
        for pair in pairs:
            rates = [x["per_s"] for x in cells[case, pair]]
            other = statistics.median(x["other_cpu_s"] / x["sec"] for x in cells[case, pair])
            print(f"| {CASES[case]} | {pair.replace('grpc-', '')} | {med(case, pair, 'per_s'):,.0f} ({min(rates):,.0f}..{max(rates):,.0f}) | {med(case, pair, 'p50_us'):,.0f} "
                  f"| {med(case, pair, 'p99_us'):,.0f} | {med(case, pair, 'client_us_op'):.1f} | {med(case, pair, 'server_us_op'):.1f} | {other:.2f} |")
    print(f"\nMedians of {len(cells[cases[0], pairs[0]])} runs.\n\n| case | " + " | ".join(f"{name}: rate, p50, CPU of both" for name, _, _ in ratios) + " |\n|---|" + "---:|" * len(ratios))
    for case in cases:
        cpu = lambda pair: med(case, pair, "client_us_op") + med(case, pair, "server_us_op")
        print(f"| {CASES[case]} | " + " | ".join(f"{med(case, a, 'per_s') / med(case, b, 'per_s'):.2f} x, {med(case, a, 'p50_us') / med(case, b, 'p50_us'):.2f} x, {cpu(a) / cpu(b):.2f} x"
                                               for _, a, b in ratios) + " |")
    print()

def main():
    p = argparse.ArgumentParser()
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--ms", type=int, default=1000)
    p.add_argument("--java-warm-ms", type=int, default=6000)
    p.add_argument("--cases", default=",".join(CASES))
    p.add_argument("--out")
    p.add_argument("--table", action="store_true")
    a = p.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.abspath(a.out) if a.out else os.path.join(folder, "samples")
        if not a.table:
            cases = a.cases.split(",")
            for pairs, wanted in ((PAIRS, cases), (LIGHT.values(), [c for c in cases if c in LIGHT_CASES])):
                command = [sys.executable, os.path.join(HERE, "run.py"), "--stacks", "bench/stacks.json", "--pairs", ",".join(pairs), "--transports", "tcp", "--runs", str(a.runs),
                           "--ms", str(a.ms), "--java-warm-ms", str(a.java_warm_ms), "--cases", ",".join(wanted), "--out", out]
                if wanted:
                    # In a session of its own, since the boost is one of sessions.
                    subprocess.run(command + (["--boost"] if may_boost() else []), cwd=ROOT, check=True, start_new_session=True)
        cells = samples(json.loads(line) for line in open(out) if line.strip())
        table(cells, PAIRS, RATIOS)
        table(cells, list(LIGHT.values()), LIGHT_RATIOS)

main()
