/*
 * What SPEC 4.7 needs of IEEE 754 binary64 beside + - * /, without a mathematical library: the same bits on every processor.
 * A double must be a binary64 here; of what is no finite number each gives back what is none.
 */
#ifndef BEAM_REAL_H
#define BEAM_REAL_H

#include <stdbool.h>

bool real_is_finite(double x);

/* The whole number nearest to x; of two, the larger. */
double real_nearest(double x);

/* The least whole number that is not less than x. */
double real_ceil(double x);

/* The square root of what is not below 0, rounded to nearest. */
double real_sqrt(double x);

#endif
