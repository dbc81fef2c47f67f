/* SPDX-License-Identifier: MIT */
/* Decks as texts. */
#ifndef DESIGN_SUPPORT_H
#define DESIGN_SUPPORT_H

#include "support.h"

#include "design/design.h"

#include <math.h>
#include <string.h>

static inline pm_design design_of(const char *deck)
{
    pm_design d;
    pm_error err = {0};
    assert_good(pm_design_parse_deck(deck, (int64_t)strlen(deck), "deck", &d, &err), &err);
    return d;
}

static inline pm_design_result computed(const pm_design *d)
{
    pm_design_result r;
    pm_error err = {0};
    assert_good(pm_design_compute(d, &r, &err), &err);
    return r;
}

static inline const pm_design_input *input_named(const char *key)
{
    const pm_design_input *input = NULL;
    pm_error err = {0};
    assert_good(pm_design_input_find(NULL, key, &input, &err), &err);
    return input;
}

static inline const pm_design_output *output_named(const char *key)
{
    const pm_design_output *output = NULL;
    pm_error err = {0};
    assert_good(pm_design_output_find(key, &output, &err), &err);
    return output;
}

#endif
