/* SPDX-License-Identifier: MIT */
/* Text to units: words from a table with prefixes, joined by blank, '*', '.', '-' or '/', each with a whole power. */
#include <math.h>
#include <string.h>

#include "base/base.h"
#include "base/unit_words.h"

static pm_status refuse(pm_error *err, const char *text, const char *hint, const char *why)
{
    return pm_fail_at(err, PM_ERR_UNIT, pm_nowhere(), hint, "unit '%s': %s", text, why);
}

/** Writes text with the many ways of the same sign made one: micro sign, superscripts, degree, dots. False where it
 *  does not fit or holds a sign that no unit has. */
static bool simplify(const char *text, char *out, size_t size)
{
    static const char *const signs[][2] = {
        {"\u00B5", "u"},  {"\u03BC", "u"},  {"\u03A9", "ohm"}, {"\u2126", "ohm"}, {"\u00B0", "deg"}, {"\u2103", "degC"},
        {"\u00B7", "*"},  {"\u22C5", "*"},  {"\u00D7", "*"},   {"\u207B", "^-"},  {"\u2212", "-"},   {"\u00B9", "^1"},
        {"\u00B2", "^2"}, {"\u00B3", "^3"}, {"**", "^"},       {"\u00A0", " "},
    };
    size_t used = 0;
    while (*text) {
        char one[2] = {*text, 0};
        const char *from = one, *to = one;
        for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
            if (!strncmp(text, signs[i][0], strlen(signs[i][0]))) from = signs[i][0], to = signs[i][1];
        size_t length = strlen(to);
        if ((unsigned char)*to >= 0x80 || used + length + 1 > size) return false;
        memcpy(out + used, to, length);
        used += length;
        text += strlen(from);
    }
    while (used && out[used - 1] == ' ') used--;
    out[used] = 0;
    return true;
}

static double common_divisor(double a, double b)
{
    while (b > 0) {
        double rest = fmod(a, b);
        a = b;
        b = rest;
    }
    return a;
}

/** Whole numbers stay exact up to 2^53; a factor that is not whole (pi) is left as it is. */
static void reduce(double *num, double *den)
{
    if (*num != floor(*num) || *den != floor(*den)) return;
    double divisor = common_divisor(*num, *den);
    *num /= divisor;
    *den /= divisor;
}

/** unit *= factor^power; false where that is no unit of this world. */
static bool multiply(pm_unit *unit, const pm_unit *factor, int power)
{
    for (int i = 0; i < abs(power); i++) {
        unit->num *= power > 0 ? factor->num : factor->den;
        unit->den *= power > 0 ? factor->den : factor->num;
        reduce(&unit->num, &unit->den);
    }
    unit->shift = 0;
    bool sane = unit->num < 1e100 && unit->den < 1e100;
    for (int i = 0; i < 7; i++) {
        int sum = unit->power[i] + power * factor->power[i];
        sane = sane && abs(sum) < 100;
        unit->power[i] = (int8_t)sum;
    }
    return sane;
}

typedef struct parser {
    const char *text, *p; /**< as given, for messages; where we are in the simplified one */
    int factors;          /**< read so far */
    pm_error *err;
} parser;

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '%';
}
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/** "2", "-2", "^2", "^-2", "^-^2"; 1 where nothing stands. */
static pm_status read_power(parser *r, int *power)
{
    const char *p = r->p;
    bool negative = false, marked = *p == '^';
    while (*p == '^') p++;
    if ((*p == '-' || *p == '+') && (is_digit(p[1]) || p[1] == '^')) negative = *p++ == '-';
    while (*p == '^') p++;
    *power = 1;
    if (!is_digit(*p)) return marked ? refuse(r->err, r->text, NULL, "a power without a number") : PM_OK;
    if (is_digit(p[1]) || *p == '0' || (p[1] == '.' && is_digit(p[2])))
        return refuse(r->err, r->text, NULL, "the power is not a whole number from 1 to 9");
    *power = negative ? '0' - *p : *p - '0';
    r->p = p + 1;
    return PM_OK;
}

static pm_status read_product(parser *r, pm_unit *unit, int depth);

/** '(' product ')', a word, or 1; then its power. */
static pm_status read_factor(parser *r, pm_unit *unit, int *power, int depth)
{
    pm_status s;
    *unit = (pm_unit){.num = 1, .den = 1};
    r->factors++;
    if (*r->p == '(') {
        r->p++;
        if (depth == 4) return refuse(r->err, r->text, NULL, "too many brackets");
        if ((s = read_product(r, unit, depth + 1))) return s;
        if (*r->p != ')') return refuse(r->err, r->text, NULL, "a bracket is not closed");
        r->p++;
    } else if (*r->p == '1' && !is_digit(r->p[1])) {
        r->p++;
    } else {
        const char *start = r->p;
        while (is_letter(*r->p)) r->p++;
        if (r->p == start) return refuse(r->err, r->text, "write it like mAh/cm2 or mAh cm-2", "cannot be read");
        const char *hint = NULL;
        if (!pm_unit_word(start, r->p - start, unit, &hint))
            return refuse(r->err, r->text, hint, hint ? "ambiguous" : "unknown");
    }
    return read_power(r, power);
}

/** Steps over what joins two factors; *divides: a '/'. False at the end and at ')'. */
static bool read_join(parser *r, bool *divides)
{
    while (*r->p == ' ') r->p++;
    *divides = *r->p == '/';
    if (!*r->p || *r->p == ')') return false;
    if (strchr("/*.-", *r->p)) r->p++;
    while (*r->p == ' ') r->p++;
    return true;
}

static pm_status read_product(parser *r, pm_unit *unit, int depth)
{
    pm_status s;
    bool divides = false, divided = false;
    while (*r->p == ' ') r->p++;
    do {
        pm_unit factor;
        int power;
        if (divided && !divides)
            return refuse(r->err, r->text, "put what is below the line into brackets", "what is divided by what?");
        if ((s = read_factor(r, &factor, &power, depth))) return s;
        if (!multiply(unit, &factor, divides ? -power : power))
            return refuse(r->err, r->text, NULL, "out of all proportion");
        if (r->factors == 1 && !divides && power == 1) unit->shift = factor.shift; /* only alone, see pm_unit_parse */
        if (r->factors > 8) return refuse(r->err, r->text, NULL, "too many parts");
        divided = divides;
    } while (read_join(r, &divides));
    return PM_OK;
}

pm_status pm_unit_parse(const char *text, pm_unit *unit, pm_error *err)
{
    char simple[96];
    if (!simplify(text, simple, sizeof simple)) return refuse(err, text, NULL, "unknown");
    const char *start = simple;
    while (*start == ' ') start++;
    parser r = {.text = text, .p = pm_unit_spelling(start), .err = err};
    pm_unit u = {.num = 1, .den = 1};
    if (*r.p) {
        pm_status s = read_product(&r, &u, 0);
        if (s) return s;
    }
    if (*r.p) return refuse(err, text, NULL, "a bracket too many");
    if (r.factors > 1) u.shift = 0; /* V/degC is per difference of temperatures */
    *unit = u;
    return PM_OK;
}

bool pm_unit_same_dimension(pm_unit a, pm_unit b)
{
    return !memcmp(a.power, b.power, sizeof a.power);
}

/** "A s", "kg m^2 s^-3": for messages. */
static void dimension(pm_unit u, char text[80])
{
    static const char *const base[7] = {"s", "m", "kg", "A", "K", "mol", "cd"};
    int n = 0;
    text[0] = 0;
    for (int i = 0; i < 7; i++) {
        const char *gap = n ? " " : "";
        if (u.power[i] == 1) n += snprintf(text + n, 80 - (size_t)n, "%s%s", gap, base[i]);
        if (u.power[i] != 1 && u.power[i]) n += snprintf(text + n, 80 - (size_t)n, "%s%s^%d", gap, base[i], u.power[i]);
    }
    if (!n) snprintf(text, 80, "a pure number");
}

pm_status pm_unit_factor(pm_unit from, pm_unit to, double *num, double *den, double *shift, pm_error *err)
{
    if (!pm_unit_same_dimension(from, to)) {
        char a[80], b[80];
        dimension(from, a);
        dimension(to, b);
        return pm_fail(err, PM_ERR_UNIT, "cannot convert %s to %s", a, b);
    }
    *num = from.num * to.den;
    *den = from.den * to.num;
    reduce(num, den);
    *shift = (from.shift - to.shift) * to.den / to.num;
    return PM_OK;
}

/** x * num / den as if rounded once: the two remainders are exact by fma and added last. */
static double scale(double x, double num, double den)
{
    double product = x * num, lost = fma(x, num, -product);
    double quotient = product / den, rest = fma(-quotient, den, product) + lost;
    return isfinite(quotient) ? quotient + rest / den : quotient;
}

pm_status pm_unit_convert(pm_unit from, pm_unit to, int64_t n, double *values, pm_error *err)
{
    double num, den, shift;
    pm_status s = pm_unit_factor(from, to, &num, &den, &shift, err);
    if (s) return s;
    if (num != 1 && den != 1) {
        for (int64_t i = 0; i < n; i++) values[i] = scale(values[i], num, den);
    } else if (den != 1) {
        for (int64_t i = 0; i < n; i++) values[i] /= den;
    } else if (num != 1) {
        for (int64_t i = 0; i < n; i++) values[i] *= num;
    }
    for (int64_t i = 0; shift != 0 && i < n; i++) values[i] += shift;
    return PM_OK;
}
