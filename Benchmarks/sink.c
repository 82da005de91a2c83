// A sink that speaks as DynamoDB does, to find the client's own top speed: it holds nothing and refuses nothing.
//
//   sink PORT ITEMS LATENCY_MICROSECONDS
//
// It answers on 127.0.0.1: DescribeTable with a table of that name keyed by discordId, Scan with ITEMS operators in pages, ListTables
// with none, every write with an empty object, each after the latency, however many are under way. One thread, Linux (epoll).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 2000, MAXIMUM_CONNECTIONS = 4096, ITEM_SIZE = 256 };

typedef struct {
  int socket;
  char *input;
  size_t length, capacity;
  // A connection that was closed and whose number was given out again is another one.
  unsigned generation;
} Connection;

typedef struct {
  uint64_t due;
  int connection;
  unsigned generation;
  char *answer;
  size_t length;
} Waiting;

static Connection connections[MAXIMUM_CONNECTIONS];
static Waiting queue[MAXIMUM_CONNECTIONS];
static unsigned first, behind;
static long items, latency;
static int poller;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000u + (uint64_t)time.tv_nsec / 1000u;
}

static void *checked(void *memory) {
  if (memory == NULL) {
    perror("sink");
    exit(1);
  }
  return memory;
}

static void drop(Connection *connection) {
  close(connection->socket);
  free(connection->input);
  unsigned generation = connection->generation + 1;
  memset(connection, 0, sizeof *connection);
  connection->socket = -1;
  connection->generation = generation;
}

// MARK: Answers

static char *described(const char *request, size_t *length) {
  const char *member = strstr(request, "\"TableName\":\"");
  const char *name = member ? member + strlen("\"TableName\":\"") : "";
  char *body;
  *length = (size_t)asprintf(&body,
                             "{\"Table\":{\"TableName\":\"%.*s\",\"TableStatus\":\"ACTIVE\",\"ItemCount\":%ld,"
                             "\"KeySchema\":[{\"AttributeName\":\"discordId\",\"KeyType\":\"HASH\"}],"
                             "\"AttributeDefinitions\":[{\"AttributeName\":\"discordId\",\"AttributeType\":\"S\"}],"
                             "\"BillingModeSummary\":{\"BillingMode\":\"PAY_PER_REQUEST\"}}}",
                             (int)strcspn(name, "\""), name, items);
  return checked(body);
}

// The page after the operator that the request names; the last one names none.
static char *page(const char *request, size_t *length) {
  const char *start = strstr(request, "ExclusiveStartKey");
  const char *digits = start ? strstr(start, "\"S\"") : NULL;
  long next = digits ? atol(strpbrk(digits + 3, "0123456789")) + 1 : 0;
  long end = next + PAGE < items ? next + PAGE : items;
  char *body = checked(malloc((size_t)(end - next + 1) * ITEM_SIZE));
  char *tail = body + sprintf(body, "{\"Items\":[");
  for (long item = next; item < end; item++) {
    tail += sprintf(tail,
                    "%s{\"discordId\":{\"S\":\"%018ld\"},\"discordUsername\":{\"S\":\"operator %ld\"},"
                    "\"isApproved\":{\"BOOL\":true},\"createdAt\":{\"N\":\"1700000000\"}}",
                    item > next ? "," : "", item, item);
  }
  tail += sprintf(tail, "],\"Count\":%ld,\"ScannedCount\":%ld", end - next, end - next);
  if (end < items) tail += sprintf(tail, ",\"LastEvaluatedKey\":{\"discordId\":{\"S\":\"%018ld\"}}", end - 1);
  tail += sprintf(tail, "}");
  *length = (size_t)(tail - body);
  return body;
}

static Waiting answer(const char *head, const char *body) {
  size_t size = 2;
  char *content = NULL;
  if (strstr(head, ".DescribeTable\r\n")) content = described(body, &size);
  if (strstr(head, ".Scan\r\n")) content = page(body, &size);
  if (strstr(head, ".ListTables\r\n")) {
    content = checked(strdup("{\"TableNames\":[]}"));
    size = strlen(content);
  }
  Waiting waiting = {.answer = checked(malloc(size + 160))};
  int lines = sprintf(waiting.answer,
                      "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %zu\r\n\r\n",
                      size);
  memcpy(waiting.answer + lines, content ? content : "{}", size);
  waiting.length = (size_t)lines + size;
  free(content);
  return waiting;
}

// MARK: Connections

static void put(const Waiting *waiting) {
  Connection *connection = &connections[waiting->connection];
  size_t sent = 0;
  while (sent < waiting->length && connection->generation == waiting->generation) {
    ssize_t count =
        send(connection->socket, waiting->answer + sent, waiting->length - sent, MSG_NOSIGNAL);
    if (count <= 0) drop(connection);
    else sent += (size_t)count;
  }
  free(waiting->answer);
}

static void later(Waiting waiting, int connection) {
  waiting.connection = connection;
  waiting.generation = connections[connection].generation;
  if (latency == 0) return put(&waiting);
  waiting.due = now() + (uint64_t)latency;
  queue[behind++ % MAXIMUM_CONNECTIONS] = waiting;
}

// A client has one request under way on a connection: what was read is one request or a part of one.
static void takeRequest(int number) {
  Connection *connection = &connections[number];
  connection->input[connection->length] = 0;
  char *end = strstr(connection->input, "\r\n\r\n");
  if (end == NULL) return;
  const char *field = strcasestr(connection->input, "\r\ncontent-length:");
  size_t body = field && field < end ? (size_t)atol(field + 17) : 0;
  size_t head = (size_t)(end - connection->input) + 4;
  if (connection->length < head + body) return;
  end[2] = 0;
  Waiting waiting = answer(connection->input, connection->input + head);
  connection->length = 0;
  later(waiting, number);
}

static void readFrom(int number) {
  Connection *connection = &connections[number];
  if (connection->capacity - connection->length < 65536) {
    connection->capacity = connection->capacity * 2 + 131072;
    connection->input = checked(realloc(connection->input, connection->capacity));
  }
  ssize_t count = recv(connection->socket, connection->input + connection->length,
                       connection->capacity - connection->length - 1, 0);
  if (count <= 0) return drop(connection);
  connection->length += (size_t)count;
  takeRequest(number);
}

static void acceptFrom(int listener) {
  int socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  int yes = 1;
  for (int number = 0; socket >= 0 && number < MAXIMUM_CONNECTIONS; number++) {
    if (connections[number].socket >= 0) continue;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    connections[number].socket = socket;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = number};
    epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event);
    return;
  }
  if (socket >= 0) close(socket);
}

static int listenOn(int port) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 512) != 0) {
    perror("sink");
    exit(1);
  }
  return listener;
}

int main(int count, char **arguments) {
  if (count != 4) {
    fprintf(stderr, "usage: sink PORT ITEMS LATENCY_MICROSECONDS\n");
    return 64;
  }
  items = atol(arguments[2]);
  latency = atol(arguments[3]);
  for (int number = 0; number < MAXIMUM_CONNECTIONS; number++) connections[number].socket = -1;
  int listener = listenOn(atoi(arguments[1]));
  poller = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = -1}, events[256];
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
  while (1) {
    int64_t left = first == behind ? -1 : (int64_t)(queue[first % MAXIMUM_CONNECTIONS].due - now());
    struct timespec time = {.tv_sec = left / 1000000, .tv_nsec = left % 1000000 * 1000};
    if (left < 0) time = (struct timespec){0};
    int ready = epoll_pwait2(poller, events, 256, first == behind ? NULL : &time, NULL);
    for (int index = 0; index < ready; index++) {
      if (events[index].data.fd < 0) acceptFrom(listener);
      else readFrom(events[index].data.fd);
    }
    uint64_t time_now = now();
    while (first != behind && queue[first % MAXIMUM_CONNECTIONS].due <= time_now) {
      put(&queue[first++ % MAXIMUM_CONNECTIONS]);
    }
  }
}
