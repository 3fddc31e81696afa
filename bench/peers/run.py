#!/usr/bin/env python3
"""Runs capnp RPC benchmark pairs side by side and prints/collects JSON lines.

  bench/peers/run.py --stacks bench/stacks.json --pairs cpp:cpp,java:java,java:cpp,cpp:java --runs 5 --ms 1000 --warm-ms 300 --out FILE
         [--transports tcp,unix] [--cases a,b,c] [--pin none|split|same] [--boost]

stacks.json adds implementations: {"java": {"server": ["bench/...", ...], "client": [...]}}; commands are run from the repository's root.
A server takes --port N (0 = any) or --unix PATH, prints "READY <port|path>" and ends on SIGTERM. A client takes
--addr --server-pid --ms --warm-ms --label --cases and prints one JSON line a case, as cpp/client.c++ does.
Names that contain "java" get the longer warm-up. bench/src/main/capnp/bench.capnp is the wire contract.
The C++ server and client are built first (build.sh) when a pair names them.

A pair is CLIENT:SERVER. Pairs are interleaved inside each run, so that noise on the machine hits all of them alike.
--boost puts this process group into an autogroup of nice -20 (needs root).
Each line carries other_cpu_s: CPU that the rest of the machine burnt in the window; use it to drop polluted samples.
"""
import argparse, json, os, signal, subprocess, sys, tempfile, time
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BIN = "bench/target/peers"
STACKS = {"cpp": {"server": [f"{BIN}/bench-server"], "client": [f"{BIN}/bench-client"]}}  # Debian's C++; --stacks adds more

ALL = "add1,add100,chain10_pipelined,chain10_pipelined_x16,chain10_awaited,echo_1k,echo_64k,echo_1m,echo_64k_x8,churn1,churn100,callback,stream_64k,leak"

def pinned(cmd, cpu):
    return cmd if cpu is None else ["taskset", "-c", str(cpu)] + cmd

def one(pair, transport, a, run, out):
    cl, sv = pair.split(":")
    sock = os.path.join(tempfile.gettempdir(), f"bench-{os.getpid()}.sock")
    scpu, ccpu = {"none": (None, None), "split": (0, 1), "same": (0, 0)}[a.pin]
    sargs = ["--unix", sock] if transport == "unix" else ["--port", "0"]
    srv = subprocess.Popen(pinned(STACKS[sv]["server"], scpu) + sargs, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
    try:
        line = srv.stdout.readline().split()
        assert line and line[0] == "READY", line
        addr = f"unix:{sock}" if transport == "unix" else f"127.0.0.1:{line[1]}"
        warm = a.warm_ms if "java" not in pair else max(a.warm_ms, a.java_warm_ms)
        cmd = pinned(STACKS[cl]["client"], ccpu) + ["--addr", addr, "--server-pid", str(srv.pid), "--ms", str(a.ms), "--warm-ms", str(warm),
                                   "--label", pair, "--cases", a.cases]
        n = len(a.cases.split(","))
        p = subprocess.run(cmd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, timeout=30 + 4 * n * (a.ms + warm) / 1000)
        for l in p.stdout.splitlines():
            d = json.loads(l); d["run"] = run; d["pin"] = a.pin
            d["transport"] = transport
            out.write(json.dumps(d) + "\n")
        if p.returncode:
            out.write(json.dumps({"label": pair, "transport": transport, "run": run, "case": "exit", "rc": p.returncode, "err": p.stderr[-400:]}) + "\n")
        out.flush()
    except Exception as e:
        out.write(json.dumps({"label": pair, "transport": transport, "run": run, "case": "exit", "err": str(e)[-400:]}) + "\n"); out.flush()
    finally:
        srv.send_signal(signal.SIGTERM)
        try: srv.wait(5)
        except subprocess.TimeoutExpired: srv.kill()
        if os.path.exists(sock): os.unlink(sock)

def main():
    p = argparse.ArgumentParser()
    p.add_argument("--pairs", default="cpp:cpp")
    p.add_argument("--stacks")
    p.add_argument("--transports", default="tcp,unix")
    p.add_argument("--runs", type=int, default=5)
    p.add_argument("--ms", type=int, default=1000)
    p.add_argument("--warm-ms", type=int, default=300)
    p.add_argument("--java-warm-ms", type=int, default=1500)
    p.add_argument("--cases", default=ALL)
    p.add_argument("--pin", default="none")
    p.add_argument("--boost", action="store_true")
    p.add_argument("--out", default="/dev/stdout")
    a = p.parse_args()
    if a.stacks:
        STACKS.update(json.load(open(a.stacks)))
    if "cpp" in a.pairs.replace(",", ":").split(":"):
        subprocess.run([f"{HERE}/build.sh"], check=True, stdout=sys.stderr)
    if a.boost:
        try:
            os.setsid()
        except PermissionError:
            pass
        with open("/proc/self/autogroup", "w") as f: f.write("-20")
    with open(a.out, "a") as out:
        for r in range(a.runs):
            for t in a.transports.split(","):
                for pair in a.pairs.split(","):
                    t0 = time.time(); one(pair, t, a, r, out)
                    print(f"run {r} {t} {pair} {time.time()-t0:.1f}s", file=sys.stderr, flush=True)
main()
