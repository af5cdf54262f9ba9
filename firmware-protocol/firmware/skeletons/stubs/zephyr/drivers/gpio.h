#pragma once
#include <stdint.h>
#include <zephyr/device.h>
struct gpio_callback {
    int unused;
};
void on_trigger(const struct device *port, struct gpio_callback *callback, uint32_t pins);
