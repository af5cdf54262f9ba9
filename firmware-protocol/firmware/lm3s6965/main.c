/* The reference firmware on an LM3S6965 evaluation board, as QEMU has it too: qemu-system-arm -M lm3s6965evb. */
#include "board.h"
#include "hal-lm3s6965.h"

int main(void);

int main(void)
{
    static struct board board;
    struct hal *const hal = hal_lm3s6965_start();
    board_power_up(&board, hal);
    for (;;) {
        hal_lm3s6965_sleep(hal, board_run(&board));
    }
}
