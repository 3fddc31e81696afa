#!/usr/bin/env python3
"""Compares Cap'n Web of Java with that of npm capnweb on Node, both ways, and prints tables in Markdown. Takes about ten minutes.

  bench/peers/web.py [--runs 3] [--ms 1000] [--java-warm-ms 8000] [--cases seq,out100,chain10,batch100,upload_64k,download_64k] [--out FILE] [--table]

Each run starts a server and a client of each pair afresh (so each run is a fork of both JVMs), pairs take turns within a run, and Node-Node is one of them: look at
the ratios. CPU is user and system time of the whole process in the window, out of /proc, JIT and collector included. run.py does the measuring; with --boost (the default as root) it
keeps other programs of the machine from taking the cores. --out keeps all samples as JSON lines; with --table they are only printed again. Exit code 77 says that Node or npm
cannot be had, and standard error why.
"""
import argparse, collections, json, os, shutil, statistics, subprocess, sys, tempfile
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
NODE, JAVA, NODE_JAVA, JAVA_NODE = "node-capnweb:node-capnweb", "java-capnweb:java-capnweb", "node-capnweb:java-capnweb", "java-capnweb:node-capnweb"
SLEEPING = "java-capnweb-sleeping:java-capnweb-sleeping"  # loops that do not look for input before they sleep (Limits.spin)
PAIRS = [NODE, JAVA, SLEEPING, NODE_JAVA, JAVA_NODE]
CASES = {  # name: (title, what is counted, latency is of)
    "seq": ("sequential call", "calls/s", "a call"),
    "out100": ("100 outstanding", "calls/s", "a call"),
    "chain10": ("chain of 10, promises as arguments", "chains/s", "a chain"),
    "batch100": ("HTTP batch of 100", "calls/s", "a batch"),
    "upload_64k": ("bytes to the server, 64 KiB chunks", "MB/s", "16 MiB"),
    "download_64k": ("bytes to the client, 64 KiB chunks", "MB/s", "16 MiB"),
}

def prepare():
    install = subprocess.run(["capnweb/peers/node/install.sh"], cwd=ROOT, stdout=sys.stderr)
    if install.returncode:
        sys.exit(install.returncode)
    shutil.copytree(os.path.join(HERE, "web"), os.path.join(ROOT, "capnweb/target/node/bench"), dirs_exist_ok=True)
    if not os.path.exists(os.path.join(ROOT, "bench/target/bench.jar")):
        sys.exit("bench/target/bench.jar is missing: build it with ./capstan demo --seconds 1 or ./verify --quick")

def may_boost():
    return os.geteuid() == 0 and os.access("/proc/self/autogroup", os.W_OK)

def measure(a, out):
    command = [sys.executable, os.path.join(HERE, "run.py"), "--stacks", "bench/stacks.json", "--pairs", ",".join(PAIRS), "--transports", "tcp", "--runs", str(a.runs),
               "--ms", str(a.ms), "--warm-ms", "1000", "--java-warm-ms", str(a.java_warm_ms), "--cases", a.cases, "--out", out]
    # In a session of its own, since the boost is one of sessions.
    subprocess.run(command + (["--boost"] if may_boost() else []), cwd=ROOT, check=True, start_new_session=True)

def amount(n):
    return f"{n:,.0f}" if n >= 100 else f"{n:.1f}"

def table(lines):
    cells = collections.defaultdict(list)
    for line in lines:
        if "per_s" in line:
            cells[line["case"], line["label"]].append(line)
        else:
            print(f"FAILED: {json.dumps(line)}", file=sys.stderr)
    med = lambda case, pair, key: statistics.median(x[key] for x in cells[case, pair])
    rate = lambda case: "mb_s" if case.endswith("64k") else "per_s"
    cpu = lambda case, pair: med(case, pair, "client_us_op") + med(case, pair, "server_us_op")
    cases = [c for c in CASES if all(cells[c, pair] for pair in PAIRS)]
    print("| case | client:server | rate (min..max) | p50 us | p99 us | CPU client us | CPU server us | other load |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    for case in cases:
        title, unit, of = CASES[case]
        for pair in PAIRS:
            all_rates = [x[rate(case)] for x in cells[case, pair]]
            other = statistics.median(x["other_cpu_s"] / x["sec"] for x in cells[case, pair])
            print(f"| {title} | {pair.replace('-capnweb', '')} | {amount(med(case, pair, rate(case)))} ({amount(min(all_rates))}..{amount(max(all_rates))}) {unit} "
                  f"| {amount(med(case, pair, 'p50_us'))} | {amount(med(case, pair, 'p99_us'))} | {amount(med(case, pair, 'client_us_op'))} "
                  f"| {amount(med(case, pair, 'server_us_op'))} | {other:.2f} |")
    print(f"\nMedians of {len(cells[cases[0], NODE])} runs. Latency is that of " + ", ".join(dict.fromkeys(f"{CASES[c][2]} ({c})" for c in cases))
          + "; CPU is for each call, chain or chunk; other load is cores that the rest of the machine used.\n")
    print("| case | java:java to node:node, rate | p50 | CPU of both sides | the same, sleeping at once: rate | p50 | CPU | java server to node server under the node client, rate | p50 | CPU of the server |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for case in cases:
        ratio = lambda key, pair, base=NODE: med(case, pair, key) / med(case, base, key)
        print(f"| {CASES[case][0]} | {ratio(rate(case), JAVA):.1f} x | {ratio('p50_us', JAVA):.2f} x | {cpu(case, JAVA) / cpu(case, NODE):.2f} x "
              f"| {ratio(rate(case), SLEEPING):.1f} x | {ratio('p50_us', SLEEPING):.2f} x | {cpu(case, SLEEPING) / cpu(case, NODE):.2f} x "
              f"| {ratio(rate(case), NODE_JAVA):.2f} x | {ratio('p50_us', NODE_JAVA):.2f} x | {ratio('server_us_op', NODE_JAVA):.2f} x |")

def main():
    p = argparse.ArgumentParser()
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--ms", type=int, default=1000)
    p.add_argument("--java-warm-ms", type=int, default=8000)
    p.add_argument("--cases", default=",".join(CASES))
    p.add_argument("--out")
    p.add_argument("--table", action="store_true", help="only print the tables of --out")
    a = p.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = a.out or os.path.join(folder, "samples.jsonl")
        if not a.table:
            if os.path.exists(out):
                sys.exit(f"{out} exists: give another name, or --table to print what is in it")
            prepare()
            measure(a, out)
        table([json.loads(line) for line in open(out) if line.startswith("{")])
main()
