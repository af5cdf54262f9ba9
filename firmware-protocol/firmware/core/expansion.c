#include "expansion.h"

#include "config.h"

#if BOARD_EXPANSION

#include <float.h>

#include "codewords.h"
#include "real.h"

#if FLT_RADIX != 2 || DBL_MANT_DIG != 53 || DBL_MAX_EXP != 1024
#error "expansion needs a double of 64 bits, IEEE 754 binary64 (SPEC 4.7): set BOARD_EXPANSION to 0"
#endif
#if FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 1
#error "double is kept wider than 64 bits, so codes would differ (SPEC 4.7): compile with -msse2 -mfpmath=sse, or set BOARD_EXPANSION to 0"
#endif
#ifdef __FAST_MATH__
#error "-ffast-math regroups what SPEC 4.7 orders: leave it out, or set BOARD_EXPANSION to 0"
#endif
/* A product and a sum must round twice. GCC knows the standard's pragma not. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("fp-contract=off")
#else
#pragma STDC FP_CONTRACT OFF
#endif

#define TURN 6.283185307179586
#define FS_PER_S 1e15

/* `kind` of an entry of LoadFoci. */
enum focus_kind { FOCUS_FAR, FOCUS_POINT, FOCUS_DIVERGING, FOCUS_SECOND_ORDER };

/* The settings of one element. */
struct codes {
    uint16_t phase;
    uint16_t delay;
    uint16_t line;
};

/* What is the same for all elements. */
struct scales {
    /* Of the array, in elements. */
    double middle;
    double spacing;
    double spacing_turns;
    double speed_of_light;
    double carrier_hz;
    double wavelength;
    double turns_per_metre;
    double delay_lsb;
};

static struct scales scales_of(const struct expander *expander)
{
    const struct msg_set_geometry *const geometry = expander->geometry;
    const struct scales scales = {
        ((double)geometry->array_elements - 1.0) / 2.0, geometry->spacing, geometry->spacing_turns, geometry->speed_of_light,
        geometry->carrier_hz, geometry->speed_of_light / geometry->carrier_hz, geometry->carrier_hz / geometry->speed_of_light,
        expander->board->delay_lsb_fs / FS_PER_S
    };
    return scales;
}

static double second_order_phase(const struct scales *scales, double y, double sin, double ring)
{
    const double turns = -(y * sin - y * y * ring) / scales->wavelength;
    return TURN * (turns - real_ceil(turns - 0.5));
}

/* rad; `offset` is where the element stands from the middle, in spacings. */
static double focus_phase(const struct scales *scales, const struct msg_load_foci_entry *focus, double offset)
{
    const double a = focus->a;
    const double y = offset * scales->spacing;
    if (focus->kind == FOCUS_SECOND_ORDER) {
        return second_order_phase(scales, y, a, focus->b);
    }
    if (focus->kind == FOCUS_FAR) {
        const double turns = -offset * a * scales->spacing_turns;
        return TURN * (turns - real_nearest(turns));
    }
    const double dy = y - focus->b;
    const double turns = real_sqrt(a * a + dy * dy) * scales->turns_per_metre;
    const double phase = TURN * (turns - real_nearest(turns));
    return focus->kind == FOCUS_DIVERGING ? -phase : phase;
}

/* e(y) of SPEC 4.7 times the speed of light, m. */
static double way_at(const struct msg_load_splits_entry *split, double y)
{
    return y * split->delay_sin - y * y * split->delay_ring;
}

/* False where the turns are no finite number. */
static bool set_phase(const struct expanding_board *board, double turns, struct codes *codes)
{
    const double steps = real_nearest(turns * (double)(UINT32_C(1) << board->phase_bits));
    if (!real_is_finite(steps)) {
        return false;
    }
    /* Corrections are the most of it: some hundred turns. */
    codes->phase = (uint16_t)((uint32_t)(int32_t)steps & ((UINT32_C(1) << board->phase_bits) - 1));
    return true;
}

static bool expand_focus(const struct expander *expander, const struct scales *scales, const struct msg_load_foci_entry *focus,
                         uint16_t element, double offset, struct codes *codes)
{
    double phase = focus_phase(scales, focus, offset);
    if (expander->phase_errors != NULL) {
        phase = phase - expander->phase_errors[element];
    }
    codes->delay = 0;
    codes->line = 0;
    return set_phase(expander->board, phase / TURN, codes);
}

static bool expand_split(const struct expander *expander, const struct scales *scales, const struct msg_load_splits_entry *split,
                         double least_way, uint16_t element, double offset, struct codes *codes)
{
    const struct expanding_board *const board = expander->board;
    const double y = offset * scales->spacing;
    double phase = second_order_phase(scales, y, split->phase_sin, split->phase_ring);
    double delay = way_at(split, y) / scales->speed_of_light - least_way / scales->speed_of_light;
    if (expander->phase_errors != NULL) {
        phase = phase - expander->phase_errors[element];
        delay = delay - expander->delay_errors[element];
    }
    const double line = board->num_lines == 0 ? 0.0 : hal_line_delay_fs(expander->hal, split->line, element) / FS_PER_S;
    double realised = line;
    codes->line = split->line;
    codes->delay = 0;
    if (board->delay_bits > 0) {
        const double code = real_nearest((delay + split->shift - line) / scales->delay_lsb);
        if (!real_is_finite(code)) {
            return false;
        }
        codes->delay = code <= 0.0 ? 0 : code >= board->last_delay_code ? board->last_delay_code : (uint16_t)code;
        realised = line + codes->delay * scales->delay_lsb;
    }
    const double missing = scales->carrier_hz * (delay + split->shift - realised);
    return set_phase(board, phase / TURN - (missing - real_nearest(missing)), codes);
}

/* In the order of SPEC 4.1. */
static void pack(const struct expanding_board *board, uint16_t element, const struct codes *codes, uint8_t *packed)
{
    const unsigned element_bits = (unsigned)board->phase_bits + board->delay_bits + board->amplitude_bits + board->line_bits;
    uint32_t at = (uint32_t)element * element_bits;
    put_code(packed, at, codes->phase, board->phase_bits);
    at += board->phase_bits;
    put_code(packed, at, codes->delay, board->delay_bits);
    at += board->delay_bits;
    put_code(packed, at, UINT16_MAX, board->amplitude_bits);
    at += board->amplitude_bits;
    put_code(packed, at, codes->line, board->line_bits);
}

/* Goes on looking for the least e(y) of all elements of the array; false where one is no finite number. */
static bool look(const struct scales *scales, const struct msg_set_geometry *geometry,
                 const struct msg_load_splits_entry *split, struct expansion *expansion, uint16_t *left)
{
    for (; *left > 0 && expansion->looked_at < geometry->array_elements; (*left)--, expansion->looked_at++) {
        const double way = way_at(split, ((double)expansion->looked_at - scales->middle) * scales->spacing);
        if (!real_is_finite(way)) {
            return false;
        }
        /* Divided by the speed of light later: what is least stays so. */
        if (expansion->looked_at == 0 || way < expansion->least_way) {
            expansion->least_way = way;
        }
    }
    return true;
}

enum expansion_state expansion_step(const struct expander *expander, const struct parameters *parameters,
                                    struct expansion *expansion, uint8_t *packed, uint16_t most)
{
    const struct expanding_board *const board = expander->board;
    const struct msg_set_geometry *const geometry = expander->geometry;
    const struct msg_load_splits_entry *const split = &parameters->of.split;
    const struct scales scales = scales_of(expander);
    uint16_t left = most;
    if (parameters->is_split
        && ((split->line > 0 && split->line >= board->num_lines) || !look(&scales, geometry, split, expansion, &left))) {
        return EXPANSION_IMPOSSIBLE;
    }
    for (; left > 0 && expansion->expanded < board->num_elements; left--, expansion->expanded++) {
        const uint16_t element = expansion->expanded;
        const uint32_t along = geometry->mirrored == 1 ? board->num_elements - 1u - element : element;
        const double offset = (double)(geometry->first_element + along) - scales.middle;
        struct codes codes;
        if (!(parameters->is_split
                  ? expand_split(expander, &scales, split, expansion->least_way, element, offset, &codes)
                  : expand_focus(expander, &scales, &parameters->of.focus, element, offset, &codes))) {
            return EXPANSION_IMPOSSIBLE;
        }
        pack(board, element, &codes, packed);
    }
    return expansion->expanded < board->num_elements ? EXPANSION_GOES_ON : EXPANSION_WHOLE;
}

#endif
