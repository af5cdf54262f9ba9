/* What libusb calls of libudev: which devices there are, and which come and go. */
#include "shim.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

struct udev_device {
  char action[8];
  char name[64];
  char path[PATH_MAX];
  char node[PATH_MAX];
};
struct udev_list_entry {
  char path[PATH_MAX];
  struct udev_list_entry *next;
};
struct udev_enumerate {
  struct udev_list_entry *first;
};
struct udev_monitor {
  int fd;
};

/* Handles without anything in them are never NULL, which would be a failure. */
static char something;

void *udev_new(void) { return &something; }
void *udev_unref(void *udev) {
  (void)udev;
  return NULL;
}

static struct udev_device *device_called(const char *name, const char *action) {
  if (strncmp(name, "1-", 2) != 0) return NULL;
  struct udev_device *device = calloc(1, sizeof *device);
  if (device == NULL) return NULL;
  snprintf(device->action, sizeof device->action, "%s", action);
  snprintf(device->name, sizeof device->name, "%s", name);
  snprintf(device->path, sizeof device->path, SYSFS_PREFIX "%s", device->name);
  snprintf(device->node, sizeof device->node, DEVICE_PREFIX "%03d", atoi(name + 2));
  return device;
}

struct udev_device *udev_device_new_from_syspath(void *udev, const char *path) {
  (void)udev;
  return device_called(path + strlen(SYSFS_PREFIX), "add");
}
struct udev_device *udev_device_unref(struct udev_device *device) {
  free(device);
  return NULL;
}
const char *udev_device_get_action(struct udev_device *device) { return device->action; }
const char *udev_device_get_devnode(struct udev_device *device) { return device->node; }
const char *udev_device_get_sysname(struct udev_device *device) { return device->name; }
const char *udev_device_get_syspath(struct udev_device *device) { return device->path; }

struct udev_enumerate *udev_enumerate_new(void *udev) {
  (void)udev;
  return calloc(1, sizeof(struct udev_enumerate));
}
struct udev_enumerate *udev_enumerate_unref(struct udev_enumerate *enumerate) {
  while (enumerate->first != NULL) {
    struct udev_list_entry *entry = enumerate->first;
    enumerate->first = entry->next;
    free(entry);
  }
  free(enumerate);
  return NULL;
}
int udev_enumerate_add_match_subsystem(void *enumerate, const char *subsystem) {
  (void)enumerate, (void)subsystem;
  return 0;
}
int udev_enumerate_add_match_property(void *enumerate, const char *property, const char *value) {
  (void)enumerate, (void)property, (void)value;
  return 0;
}
int udev_enumerate_scan_devices(struct udev_enumerate *enumerate) {
  DIR *folder = bus_folder() == NULL ? NULL : opendir(bus_folder());
  if (folder == NULL) return 0;
  for (struct dirent *found; (found = readdir(folder)) != NULL;) {
    if (strncmp(found->d_name, "1-", 2) != 0) continue;
    struct udev_list_entry *entry = calloc(1, sizeof *entry);
    if (entry == NULL) break;
    snprintf(entry->path, sizeof entry->path, SYSFS_PREFIX "%s", found->d_name);
    entry->next = enumerate->first;
    enumerate->first = entry;
  }
  closedir(folder);
  return 0;
}
struct udev_list_entry *udev_enumerate_get_list_entry(struct udev_enumerate *enumerate) { return enumerate->first; }
struct udev_list_entry *udev_list_entry_get_next(struct udev_list_entry *entry) { return entry->next; }
const char *udev_list_entry_get_name(struct udev_list_entry *entry) { return entry->path; }

struct udev_monitor *udev_monitor_new_from_netlink(void *udev, const char *name) {
  (void)udev, (void)name;
  struct udev_monitor *monitor = calloc(1, sizeof *monitor);
  if (monitor == NULL) return NULL;
  monitor->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (bus_folder() != NULL) inotify_add_watch(monitor->fd, bus_folder(), IN_MOVED_TO | IN_MOVED_FROM);
  return monitor;
}
struct udev_monitor *udev_monitor_unref(struct udev_monitor *monitor) {
  real_close(monitor->fd);
  free(monitor);
  return NULL;
}
int udev_monitor_filter_add_match_subsystem_devtype(void *monitor, const char *subsystem, const char *type) {
  (void)monitor, (void)subsystem, (void)type;
  return 0;
}
int udev_monitor_enable_receiving(void *monitor) {
  (void)monitor;
  return 0;
}
int udev_monitor_get_fd(struct udev_monitor *monitor) { return monitor->fd; }
struct udev_device *udev_monitor_receive_device(struct udev_monitor *monitor) {
  /* Room for one event with a name as short as those of devices: the rest stays where it wakes whoever polls. */
  union {
    struct inotify_event event;
    char bytes[sizeof(struct inotify_event) + 16];
  } one;
  if (read(monitor->fd, &one, sizeof one) < (ssize_t)sizeof(struct inotify_event) || one.event.len == 0) return NULL;
  return device_called(one.event.name, (one.event.mask & IN_MOVED_TO) != 0 ? "add" : "remove");
}
