/* Just what the Arduino skeleton uses. */
#pragma once
#include <stdint.h>
struct SPIClass {
    void begin();
    uint8_t transfer(uint8_t byte);
};
extern SPIClass SPI;
