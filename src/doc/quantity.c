/* SPDX-License-Identifier: MIT */
/* Numbers with units in documents: "20 um" into m, cm or whatever is asked for. */
#include "doc/tree.h"

#include <math.h>
#include <string.h>

static size_t digits_at(const char *text)
{
    return strspn(text, "0123456789");
}

/* Length of the decimal number that a text begins with; 0 = none. */
static size_t number_length(const char *text)
{
    size_t sign = text[0] == '-' || text[0] == '+', at = sign, digits = digits_at(text + at);
    at += digits;
    if (text[at] == '.') {
        size_t fraction = digits_at(text + at + 1);
        digits += fraction;
        at += fraction + 1;
    }
    if (!digits) return 0;
    if (text[at] == 'e' || text[at] == 'E') {
        size_t power = at + 1;
        if (text[power] == '-' || text[power] == '+') power++;
        if (digits_at(text + power)) at = power + digits_at(text + power);
    }
    return at;
}

/* Why a text is no quantity in a unit, as a message. */
static pm_status refuse(pm_error *err, const char *text, const char *unit, const char *why)
{
    const char *quote = text ? "\"" : "", *found = text ? text : "none", *gap = *why ? ": " : "";

    if (!strcmp(unit, "1"))
        return pm_fail(err, PM_ERR_UNIT, "expected a pure number such as \"0.5\", found %s%s%s%s%s", quote, found,
                       quote, gap, why);
    return pm_fail(err, PM_ERR_UNIT, "expected a quantity in %s such as \"20 %s\", found %s%s%s%s%s", unit, unit, quote,
                   found, quote, gap, why);
}

pm_status pm_quantity_parse(const char *text, const char *unit, double *value, pm_error *err)
{
    pm_status s;
    pm_unit to, from;
    pm_error inner = {0};
    bool pure = !strcmp(unit, "1");
    double number;
    if ((s = pm_unit_parse(unit, &to, err))) return s;
    const char *start = text + strspn(text, " "), *rest = start + number_length(start);
    bool read = pm_number_parse(start, rest - start, '.', &number) == PM_NUMERAL_OK;
    if (rest == start || !read) return refuse(err, text, unit, "no number");
    rest += strspn(rest, " ");
    if (!*rest && !pure) return refuse(err, text, unit, "the unit is missing");
    if (pm_unit_parse(*rest ? rest : "1", &from, &inner)) return refuse(err, text, unit, inner.message);
    if (pm_unit_convert(from, to, 1, &number, NULL)) return refuse(err, text, unit, "another kind of quantity");
    *value = number;
    return PM_OK;
}

/* ---- with a deviation ---- */

/* Where the deviation begins in the text, and behind its mark; NULL = there is none. */
static const char *deviation_in(const char *text, const char **behind)
{
    static const char *const marks[] = {"+-", "+/-", "\u00b1"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *at = strstr(text, marks[i]);
        if (!at) continue;
        *behind = at + strlen(marks[i]);
        return at;
    }
    return NULL;
}

bool pm_quantity_has_deviation(const char *text)
{
    const char *behind;
    return deviation_in(text, &behind) != NULL;
}

static pm_status deviation_of(const char *text, const char *unit, double value, double *deviation, pm_error *err)
{
    double part;
    if (strchr(text, '%') && !pm_quantity_parse(text, "1", &part, NULL))
        *deviation = fabs(value) * part;
    else {
        pm_status s = pm_quantity_parse(text, unit, deviation, err);
        if (s) return s;
    }
    if (*deviation >= 0) return PM_OK;
    return pm_fail(err, PM_ERR_ARGUMENT, "a deviation below zero: '%.80s'", text);
}

pm_status pm_quantity_uncertain(const char *text, const char *unit, double *value, double *deviation, pm_error *err)
{
    char alone[96];
    const char *behind = NULL, *at = deviation_in(text, &behind);
    size_t length = at ? (size_t)(at - text) : strlen(text);
    pm_status s;
    if (length >= sizeof alone) return pm_fail(err, PM_ERR_ARGUMENT, "no quantity: '%.80s'", text);
    snprintf(alone, sizeof alone, "%.*s", (int)length, text);
    while (length && alone[length - 1] == ' ') alone[--length] = 0;
    *deviation = 0;
    if ((s = pm_quantity_parse(alone, unit, value, err)) || !at) return s;
    return deviation_of(behind, unit, *value, deviation, err);
}

/* What a node holds that is a number without quotes: 0x10 and .5e3 are numbers too. */
static pm_status bare(const pm_node *node, const char *unit, double *value, pm_error *err)
{
    const char *text = pm_node_scalar(node);
    if (strcmp(unit, "1") != 0) return refuse(err, text, unit, "the unit is missing");
    if (!isfinite(node->number)) return refuse(err, text, unit, "not a finite number");
    *value = node->number;
    return PM_OK;
}

pm_status pm_node_quantity(const pm_doc *doc, const pm_node *node, const char *unit, double *value, pm_error *err)
{
    pm_error why = {0};
    pm_unit known;
    const char *text = pm_node_scalar(node);
    pm_status s = pm_unit_parse(unit, &known, err);
    if (s) return s;
    if (!text || pm_node_kind(node) == PM_NODE_BOOL)
        s = refuse(&why, text, unit, "");
    else if (pm_node_kind(node) == PM_NODE_NUMBER)
        s = bare(node, unit, value, &why);
    else
        s = pm_quantity_parse(text, unit, value, &why);
    return s ? pm_node_fail(doc, node, s, err, "%s", why.message) : PM_OK;
}
