/* The limit that live boards are measured against: the same bytes to many plain TCP sockets, and a client that counts.

   broadcast serve PORT SOCKETS GROUPS BYTES
       takes SOCKETS connections. For each number ROUNDS that it reads: that often, and for each group in turn, it
       sends a message of BYTES to each socket of the group; prints when it began and its CPU seconds.
   broadcast count PORT SOCKETS [FILE]
       opens SOCKETS connections, all at once, and prints "ready". FILE holds what to send on each of them, and then what
       to send on each of them after the answer to its handshake, each with its length before it. Then, for each number TOTAL that it reads,
       it reads until so many bytes have come on all of them together (with 0: some on each of them), and prints when
       the last came and its CPU seconds.
   broadcast echo PORT FILE
       answers each byte once 512 bytes are on the disk: what a command that is kept and answered costs at least. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static double cpu(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static struct sockaddr_in place(int port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

static void send_all(int line, const char *bytes, int size) {
    while (size > 0) {
        ssize_t n = send(line, bytes, size, MSG_NOSIGNAL);
        if (n < 0) die("send");
        bytes += n;
        size -= n;
    }
}

static int next_number(long *number) { return scanf("%ld", number) == 1; }

static void serve(int port, int sockets, int groups, int size) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1, *lines = malloc(sockets * sizeof(int));
    struct sockaddr_in a = place(port);
    char *message = malloc(size);
    long rounds;
    memset(message, 'x', size);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (void *)&a, sizeof a) || listen(listener, 4096)) die("listen");
    puts("listening");
    fflush(stdout);
    for (int i = 0; i < sockets; i++) {
        if ((lines[i] = accept(listener, 0, 0)) < 0) die("accept");
        setsockopt(lines[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    while (next_number(&rounds)) {
        double began = now(), spent = cpu();
        for (long round = 0; round < rounds; round++)
            for (int group = 0; group < groups; group++)
                for (int i = group; i < sockets; i += groups) send_all(lines[i], message, size);
        printf("%f %f\n", began, cpu() - spent);
        fflush(stdout);
    }
}

static char *block(FILE *file, uint32_t *size) {
    char *bytes;
    if (fread(size, 4, 1, file) != 1 || !(bytes = malloc(*size)) || fread(bytes, *size, 1, file) != 1) die("file");
    return bytes;
}

static void shake_hands(int line) {
    char answer[4096] = "";
    uint32_t have = 0;
    while (!strstr(answer, "\r\n\r\n")) {
        ssize_t n = recv(line, answer + have, 1, 0);
        if (n <= 0 || ++have == sizeof answer - 1) die("handshake");
    }
    if (!strstr(answer, " 101 ")) die("refused");
}

static int open_line(int port) {
    struct sockaddr_in a = place(port);
    int line = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (line < 0 || connect(line, (void *)&a, sizeof a)) die("connect");
    setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return line;
}

static void send_block(int line, FILE *file) {
    uint32_t size;
    char *bytes = block(file, &size);
    send_all(line, bytes, size);
    free(bytes);
}

/* All handshakes are on their way before the first answer is read, and so are they with a storm of returns. */
static void open_lines(int port, int sockets, int *lines, FILE *file) {
    for (int i = 0; i < sockets; i++) {
        lines[i] = open_line(port);
        if (file) send_block(lines[i], file);
    }
    for (int i = 0; file && i < sockets; i++) {
        shake_hands(lines[i]);
        send_block(lines[i], file);
    }
    for (int i = 0; i < sockets; i++) fcntl(lines[i], F_SETFL, O_NONBLOCK);
}

enum wish { A_LINE_OF_INPUT, SOME_BYTES, SOME_ON_EACH };

/* Read what there is, until what is wished for has come. */
static void take(int poll, enum wish wish, long total) {
    static char buffer[1 << 16], heard[1 << 16];
    struct epoll_event events[256];
    memset(heard, 0, sizeof heard);
    for (long seen = 0; wish == A_LINE_OF_INPUT || seen < total;) {
        int ready = epoll_wait(poll, events, 256, 60000);
        if (ready <= 0 && wish != A_LINE_OF_INPUT) die("nothing came");
        for (int i = 0; i < ready; i++) {
            int line = events[i].data.fd;
            if (line == 0) return;
            ssize_t n = recv(line, buffer, sizeof buffer, 0);
            if (n == 0) die("a line ended");
            if (n > 0) seen += wish == SOME_ON_EACH ? !heard[line] : n;
            if (n > 0) heard[line] = 1;
        }
    }
}

static void watch(int poll, int line) {
    struct epoll_event wish = {.events = EPOLLIN, .data.fd = line};
    epoll_ctl(poll, EPOLL_CTL_ADD, line, &wish);
}

static void count(int port, int sockets, const char *path) {
    int poll = epoll_create1(0), *lines = malloc(sockets * sizeof(int));
    long total;
    open_lines(port, sockets, lines, path ? fopen(path, "rb") : 0);
    for (int i = 0; i < sockets; i++) watch(poll, lines[i]);
    puts("ready");
    fflush(stdout);
    for (;;) {
        watch(poll, 0);
        take(poll, A_LINE_OF_INPUT, 0);
        epoll_ctl(poll, EPOLL_CTL_DEL, 0, 0);
        if (!next_number(&total)) return;
        double spent = cpu();
        take(poll, total ? SOME_BYTES : SOME_ON_EACH, total ? total : sockets);
        printf("%f %f\n", now(), cpu() - spent);
        fflush(stdout);
    }
}

static void echo(int port, const char *path) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), line, one = 1, file = open(path, O_RDWR | O_CREAT | O_APPEND, 0600);
    struct sockaddr_in a = place(port);
    char kept[512] = "", byte;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (file < 0 || bind(listener, (void *)&a, sizeof a) || listen(listener, 1)) die("listen");
    puts("listening");
    fflush(stdout);
    if ((line = accept(listener, 0, 0)) < 0) die("accept");
    setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    while (recv(line, &byte, 1, 0) == 1) {
        if (write(file, kept, sizeof kept) != sizeof kept || fdatasync(file)) die("write");
        send_all(line, &byte, 1);
    }
}

int main(int argc, char **argv) {
    struct rlimit most;
    setvbuf(stdin, 0, _IONBF, 0);
    getrlimit(RLIMIT_NOFILE, &most);
    most.rlim_cur = most.rlim_max;
    setrlimit(RLIMIT_NOFILE, &most);
    if (argc == 6 && !strcmp(argv[1], "serve")) serve(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
    else if (argc == 4 && !strcmp(argv[1], "echo")) echo(atoi(argv[2]), argv[3]);
    else if (argc >= 4) count(atoi(argv[2]), atoi(argv[3]), argv[4]);
    else return 2;
    return 0;
}
