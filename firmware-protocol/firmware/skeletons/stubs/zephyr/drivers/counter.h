#pragma once
#include <stdint.h>
#include <zephyr/device.h>
struct counter_alarm_cfg {
    void (*callback)(const struct device *dev, uint8_t channel, uint32_t ticks, void *user_data);
    uint32_t ticks;
    void *user_data;
    uint32_t flags;
};
int counter_start(const struct device *dev);
uint32_t counter_us_to_ticks(const struct device *dev, uint64_t us);
int counter_set_channel_alarm(const struct device *dev, uint8_t channel, const struct counter_alarm_cfg *alarm);
int counter_cancel_channel_alarm(const struct device *dev, uint8_t channel);
