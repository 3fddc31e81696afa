#!/usr/bin/env python3
"""Compares gRPC servers under one client, and clients before one server, and prints tables in Markdown. Takes about half an hour.

  bench/peers/grpc.py [--runs 3] [--turns 12] [--ms 250] [--warm-ms 6000] [--cases unary1,unary100,unary_64k_x8,stream_small,stream_small_x4] [--set 1..3] [--out FILE] [--table]

Each run starts all servers afresh and one client for them, which calls them in turns of --ms, so that what happens on the machine happens to all: ratios are those of one turn, and their medians
are reported. First grpc-java's client before grpc-java's server with its executor and without, and before ours with asynchronous handlers, blocking ones and grpc-java's stubs. Then the same servers
under a client that does as little as can be (LightHttp2), for small messages: what a server can do shows only where its client is not what is waited for. At last our client and grpc-java's before
grpc-java's server without an executor, that one with its retries and without, in a process where neither has more turns, since what the compiler learns of the code
that both use depends on who uses it more. --out keeps all samples as JSON lines; with --table they are only printed again. As root, other programs of the machine are kept from taking the cores.
"""
import argparse, collections, json, os, statistics, subprocess, sys, tempfile
import started
DEFAULT, DIRECT, ASYNC, BLOCKING, STUB = SERVERS = ("java", "java-direct", "own-async", "own-blocking", "own-stub")
CASES = {"unary1": "unary, one by one", "unary100": "unary, 100 outstanding", "unary_64k_x8": "unary of 64 KiB, 8 outstanding",
         "stream_small": "a stream of small messages", "stream_small_x4": "4 streams of small messages"}
# Who calls whom, and what of it is compared with what. A light client sends requests of one frame only.
RATIOS = [("async to direct", ASYNC, DIRECT), ("blocking to default", BLOCKING, DEFAULT), ("stubs to direct", STUB, DIRECT)]
SETS = [([("java", s) for s in SERVERS], list(CASES),
         [(name, f"java:{a}", f"java:{b}") for name, a, b in RATIOS]),
        ([("light", s) for s in SERVERS], [c for c in CASES if "64k" not in c], [(name, f"light:{a}", f"light:{b}") for name, a, b in RATIOS]),
        ([(c, DIRECT) for c in ("own", "java", "java-once")], list(CASES),
         [("our client to grpc-java's", f"own:{DIRECT}", f"java:{DIRECT}"), ("our client to grpc-java's without retries", f"own:{DIRECT}", f"java-once:{DIRECT}")])]

def run(number, which, pairs, cases, a, out):
    servers = {}
    try:
        for kind in dict.fromkeys(server for _, server in pairs):
            servers[kind] = started.Server(kind, ["bench/java", "dev.capstan.bench.grpc.GrpcBenchServer", kind, "--port", "0"])
        given = [f"{client},127.0.0.1:{servers[server].port},{servers[server].process.pid},{client}:{server}" for client, server in pairs]
        seconds = len(cases) * len(pairs) * (a.warm_ms + a.turns * a.ms) / 1000
        client = subprocess.run(["bench/java", "dev.capstan.bench.GrpcBenchClient", "--ms", str(a.ms), "--warm-ms", str(a.warm_ms), "--turns", str(a.turns), "--cases", ",".join(cases)] + given,
                                stdout=subprocess.PIPE, text=True, cwd=started.ROOT, timeout=60 + 4 * seconds, check=True)
        for line in client.stdout.splitlines():
            out.write(json.dumps(json.loads(line) | {"run": number, "set": which}) + "\n")
        out.flush()
    finally:
        for server in servers.values():
            server.close()

def table(samples, pairs, ratios):
    cells = collections.defaultdict(dict)
    for x in samples:
        cells[x["case"], x["label"]][x["run"], x["turn"]] = x
    labels = [f"{client}:{server}" for client, server in pairs]
    cases = [c for c in CASES if all(cells[c, label] for label in labels)]
    if not cases:
        return
    values = lambda case, label, key: [x[key] for x in cells[case, label].values()]
    median = lambda case, label, key: statistics.median(values(case, label, key))
    # Windows are too short for the clock of processor time: it is summed up.
    cpu = lambda case, label, who: sum(values(case, label, f"{who}_cpu_s")) * 1e6 / sum(values(case, label, "ops"))
    ratio = lambda case, one, other, key: statistics.median(x[key] / cells[case, other][turn][key] for turn, x in cells[case, one].items())
    print("| case | client:server | rate (quarters) /s | p50 us | p99 us | CPU client us | CPU server us | other load |\n|---|---|---:|---:|---:|---:|---:|---:|")
    for case in cases:
        for label in labels:
            low, middle, high = statistics.quantiles(values(case, label, "per_s"), n=4)
            other = sum(values(case, label, "other_cpu_s")) / sum(values(case, label, "sec"))
            print(f"| {CASES[case]} | {label} | {middle:,.0f} ({low:,.0f}..{high:,.0f}) | {median(case, label, 'p50_us'):,.0f} | {median(case, label, 'p99_us'):,.0f} "
                  f"| {cpu(case, label, 'client'):.1f} | {cpu(case, label, 'server'):.1f} | {other:.2f} |")
    turns = cells[cases[0], labels[0]]
    print(f"\nMedians of {len(turns)} turns in {len({run for run, _ in turns})} runs.\n\n| case | " + " | ".join(f"{name}: rate, p50, CPU of client, of server" for name, _, _ in ratios)
          + " |\n|---|" + "---:|" * len(ratios))
    for case in cases:
        print(f"| {CASES[case]} | " + " | ".join(
            f"{ratio(case, one, other, 'per_s'):.2f} x, {ratio(case, one, other, 'p50_us'):.2f} x, "
            + ", ".join(f"{cpu(case, one, who) / cpu(case, other, who):.2f} x" for who in ("client", "server")) for _, one, other in ratios) + " |")
    print()

def main():
    p = argparse.ArgumentParser()
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--turns", type=int, default=12)
    p.add_argument("--ms", type=int, default=250)
    p.add_argument("--warm-ms", type=int, default=6000)
    p.add_argument("--cases", default=",".join(CASES))
    p.add_argument("--set", type=int, choices=range(1, len(SETS) + 1), help="only the servers under grpc-java's client, those under the light one, or the clients")
    p.add_argument("--out")
    p.add_argument("--table", action="store_true", help="only print the tables of --out")
    a = p.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.abspath(a.out) if a.out else os.path.join(folder, "samples")
        if not a.table:
            started.boost()
            if a.out and os.path.exists(path):
                sys.exit(f"{path} exists: give another name, or --table to print what is in it")
            with open(path, "w") as out:
                for number in range(a.runs):
                    for which, (pairs, able, _) in enumerate(SETS):
                        cases = [c for c in a.cases.split(",") if c in able]
                        if cases and a.set in (None, which + 1):
                            run(number, which, pairs, cases, a, out)
                            print(f"run {number}: {which + 1} of {len(SETS)} is done", file=sys.stderr, flush=True)
        samples = [json.loads(line) for line in open(path) if line.strip()]
        for which, (pairs, _, ratios) in enumerate(SETS):
            of_set = [x for x in samples if x["set"] == which]
            if of_set:
                table(of_set, pairs, ratios)

main()
