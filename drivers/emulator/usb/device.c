/* An open device: a connection to it, a thread that reads what it answers, and a file descriptor that libusb can poll. */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_OPEN 64

static struct device *open_devices[MAX_OPEN];
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static volatile int num_open;

struct device *device_of(int fd) {
  if (num_open == 0 || fd < 0) return NULL;
  struct device *found = NULL;
  pthread_mutex_lock(&table_lock);
  for (int k = 0; k < MAX_OPEN; k++)
    if (open_devices[k] != NULL && open_devices[k]->fd == fd) found = open_devices[k];
  pthread_mutex_unlock(&table_lock);
  return found;
}

void make_ready(struct device *device) {
  char bytes[4096];
  if (!device->is_full || device->gone) return;
  for (int left = device->full; left > 0;) {
    ssize_t count = read(device->waking, bytes, left < (int)sizeof bytes ? (size_t)left : sizeof bytes);
    if (count <= 0) break;
    left -= count;
  }
  device->is_full = 0;
}

void make_unready(struct device *device) {
  char bytes[4096];
  if (device->is_full || device->gone) return;
  memset(bytes, 0, sizeof bytes);
  device->full = 0;
  for (ssize_t count; (count = write(device->fd, bytes, sizeof bytes)) > 0;) device->full += count;
  device->is_full = 1;
}

static void complete(struct device *device, struct pending *pending, int status, int length) {
  pending->urb->status = status;
  pending->urb->actual_length = length;
  pending->next = NULL;
  *device->done_end = pending;
  device->done_end = &pending->next;
  make_ready(device);
}

static struct pending *take_underway(struct device *device, uint32_t id) {
  for (struct pending **at = &device->underway; *at != NULL; at = &(*at)->next) {
    if ((*at)->id != id) continue;
    struct pending *found = *at;
    *at = found->next;
    return found;
  }
  return NULL;
}

static int read_all(int fd, void *into, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t count = read(fd, (char *)into + done, length - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return -1;
    done += (size_t)count;
  }
  return 0;
}

static int write_all(int fd, struct iovec *parts, int count) {
  while (count > 0) {
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = (size_t)count};
    ssize_t written = sendmsg(fd, &message, MSG_NOSIGNAL);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return -1;
    while (count > 0 && (size_t)written >= parts->iov_len) {
      written -= (ssize_t)parts->iov_len;
      parts++;
      count--;
    }
    if (count > 0) {
      parts->iov_base = (char *)parts->iov_base + written;
      parts->iov_len -= (size_t)written;
    }
  }
  return 0;
}

int send_request(struct device *device, struct request *request, const void *data, size_t length) {
  struct iovec parts[2] = {{request, sizeof *request}, {(void *)data, length}};
  pthread_mutex_lock(&device->sending);
  const int failed = write_all(device->wire, parts, length == 0 ? 1 : 2);
  pthread_mutex_unlock(&device->sending);
  return failed ? -ENODEV : 0;
}

static void *read_completions(void *argument) {
  struct device *device = argument;
  struct completion head;
  while (read_all(device->wire, &head, sizeof head) == 0) {
    pthread_mutex_lock(&device->lock);
    struct pending *pending = take_underway(device, head.id);
    pthread_mutex_unlock(&device->lock);
    if (pending == NULL) break; /* the device does not keep to the rules */
    struct usbdevfs_urb *urb = pending->urb;
    const size_t before = urb->type == USBDEVFS_URB_TYPE_CONTROL ? SETUP_BYTES : 0;
    int status = head.status;
    if (head.in && (before + head.length > (size_t)urb->buffer_length ||
                    read_all(device->wire, (char *)urb->buffer + before, head.length) != 0))
      status = -EPROTO;
    pthread_mutex_lock(&device->lock);
    complete(device, pending, status, (int)head.length);
    pthread_mutex_unlock(&device->lock);
    if (status == -EPROTO) break;
  }
  pthread_mutex_lock(&device->lock);
  while (device->underway != NULL) {
    struct pending *pending = device->underway;
    device->underway = pending->next;
    complete(device, pending, -ENODEV, 0);
  }
  device->gone = 1;
  real_close(device->waking);
  pthread_mutex_unlock(&device->lock);
  return NULL;
}

static int connect_to(const char *folder) {
  char named[PATH_MAX + 16], path[PATH_MAX];
  snprintf(named, sizeof named, "%s/wire", folder);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (realpath(named, path) == NULL || strlen(path) >= sizeof address.sun_path) {
    errno = ENOENT;
    return -1;
  }
  strcpy(address.sun_path, path);
  const int wire = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (wire >= 0 && connect(wire, (struct sockaddr *)&address, sizeof address) != 0) {
    real_close(wire);
    errno = ENODEV;
    return -1;
  }
  return wire;
}

int open_device(const char *number, int flags) {
  struct device *device = calloc(1, sizeof *device);
  int ends[2];
  if (device == NULL || bus_folder() == NULL) {
    free(device);
    errno = ENOENT;
    return -1;
  }
  snprintf(device->folder, sizeof device->folder, "%s/1-%d", bus_folder(), atoi(number));
  char denied[PATH_MAX + 16];
  snprintf(denied, sizeof denied, "%s/denied", device->folder);
  if ((flags & O_ACCMODE) != O_RDONLY && access(denied, F_OK) == 0) {
    free(device);
    errno = EACCES;
    return -1;
  }
  device->wire = connect_to(device->folder);
  if (device->wire < 0 || pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
    free(device);
    return -1;
  }
  char node[PATH_MAX + 64];
  snprintf(node, sizeof node, "%s" DEVICE_PREFIX "%03d", device->folder, atoi(number));
  device->node = real_open(node, O_RDONLY | O_CLOEXEC);
  device->waking = ends[0];
  device->fd = ends[1];
  fcntl(device->fd, F_SETPIPE_SZ, 4096);
  for (int k = 0; k < MAX_INTERFACES; k++) device->claims[k] = -1;
  device->done_end = &device->done_first;
  pthread_mutex_init(&device->lock, NULL);
  pthread_mutex_init(&device->sending, NULL);
  make_unready(device);

  pthread_mutex_lock(&table_lock);
  int slot = 0;
  while (slot < MAX_OPEN && open_devices[slot] != NULL) slot++;
  if (slot < MAX_OPEN) {
    open_devices[slot] = device;
    num_open++;
  }
  pthread_mutex_unlock(&table_lock);
  /* Signals are the program's. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int failed = slot == MAX_OPEN || pthread_create(&device->reader, NULL, read_completions, device) != 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (failed) abort();
  return device->fd;
}

int close_device(struct device *device) {
  pthread_mutex_lock(&table_lock);
  for (int k = 0; k < MAX_OPEN; k++) {
    if (open_devices[k] != device) continue;
    open_devices[k] = NULL;
    num_open--;
  }
  pthread_mutex_unlock(&table_lock);
  shutdown(device->wire, SHUT_RDWR);
  pthread_join(device->reader, NULL);
  for (int k = 0; k < MAX_INTERFACES; k++)
    if (device->claims[k] >= 0) real_close(device->claims[k]);
  while (device->done_first != NULL) {
    struct pending *pending = device->done_first;
    device->done_first = pending->next;
    free(pending);
  }
  real_close(device->wire);
  if (device->node >= 0) real_close(device->node);
  const int result = real_close(device->fd);
  pthread_mutex_destroy(&device->lock);
  pthread_mutex_destroy(&device->sending);
  free(device);
  return result;
}
