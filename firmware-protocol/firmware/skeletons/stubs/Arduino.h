/* Just what the Arduino skeleton uses, so that it can be compiled without a kit. Behaves like nothing. */
#pragma once
#include <stddef.h>
#include <stdint.h>
enum { LOW, HIGH, INPUT, OUTPUT, RISING };
uint32_t micros();
int analogRead(int pin);
void digitalWrite(int pin, int level);
void pinMode(int pin, int mode);
int digitalPinToInterrupt(int pin);
void attachInterrupt(int number, void (*handler)(), int mode);
struct SerialPort {
    void begin(long baud);
    int available();
    int read();
    int availableForWrite();
    size_t write(const uint8_t *bytes, size_t count);
    void flush();
};
extern SerialPort Serial;
