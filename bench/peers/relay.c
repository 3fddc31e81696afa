// What a process in between costs at least: a relay of bytes over loopback TCP that does nothing but read and write.
// Usage: relay PORT   Prints "READY port", passes each connection on to PORT of 127.0.0.1, and ends on SIGTERM. One thread, blocking writes: for clients that wait for answers.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 65536
static int other[MOST];  // of each descriptor, where what it says goes

static void require(int holds, const char *what) { if (!holds) { perror(what); exit(1); } }
static struct sockaddr_in at(int port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return a;
}
static void watch(int poll, int fd) {
  int one = 1;
  struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  require(fd < MOST && !epoll_ctl(poll, EPOLL_CTL_ADD, fd, &e), "epoll_ctl");
}
static void join(int poll, int client, int port) {
  struct sockaddr_in a = at(port);
  int server = socket(AF_INET, SOCK_STREAM, 0);
  require(!connect(server, (struct sockaddr *)&a, sizeof a), "connect");
  watch(poll, client); watch(poll, server);
  other[client] = server; other[server] = client;
}
static void pass(int from) {
  static char buffer[1 << 18];
  ssize_t got = read(from, buffer, sizeof buffer), sent = 0;
  while (sent < got) {
    ssize_t n = write(other[from], buffer + sent, got - sent);
    if (n <= 0) { got = 0; break; }
    sent += n;
  }
  if (got <= 0) { close(other[from]); close(from); }
}
int main(int argc, char **argv) {
  int poll = epoll_create1(0), listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in a = at(0);
  socklen_t length = sizeof a;
  if (argc != 2) { fprintf(stderr, "relay PORT\n"); return 1; }
  require(!bind(listener, (struct sockaddr *)&a, length) && !listen(listener, 1024) && !getsockname(listener, (struct sockaddr *)&a, &length), "listen");
  watch(poll, listener);
  printf("READY %d\n", ntohs(a.sin_port)); fflush(stdout);
  for (;;) {
    struct epoll_event all[64];
    int count = epoll_wait(poll, all, 64, -1);
    for (int i = 0; i < count; i++) {
      if (all[i].data.fd == listener) join(poll, accept(listener, 0, 0), atoi(argv[1]));
      else pass(all[i].data.fd);
    }
  }
}
