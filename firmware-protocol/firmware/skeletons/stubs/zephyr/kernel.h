/* Just what the Zephyr skeleton uses, so that it can be compiled without Zephyr. Behaves like nothing. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#define ARG_UNUSED(x) (void)(x)
struct k_sem {
    int unused;
};
struct k_spinlock {
    int unused;
};
typedef int k_spinlock_key_t;
typedef struct {
    int64_t ticks;
} k_timeout_t;
k_timeout_t stub_timeout(int64_t ticks);
#define K_FOREVER stub_timeout(-1)
#define K_CYC(cycles) stub_timeout((int64_t)(cycles))
int k_sem_init(struct k_sem *sem, unsigned initial, unsigned limit);
void k_sem_give(struct k_sem *sem);
int k_sem_take(struct k_sem *sem, k_timeout_t timeout);
k_spinlock_key_t k_spin_lock(struct k_spinlock *lock);
void k_spin_unlock(struct k_spinlock *lock, k_spinlock_key_t key);
uint64_t k_cycle_get_64(void);
