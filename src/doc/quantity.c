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

static pm_status fail(const pm_doc *doc, const pm_node *node, const char *unit, const char *why, pm_error *err)
{
    const char *text = pm_node_scalar(node);
    return pm_node_fail(doc, node, PM_ERR_UNIT, err, "expected a quantity in %s such as \"%s\", found %s%s%s%s%s", unit,
                        strcmp(unit, "1") ? "20 UNIT" : "0.5", text ? "\"" : "", text ? text : "none", text ? "\"" : "",
                        *why ? ": " : "", why);
}

pm_status pm_node_quantity(const pm_doc *doc, const pm_node *node, const char *unit, double *value, pm_error *err)
{
    pm_status s;
    pm_unit to, from;
    pm_error inner = {0};
    const char *text = pm_node_scalar(node);
    bool pure = !strcmp(unit, "1");
    double number;
    if ((s = pm_unit_parse(unit, &to, err))) return s;
    if (!text || pm_node_kind(node) == PM_NODE_BOOL) return fail(doc, node, unit, "", err);
    if (pm_node_kind(node) == PM_NODE_NUMBER) {
        if (!pure) return fail(doc, node, unit, "the unit is missing", err);
        if (!isfinite(node->number)) return fail(doc, node, unit, "not a finite number", err);
        *value = node->number;
        return PM_OK;
    }
    while (*text == ' ') text++;
    size_t length = number_length(text);
    const char *rest = text + length;
    while (*rest == ' ') rest++;
    if (!length || pm_number_parse(text, (int64_t)length, '.', &number) != PM_NUMERAL_OK)
        return fail(doc, node, unit, "no number", err);
    if (!*rest && !pure) return fail(doc, node, unit, "the unit is missing", err);
    if (pm_unit_parse(*rest ? rest : "1", &from, &inner)) return fail(doc, node, unit, inner.message, err);
    if (pm_unit_convert(from, to, 1, &number, &inner)) return fail(doc, node, unit, inner.message, err);
    *value = number;
    return PM_OK;
}
