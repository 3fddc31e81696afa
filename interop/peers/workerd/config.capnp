# The smallest worker that workerd serves. The tests speak to its debug port, not to the worker:
#   workerd serve config.capnp --debug-port=127.0.0.1:0 --control-fd=1
# prints {"event":"listen","socket":"debug-port","port":N} once it listens there.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [ (name = "main", worker = .worker) ],
  sockets = [ (name = "http", address = "127.0.0.1:0", http = (), service = "main") ],
);

const worker :Workerd.Worker = (
  serviceWorkerScript = "addEventListener('fetch', e => e.respondWith(new Response('hello from workerd')))",
  compatibilityDate = "2024-10-14",
);
