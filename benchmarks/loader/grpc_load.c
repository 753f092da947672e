/* A gRPC load generator that costs next to no CPU: one thread, one epoll, plain HTTP/2 over TCP, no library.
 *
 * grpc_load PORT PATH TOKEN BODIES RESULTS CLIENTS MODE [ARGUMENT]
 *
 * BODIES holds requests, each a length (uint32, little endian) and that many bytes of protobuf. Every client is a
 * connection of its own with one call at a time. MODE is
 *   closed SECONDS  each client asks again as soon as it is answered, until the time or the requests run out;
 *   rate PER_SECOND requests are due at even intervals; the latency of one counts from when it was due;
 *   rounds          CLIENTS requests at once, and the next ones only when all of these are answered.
 * RESULTS gets four int32 per request that was sent: its number, gRPC's status (-1: none came), the microseconds from
 * the start of the run to when it was due, and its latency in microseconds. A last line on standard output tells the
 * elapsed seconds.
 *
 * Headers: the server is told that our table has size 0, so that it sends "grpc-status" as plain text.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { IN_SIZE = 1 << 20, HEADER = 9, MOST_CLIENTS = 1024, MOST_BODY = 60000 };
enum { F_DATA = 0, F_HEADERS = 1, F_RST = 3, F_SETTINGS = 4, F_PING = 6, F_GOAWAY = 7 };
enum { END_STREAM = 1, ACK = 1, END_HEADERS = 4 };

typedef struct {
    int fd, busy, warm;
    uint32_t stream;
    long request;
    int64_t due;
    int status;
    size_t filled;
    unsigned char *in;
} Client;

static Client clients[MOST_CLIENTS];
static int count, epoll;
static unsigned char *bodies;
static size_t *offsets;
static long requests, next_request, answered;
static int32_t *results;
static const char *path, *token;
static int64_t began;

static void fail(const char *what) {
    fprintf(stderr, "grpc_load: %s (%s)\n", what, strerror(errno));
    exit(1);
}

static int64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static void put32(unsigned char *at, uint32_t value) { value = htonl(value); memcpy(at, &value, 4); }

static unsigned char *frame(unsigned char *at, size_t length, int type, int flags, uint32_t stream) {
    at[0] = length >> 16; at[1] = length >> 8; at[2] = length; at[3] = type; at[4] = flags;
    put32(at + 5, stream);
    return at + HEADER;
}

static void send_all(Client *client, const unsigned char *data, size_t length) {
    while (length) {
        ssize_t sent = send(client->fd, data, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) fail("the server does not take the request");
        data += sent; length -= sent;
    }
}

static unsigned char *text(unsigned char *at, const char *words) {
    size_t length = strlen(words);
    if (length < 127) *at++ = length;
    else {
        *at++ = 127;
        size_t rest = length - 127;
        for (; rest >= 128; rest >>= 7) *at++ = 128 | (rest & 127);
        *at++ = rest;
    }
    memcpy(at, words, length);
    return at + length;
}

static unsigned char *kept(unsigned char *at, const char *name, const char *value) {
    *at++ = 0x40; /* literal, to be remembered by the other side */
    return text(text(at, name), value);
}

/* Five headers go into the server's table with the first call; later calls name them by number, as clients do. */
static unsigned char *headers(unsigned char *at, Client *client) {
    *at++ = 0x83; /* :method POST */
    *at++ = 0x86; /* :scheme http */
    if (client->warm) {
        for (int i = 66; i >= 62; i--) *at++ = 0x80 | i;
        return at;
    }
    client->warm = 1;
    at = kept(at, ":path", path);
    at = kept(at, ":authority", "localhost");
    at = kept(at, "te", "trailers");
    at = kept(at, "content-type", "application/grpc");
    return kept(at, "authorization", token);
}

static void ask(Client *client, long request, int64_t due) {
    static unsigned char out[MOST_BODY + 8192];
    size_t length = offsets[request + 1] - offsets[request] - 4;
    unsigned char *body = bodies + offsets[request] + 4, *at = headers(out + HEADER, client);
    client->stream = client->stream ? client->stream + 2 : 1;
    frame(out, at - out - HEADER, F_HEADERS, END_HEADERS, client->stream);
    at = frame(at, length + 5, F_DATA, END_STREAM, client->stream);
    *at++ = 0; /* not compressed */
    put32(at, length); at += 4;
    memcpy(at, body, length); at += length;
    client->busy = 1; client->request = request; client->due = due; client->status = -1;
    send_all(client, out, at - out);
}

static int status_in(const unsigned char *block, size_t length) {
    static const char name[] = "grpc-status";
    const size_t size = sizeof name - 1;
    for (size_t i = 0; i + size + 1 < length; i++)
        if (!memcmp(block + i, name, size)) {
            int digits = block[i + size] & 127, value = 0;
            if (block[i + size] & 128 || digits > 2) return -1; /* in Huffman's code: not expected */
            for (int d = 0; d < digits; d++) value = value * 10 + block[i + size + 1 + d] - '0';
            return value;
        }
    return -1;
}

static void done(Client *client) {
    int32_t *row = results + 4 * answered++;
    row[0] = client->request; row[1] = client->status;
    row[2] = client->due - began; row[3] = now_us() - client->due;
    client->busy = 0;
}

static void take(Client *client, int type, int flags, uint32_t stream, unsigned char *payload, size_t length) {
    unsigned char out[HEADER + 8];
    if (type == F_SETTINGS && !(flags & ACK)) {
        frame(out, 0, F_SETTINGS, ACK, 0);
        send_all(client, out, HEADER);
    } else if (type == F_PING && !(flags & ACK)) {
        memcpy(frame(out, 8, F_PING, ACK, 0), payload, 8);
        send_all(client, out, HEADER + 8);
    } else if (type == F_GOAWAY) {
        fail("the server says goodbye");
    } else if (client->busy && stream == client->stream) {
        if (type == F_HEADERS) {
            int status = status_in(payload, length);
            if (status >= 0) client->status = status;
        }
        if (type == F_RST || ((type == F_HEADERS || type == F_DATA) && flags & END_STREAM)) done(client);
    }
}

static void receive(Client *client) {
    ssize_t got = recv(client->fd, client->in + client->filled, IN_SIZE - client->filled, MSG_DONTWAIT);
    if (got == 0) fail("the server closed the connection");
    if (got < 0) {
        if (errno == EAGAIN || errno == EINTR) return;
        fail("reading an answer");
    }
    client->filled += got;
    size_t at = 0;
    while (client->filled - at >= HEADER) {
        unsigned char *head = client->in + at;
        size_t length = head[0] << 16 | head[1] << 8 | head[2];
        if (length > IN_SIZE - HEADER) fail("an answer is too large");
        if (client->filled - at < HEADER + length) break;
        uint32_t stream;
        memcpy(&stream, head + 5, 4);
        take(client, head[3], head[4], ntohl(stream) & 0x7fffffff, head + HEADER, length);
        at += HEADER + length;
    }
    memmove(client->in, client->in + at, client->filled - at);
    client->filled -= at;
}

static void open_client(Client *client, int port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&to, sizeof to)) fail("cannot connect");
    int yes = 1;
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    client->in = malloc(IN_SIZE);
    unsigned char out[128], *at = out;
    memcpy(at, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24); at += 24;
    at = frame(at, 12, F_SETTINGS, 0, 0);
    *at++ = 0; *at++ = 1; put32(at, 0); at += 4;       /* header table: none */
    *at++ = 0; *at++ = 4; put32(at, 1 << 24); at += 4; /* window of a stream */
    at = frame(at, 4, 8, 0, 0);
    put32(at, 0x7fff0000 - 65535); at += 4; /* window of the connection */
    send_all(client, out, at - out);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event);
}

static void read_bodies(const char *name) {
    FILE *file = fopen(name, "rb");
    if (!file) fail(name);
    fseek(file, 0, SEEK_END);
    size_t size = ftell(file);
    rewind(file);
    bodies = malloc(size + 1);
    if (fread(bodies, 1, size, file) != size) fail(name);
    fclose(file);
    size_t known = 1024, at = 0;
    offsets = malloc(known * sizeof *offsets);
    for (requests = 0; at < size; requests++) {
        if ((size_t)requests + 2 > known) offsets = realloc(offsets, (known *= 2) * sizeof *offsets);
        uint32_t length;
        memcpy(&length, bodies + at, 4);
        if (length > MOST_BODY) fail("a request is too large");
        offsets[requests] = at;
        at += 4 + length;
    }
    offsets[requests] = size;
    results = malloc((requests + 1) * 4 * sizeof *results);
}

/* Wait for answers, at most that many microseconds; -1: for as long as it takes. */
static void wait_for_answers(int64_t most_us) {
    struct epoll_event events[256];
    int most_ms = most_us < 0 ? 30000 : most_us / 1000;
    int found = epoll_wait(epoll, events, 256, most_ms);
    if (found < 0 && errno != EINTR) fail("epoll");
    if (found == 0 && most_us < 0) { errno = ETIMEDOUT; fail("no answer for 30 s"); }
    for (int i = 0; i < found; i++) receive(events[i].data.ptr);
}

static int anybody_busy(void) {
    for (int i = 0; i < count; i++)
        if (clients[i].busy) return 1;
    return 0;
}

static void closed(double seconds) {
    int64_t until = began + (int64_t)(seconds * 1e6);
    for (;;) {
        int open = now_us() < until;
        for (int i = 0; i < count; i++)
            if (open && !clients[i].busy && next_request < requests) ask(&clients[i], next_request++, now_us());
        if (!anybody_busy()) return;
        wait_for_answers(-1);
    }
}

static void at_a_rate(double per_second) {
    while (next_request < requests || anybody_busy()) {
        int64_t due = began + (int64_t)(next_request * 1e6 / per_second), wait = -1;
        if (next_request < requests && due <= now_us()) {
            for (int i = 0; i < count && wait < 0; i++)
                if (!clients[i].busy) { ask(&clients[i], next_request++, due); wait = 0; }
        } else if (next_request < requests) {
            wait = due - now_us();
            if (wait < 0) wait = 0;
        }
        wait_for_answers(wait);
    }
}

static void rounds(void) {
    while (next_request + count <= requests) {
        int64_t due = now_us();
        for (int i = 0; i < count; i++) ask(&clients[i], next_request++, due);
        while (anybody_busy()) wait_for_answers(-1);
    }
}

int main(int argc, char **argv) {
    if (argc < 8) { fprintf(stderr, "usage: see the head of grpc_load.c\n"); return 2; }
    path = argv[2]; token = argv[3]; count = atoi(argv[6]);
    if (count < 1 || count > MOST_CLIENTS) { fprintf(stderr, "1 to %d clients\n", MOST_CLIENTS); return 2; }
    read_bodies(argv[4]);
    epoll = epoll_create1(0);
    for (int i = 0; i < count; i++) open_client(&clients[i], atoi(argv[1]));
    usleep(100000); /* the greetings are over before the clock runs */
    began = now_us();
    if (!strcmp(argv[7], "closed")) closed(atof(argv[8]));
    else if (!strcmp(argv[7], "rate")) at_a_rate(atof(argv[8]));
    else rounds();
    double elapsed = (now_us() - began) / 1e6;
    FILE *out = fopen(argv[5], "wb");
    if (!out || fwrite(results, 16, answered, out) != (size_t)answered) fail(argv[5]);
    fclose(out);
    printf("%.6f\n", elapsed);
    return 0;
}
