#pragma once
#include <stdint.h>
#include <zephyr/device.h>
int uart_irq_callback_user_data_set(const struct device *dev, void (*callback)(const struct device *dev, void *data), void *data);
void uart_irq_rx_enable(const struct device *dev);
void uart_irq_tx_enable(const struct device *dev);
void uart_irq_tx_disable(const struct device *dev);
int uart_irq_update(const struct device *dev);
int uart_irq_is_pending(const struct device *dev);
int uart_irq_rx_ready(const struct device *dev);
int uart_irq_tx_complete(const struct device *dev);
int uart_fifo_read(const struct device *dev, uint8_t *bytes, int size);
int uart_fifo_fill(const struct device *dev, const uint8_t *bytes, int size);
