/* The ioctls of an open device, and what of the C library leads to one. */
#include "shim.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

int (*real_open)(const char *, int, ...);
int (*real_close)(int);
int (*real_ioctl)(int, unsigned long, ...);

/* A library that is loaded earlier may call before our own constructor. */
__attribute__((constructor)) static void find_real(void) {
  if (real_ioctl != NULL) return;
  real_open = dlsym(RTLD_NEXT, "open");
  real_close = dlsym(RTLD_NEXT, "close");
  real_ioctl = dlsym(RTLD_NEXT, "ioctl");
}

const char *bus_folder(void) { return getenv("BEAMLOOP_USB_BUS"); }

static int submit(struct device *device, struct usbdevfs_urb *urb) {
  if (urb->type != USBDEVFS_URB_TYPE_BULK && urb->type != USBDEVFS_URB_TYPE_CONTROL) return -EINVAL;
  struct pending *pending = calloc(1, sizeof *pending);
  if (pending == NULL) return -ENOMEM;
  const int is_control = urb->type == USBDEVFS_URB_TYPE_CONTROL;
  const int is_in = is_control ? ((uint8_t *)urb->buffer)[0] & 0x80 : urb->endpoint & 0x80;
  const size_t out = !is_in ? (size_t)urb->buffer_length : is_control ? SETUP_BYTES : 0;
  pthread_mutex_lock(&device->lock);
  if (device->gone) {
    pthread_mutex_unlock(&device->lock);
    free(pending);
    return -ENODEV;
  }
  struct request request = {
      .kind = SUBMIT,
      .id = ++device->last_id,
      .endpoint = urb->endpoint,
      .type = urb->type,
      .flags = (uint8_t)urb->flags,
      .length = (uint32_t)urb->buffer_length,
  };
  pending->id = request.id;
  pending->urb = urb;
  struct pending **end = &device->underway;
  while (*end != NULL) end = &(*end)->next;
  *end = pending;
  /* libusb finds the timeout of a new transfer when it is woken. */
  if (is_control) make_ready(device);
  pthread_mutex_unlock(&device->lock);
  /* A device that is gone meanwhile completes it: the reader sees its end. */
  send_request(device, &request, urb->buffer, out);
  return 0;
}

static int reap(struct device *device, struct usbdevfs_urb **into) {
  pthread_mutex_lock(&device->lock);
  struct pending *pending = device->done_first;
  if (pending != NULL) {
    *into = pending->urb;
    device->done_first = pending->next;
    if (device->done_first == NULL) device->done_end = &device->done_first;
  }
  if (device->done_first == NULL) make_unready(device);
  const int gone = device->gone;
  pthread_mutex_unlock(&device->lock);
  if (pending == NULL) return gone ? -ENODEV : -EAGAIN;
  free(pending);
  return 0;
}

/* The device answers with a completion; where it has completed the URB just before, that is the one. */
static int discard(struct device *device, struct usbdevfs_urb *urb) {
  struct request request = {.kind = DISCARD};
  pthread_mutex_lock(&device->lock);
  for (struct pending *at = device->underway; at != NULL; at = at->next)
    if (at->urb == urb) request.id = at->id;
  pthread_mutex_unlock(&device->lock);
  if (request.id == 0) return -EINVAL;
  send_request(device, &request, NULL, 0);
  return 0;
}

static void interface_file(struct device *device, const char *what, unsigned number, char *path, size_t size) {
  snprintf(path, size, "%s/%s-%u", device->folder, what, number);
}

static int has_driver(struct device *device, unsigned number, char *name, size_t size) {
  char path[PATH_MAX + 32];
  interface_file(device, "driver", number, path, sizeof path);
  const int fd = real_open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const ssize_t count = read(fd, name, size - 1);
  name[count > 0 ? count : 0] = 0;
  real_close(fd);
  return 1;
}

static int move_driver(struct device *device, unsigned number, const char *from, const char *to) {
  char before[PATH_MAX + 32], after[PATH_MAX + 32];
  interface_file(device, from, number, before, sizeof before);
  interface_file(device, to, number, after, sizeof after);
  return rename(before, after) == 0;
}

static int claim(struct device *device, unsigned number) {
  char path[PATH_MAX + 32], driver[64];
  if (number >= MAX_INTERFACES) return -ENOENT;
  if (device->gone) return -ENODEV;
  if (device->claims[number] >= 0) return 0;
  if (has_driver(device, number, driver, sizeof driver)) return -EBUSY;
  interface_file(device, "claim", number, path, sizeof path);
  const int fd = real_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return -ENODEV;
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    real_close(fd);
    return -EBUSY;
  }
  device->claims[number] = fd;
  return 0;
}

static int release(struct device *device, unsigned number) {
  if (number >= MAX_INTERFACES || device->claims[number] < 0) return -EINVAL;
  real_close(device->claims[number]);
  device->claims[number] = -1;
  return 0;
}

static int driver_of(struct device *device, struct usbdevfs_getdriver *asked) {
  if (has_driver(device, asked->interface, asked->driver, sizeof asked->driver)) return 0;
  if (asked->interface >= MAX_INTERFACES || device->claims[asked->interface] < 0) return -ENODATA;
  strcpy(asked->driver, "usbfs");
  return 0;
}

static int interface_ioctl(struct device *device, struct usbdevfs_ioctl *asked) {
  const unsigned number = (unsigned)asked->ifno;
  if (asked->ioctl_code == (int)USBDEVFS_DISCONNECT)
    return move_driver(device, number, "driver", "unbound") ? 0 : -ENODATA;
  if (asked->ioctl_code != (int)USBDEVFS_CONNECT) return -ENOTTY;
  if (number < MAX_INTERFACES && device->claims[number] >= 0) return -EBUSY;
  return move_driver(device, number, "unbound", "driver") ? 1 : 0;
}

int carry_out(struct device *device, unsigned long code, void *argument) {
  switch (code) {
    case USBDEVFS_GET_CAPABILITIES:
      *(uint32_t *)argument =
          USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
      return 0;
    case USBDEVFS_SUBMITURB:
      return submit(device, argument);
    case USBDEVFS_REAPURBNDELAY:
      return reap(device, argument);
    case USBDEVFS_DISCARDURB:
      return discard(device, argument);
    case USBDEVFS_CLAIMINTERFACE:
      return claim(device, *(unsigned *)argument);
    case USBDEVFS_RELEASEINTERFACE:
      return release(device, *(unsigned *)argument);
    case USBDEVFS_GETDRIVER:
      return driver_of(device, argument);
    case USBDEVFS_IOCTL:
      return interface_ioctl(device, argument);
    case USBDEVFS_CLEAR_HALT: {
      struct request request = {.kind = CLEAR_HALT, .endpoint = (uint8_t) * (unsigned *)argument};
      return send_request(device, &request, NULL, 0);
    }
    case USBDEVFS_SETCONFIGURATION:
    case USBDEVFS_SETINTERFACE:
    case USBDEVFS_RESET:
      return device->gone ? -ENODEV : 0;
    default:
      return -ENOTTY;
  }
}

/* ---- what libusb calls of the C library ---- */

int ioctl(int fd, unsigned long code, ...) {
  va_list arguments;
  va_start(arguments, code);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  find_real();
  struct device *device = device_of(fd);
  if (device == NULL) return real_ioctl(fd, code, argument);
  const int result = carry_out(device, code, argument);
  if (result >= 0) return result;
  errno = -result;
  return -1;
}

int close(int fd) {
  find_real();
  struct device *device = device_of(fd);
  return device == NULL ? real_close(fd) : close_device(device);
}

static int open_path(const char *path, int flags, mode_t mode) {
  find_real();
  if (bus_folder() != NULL) {
    if (strncmp(path, DEVICE_PREFIX, strlen(DEVICE_PREFIX)) == 0)
      return open_device(path + strlen(DEVICE_PREFIX), flags);
    if (strncmp(path, SYSFS_PREFIX, strlen(SYSFS_PREFIX)) == 0) {
      char file[PATH_MAX];
      snprintf(file, sizeof file, "%s/%s", bus_folder(), path + strlen(SYSFS_PREFIX));
      return real_open(file, flags, mode);
    }
  }
  return real_open(path, flags, mode);
}

int open(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return open_path(path, flags, mode);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));
int __open_2(const char *path, int flags) { return open_path(path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_path(path, flags, 0); }
