"""Servers of the bench contract, gateways and relays as processes that are started, asked for their port and ended; for gateway.py, grpc.py and bench/load."""
import os, re, signal, subprocess, sys, tempfile, time
START_SECONDS = 60
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCHEMA = ["--schema", "bench/src/main/capnp/bench.capnp", "-I", "capnp/src/main/capnp", "--interface", "Bench"]

def prepare(with_cpp):
    """Builds what C++ and C need; ends with 77 if that cannot be had."""
    if with_cpp:
        built = subprocess.run(["bench/peers/build.sh"], cwd=ROOT, stdout=sys.stderr)
        if built.returncode:
            sys.exit(built.returncode)
    if not os.path.exists(os.path.join(ROOT, "bench/target/bench.jar")):
        sys.exit("bench/target/bench.jar is missing: build it with ./capstan demo --seconds 1 or ./verify --quick")

def boost():
    """Keeps other programs of the machine from taking the cores, as root: this becomes a session of its own with a priority of its own."""
    if os.geteuid() == 0 and os.access("/proc/self/autogroup", os.W_OK):
        try:
            os.setsid()
        except PermissionError:
            pass  # It leads one already.
        try:
            with open("/proc/self/autogroup", "w") as f:
                f.write("-20")
        except OSError:
            pass  # A container may forbid it.

class Server:
    """A process that prints where it listens; ended by close()."""
    def __init__(self, name, command):
        self.name = name
        # Files, not pipes: nobody reads what it says later, and it may say more than a pipe takes.
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=err)
            line = self.first_line(out)
            port = re.search(r"(?:READY |127\.0\.0\.1:)(\d+)", line)
            if not port:
                self.close()
                err.seek(0)
                raise RuntimeError(f"{name} did not start within {START_SECONDS} s: {line}{err.read().decode(errors='replace')[-2000:]}")
        self.port = int(port.group(1))

    def first_line(self, out):
        """What it says first; less than a line if it ends, or says no more in time."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            ended = self.process.poll() is not None
            line, newline, _ = os.pread(out.fileno(), 4096, 0).decode(errors="replace").partition("\n")
            if newline or ended or time.monotonic() > deadline:
                return line
            time.sleep(0.02)

    def pin(self, cores):
        """Holds it on these cores, all of its threads."""
        for thread in os.listdir(f"/proc/{self.process.pid}/task"):
            try:
                os.sched_setaffinity(int(thread), cores)
            except ProcessLookupError:
                pass  # It has ended.

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

def cpp():
    return Server("server", ["bench/target/peers/bench-server", "--port", "0"])

def java():
    return Server("server", ["bench/java", "dev.capstan.bench.web.PortServer"])

def relay(to):
    return Server("relay", ["bench/target/peers/relay", str(to.port)])

def gateway(listen, scheme, to, options=()):
    schema = [] if listen == scheme else SCHEMA
    return Server("gateway", ["bench/java", "dev.capstan.gateway.Main", "gateway", "--listen", f"{listen}://127.0.0.1:0{'/' if listen == 'ws' else ''}",
                              "--to", f"{scheme}://127.0.0.1:{to.port}{'/' if scheme == 'ws' else ''}", *schema, *options])

def client(wire, sessions, operations, servers, arguments, cores=None):
    """JSON lines of a client that talks to the last of the servers."""
    command = ["bench/java", "dev.capstan.bench.SessionsClient", wire, str(sessions), str(operations), ",".join(f"{s.name}={s.process.pid}" for s in servers),
               "--addr", f"127.0.0.1:{servers[-1].port}", *arguments]
    if cores:
        command = ["taskset", "-c", ",".join(map(str, sorted(cores)))] + command
    ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300)
    if ran.returncode:
        raise RuntimeError(f"the client failed: {ran.stderr[-2000:]}")
    return ran.stdout.splitlines()
