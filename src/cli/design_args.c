/* SPDX-License-Identifier: MIT */
#include "cli/design_args.h"

#include <string.h>

enum { TEXT = 96 };

static pm_status malformed(const char *option, const char *form, const char *text, pm_error *err)
{
    return pm_fail(err, PM_ERR_ARGUMENT, "%s takes %s, not '%.80s'", option, form, text);
}

/* Takes apart "left<mark>right"; false where the mark is not there or a part does not fit. */
static bool split(const char *text, const char *mark, char left[TEXT], char right[TEXT])
{
    const char *at = strstr(text, mark);
    if (!at || at == text || at - text >= TEXT || strlen(at + strlen(mark)) >= TEXT) return false;
    snprintf(left, TEXT, "%.*s", (int)(at - text), text);
    snprintf(right, TEXT, "%s", at + strlen(mark));
    return *right != 0;
}

static bool is_bare(const char *text)
{
    double value;
    return pm_number_parse(text, (int64_t)strlen(text), '.', &value) == PM_NUMERAL_OK;
}

/* "20..50 um": the unit of the second end is the first one's too. */
static void lend_unit(char low[TEXT], const char *high)
{
    const char *unit = high + strspn(high, " +-.0123456789");
    if (is_bare(low) && strlen(low) + strlen(unit) + 2 < TEXT) strcat(strcat(low, " "), unit);
}

static pm_status ends(const char *text, const char *option, pm_design_axis *out, pm_error *err)
{
    char low[TEXT], high[TEXT];
    pm_status s;
    if (!split(text, "..", low, high)) return malformed(option, "a range such as \"10 um..50 um\"", text, err);
    lend_unit(low, high);
    const pm_design_input *first = out->input;
    if ((s = pm_design_input_value(low, &first, &out->low, err))) return s;
    out->input = first;
    if ((s = pm_design_input_value(high, &out->input, &out->high, err))) return s;
    return first == out->input ? PM_OK : malformed(option, "a range with both ends in one unit", text, err);
}

pm_status cli_design_range(const pm_design *told, const char *key, const char *between, pm_design_axis *out,
                           pm_error *err)
{
    pm_status s = pm_design_input_find(told, key, &out->input, err);
    if (s) return s;
    out->low = out->input->low;
    out->high = out->input->high;
    out->n = 1;
    return between ? ends(between, "--between", out, err) : PM_OK;
}

pm_status cli_design_axis(const pm_design *told, const char *text, pm_design_axis *out, pm_error *err)
{
    static const char form[] = "KEY=FROM..TO:N, such as \"lithium_thickness=10 um..50 um:9\"";
    char key[TEXT], rest[TEXT], range[TEXT], count[TEXT];
    double n;
    pm_status s;
    if (!split(text, "=", key, rest) || !split(rest, ":", range, count)) return malformed("--sweep", form, text, err);
    if ((s = pm_design_input_find(told, key, &out->input, err))) return s;
    bool counted = pm_number_parse(count, (int64_t)strlen(count), '.', &n) == PM_NUMERAL_OK && n >= 1 &&
                   n <= PM_DESIGN_MOST && n == (double)(int64_t)n;
    if (!counted) return malformed("--sweep", form, text, err);
    out->n = (int64_t)n;
    return ends(range, "--sweep", out, err);
}

pm_status cli_design_target(const char *text, const pm_design_output **output, double *target, pm_error *err)
{
    char key[TEXT], value[TEXT];
    pm_status s;
    if (!split(text, "=", key, value))
        return malformed("--for", "OUTPUT=TARGET, such as \"specific_energy=400 Wh/kg\"", text, err);
    s = pm_design_output_find(key, output, err);
    return s ? s : pm_design_output_value(value, *output, target, err);
}
