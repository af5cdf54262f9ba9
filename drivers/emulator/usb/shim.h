/*
 * A USB bus without a kernel's: preloaded into a program (LD_PRELOAD), it shows the program's libusb the devices of the
 * folder BEAMLOOP_USB_BUS in place of the machine's. emulated-usb-device.ts makes such a device and says what is in its folder.
 *
 *   libudev     enumeration and hot-plug: the folder's entries, watched with inotify
 *   sysfs       /sys/bus/usb/devices/NAME/ATTRIBUTE is a file of the device's folder
 *   usbfs       /dev/bus/usb/001/NNN is a connection to the device's Unix socket; ioctls become messages on it
 *
 * Claims are locks of files, so that they hold between processes and end with theirs; a bound kernel driver is a file, too.
 * Only what libusb uses is here, and only bulk and control transfers. Messages: see `struct request` and `struct completion`.
 */
#ifndef BEAMLOOP_USB_SHIM_H
#define BEAMLOOP_USB_SHIM_H

#define _GNU_SOURCE
#include <limits.h>
#include <linux/usbdevice_fs.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#define SYSFS_PREFIX "/sys/bus/usb/devices/"
#define DEVICE_PREFIX "/dev/bus/usb/001/"
#define MAX_INTERFACES 8
#define SETUP_BYTES 8

/* Not for the program that this is preloaded into. */
#define INTERNAL __attribute__((visibility("hidden")))

extern INTERNAL int (*real_open)(const char *, int, ...);
extern INTERNAL int (*real_close)(int);
extern INTERNAL int (*real_ioctl)(int, unsigned long, ...);

/* NULL: there is none. */
INTERNAL const char *bus_folder(void);

/* ---- messages: numbers are of the machine's byte order, which both ends share ---- */

enum { SUBMIT = 1, DISCARD = 2, CLEAR_HALT = 3 };

struct request {
  uint32_t kind;
  uint32_t id; /* of the URB */
  uint8_t endpoint;
  uint8_t type;  /* USBDEVFS_URB_TYPE_… */
  uint8_t flags; /* USBDEVFS_URB_ZERO_PACKET is what matters */
  uint8_t unused;
  uint32_t length; /* of the URB's buffer; what goes out (a control transfer's setup, too) follows */
};

struct completion {
  uint32_t id;
  int32_t status; /* 0 or an errno below 0 */
  uint32_t length; /* what came in follows; of what went out, only the number */
  uint32_t in;     /* whether it follows */
};

struct pending {
  uint32_t id;
  struct usbdevfs_urb *urb;
  struct pending *next;
};

struct device {
  int fd;     /* what libusb polls: the writing end of a pipe that is full unless something can be reaped */
  int waking; /* its reading end; closed when the device is gone, which polls as an error */
  int full;   /* bytes in the pipe when it is full */
  int is_full;
  int wire;
  int node;   /* open for as long: who looks for the program that has the device finds it by this file */
  int gone;
  uint32_t last_id;
  char folder[PATH_MAX];
  int claims[MAX_INTERFACES]; /* locked files, or -1 */
  pthread_t reader;
  pthread_mutex_t lock;
  pthread_mutex_t sending; /* messages go out whole */
  struct pending *underway;
  struct pending *done_first, **done_end;
};

/* The open device with this file descriptor, or NULL. */
INTERNAL struct device *device_of(int fd);
/* Both as open() and close() do. */
INTERNAL int open_device(const char *number, int flags);
INTERNAL int close_device(struct device *device);
/* 0, or -ENODEV. */
INTERNAL int send_request(struct device *device, struct request *request, const void *data, size_t length);
/* Both under the device's lock: its file descriptor polls as one with something to reap, or with nothing. */
INTERNAL void make_ready(struct device *device);
INTERNAL void make_unready(struct device *device);
/* An ioctl of usbfs: 0 or more, or an errno below 0. */
INTERNAL int carry_out(struct device *device, unsigned long code, void *argument);

#endif
