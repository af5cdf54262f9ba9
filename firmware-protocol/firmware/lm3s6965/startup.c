/* From reset to main, and which interrupt goes where. */
#include <stdint.h>

#include "lm3s6965.h"

extern uint32_t stack_top;
extern uint32_t data_begin;
extern uint32_t data_end;
extern const uint32_t data_load;
extern uint32_t bss_begin;
extern uint32_t bss_end;

int main(void);
void reset(void);

/* What should not happen starts the board anew: a host sees another bootId. */
static void fault(void)
{
    SCB_AIRCR = SCB_AIRCR_RESET;
    for (;;) {
    }
}

void reset(void)
{
    const uint32_t *from = &data_load;
    for (uint32_t *to = &data_begin; to < &data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = &bss_begin; to < &bss_end; to++) {
        *to = 0;
    }
    (void)main();
    fault();
}

typedef void handler(void);

/* The top of the stack, 15 exceptions of the processor, interrupts 0 to 30. */
struct vectors {
    uint32_t *stack_top;
    handler *handlers[15 + 31];
};

#define EXCEPTION(number) ((number) - 1)
#define INTERRUPT(number) (15 + (number))

const struct vectors vectors __attribute__((section(".vectors"), used)) = {
    &stack_top,
    {
        [EXCEPTION(1)] = reset,
        [EXCEPTION(2)] = fault,
        [EXCEPTION(3)] = fault,
        [EXCEPTION(4)] = fault,
        [EXCEPTION(5)] = fault,
        [EXCEPTION(6)] = fault,
        [EXCEPTION(15)] = on_systick,
        [INTERRUPT(IRQ_UART0)] = on_uart,
        [INTERRUPT(IRQ_TIMER0A)] = on_alarm,
        [INTERRUPT(IRQ_GPIOF)] = on_trigger,
    }
};
