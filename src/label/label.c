/* SPDX-License-Identifier: MIT */
#include "label.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

void pm_label_fold(const char *text, char *folded, int64_t room)
{
    int64_t n = 0;

    while (*text == ' ') text++;
    if (*text == '-' && room > 1) folded[n++] = *text++;
    for (; *text && n < room - 1; text++) {
        unsigned char c = (unsigned char)*text;
        if (isalnum(c) || c >= 0x80 || strchr("<>|'", c)) folded[n++] = (char)tolower(c);
    }
    folded[n] = 0;
}

static bool understood(const char *unit, pm_unit *parsed)
{
    /* "V vs. Ref." says which electrode, not another unit; a bare C in a column's label is degrees Celsius. */
    char own[PM_UNIT_MAX];
    const char *vs = strstr(unit, " vs");

    snprintf(own, sizeof own, "%.*s", vs ? (int)(vs - unit) : (int)strlen(unit), unit);
    if (strcmp(own, "C") == 0) snprintf(own, sizeof own, "degC");
    return own[0] && pm_unit_parse(own, parsed, NULL) == PM_OK;
}

static void set(char *to, size_t room, const char *from, int64_t n)
{
    while (n > 0 && (*from == ' ' || *from == '\t' || *from == '"')) {
        from++;
        n--;
    }
    while (n > 0 && (from[n - 1] == ' ' || from[n - 1] == '\t' || from[n - 1] == '"')) n--;
    snprintf(to, room, "%.*s", n < (int64_t)room ? (int)n : (int)room - 1, from);
}

/* Splits at `at` into a name before and a unit behind (skip bytes later, drop bytes before the end). */
static bool try_split(pm_label *label, const char *text, int64_t n, int64_t at, int64_t skip, int64_t drop, bool must)
{
    char unit[PM_UNIT_MAX];
    pm_unit parsed = {0};

    if (at <= 0 || n - at - skip - drop <= 0) return false;
    set(unit, sizeof unit, text + at + skip, n - at - skip - drop);
    if (strcmp(unit, "Z") == 0) return false; /* "Re(Z)": of the impedance, not a unit */
    bool ok = understood(unit, &parsed);
    if (!ok && !must) return false;
    set(label->name, sizeof label->name, text, at);
    if (!label->name[0]) return false;
    memcpy(label->unit, unit, sizeof unit);
    label->parsed = parsed;
    label->has_unit = ok;
    return true;
}

static int64_t last_of(const char *text, int64_t n, char c)
{
    for (int64_t i = n - 1; i >= 0; i--)
        if (text[i] == c) return i;
    return -1;
}

/* "Differential_Capacity_Ah_V": two units at the end are a ratio. */
static bool try_ratio(pm_label *label, const char *text, int64_t n)
{
    int64_t second = last_of(text, n, '_'), first = second > 0 ? last_of(text, second, '_') : -1;
    char ratio[PM_UNIT_MAX];
    pm_unit over, under;

    if (first <= 0 || second + 1 >= n || n - first >= PM_UNIT_MAX || !isalpha((unsigned char)text[first + 1]))
        return false;
    snprintf(ratio, sizeof ratio, "%.*s", (int)(second - first - 1), text + first + 1);
    if (!understood(ratio, &over)) return false;
    snprintf(ratio, sizeof ratio, "%.*s/%.*s", (int)(second - first - 1), text + first + 1, (int)(n - second - 1),
             text + second + 1);
    if (!isalpha((unsigned char)text[second + 1]) || !understood(ratio, &under)) return false;
    set(label->name, sizeof label->name, text, first);
    snprintf(label->unit, sizeof label->unit, "%s", ratio);
    label->parsed = under;
    label->has_unit = true;
    return true;
}

/* "cycle_count_80_percent": the unit is the number's, not the column's. */
static bool is_percent_of_name(const char *text, int64_t n, int64_t at)
{
    int64_t digits = 0;

    if (n - at != 8 || memcmp(text + at, "_percent", 8) != 0) return false;
    while (digits < at && isdigit((unsigned char)text[at - 1 - digits])) digits++;
    return digits > 0 && digits < at && text[at - 1 - digits] == '_';
}

static int64_t find_slashed(const char *text, int64_t n)
{
    for (int64_t i = n - 3; i > 0; i--)
        if (memcmp(text + i, " / ", 3) == 0) return i;
    return -1;
}

static bool is_unit_itself(const char *text, int64_t n)
{
    char own[PM_UNIT_MAX];
    pm_unit u;

    if (n >= PM_UNIT_MAX) return false;
    set(own, sizeof own, text, n);
    return understood(own, &u);
}

/* machine_name_volt: lower case, and the unit is a word of the pattern; pm_label_slug undoes it. */
static bool split_machine(pm_label *label, const char *text, int64_t n);

/* "Name (unit)", "Name[unit]", "Name#unit" */
static bool try_enclosed(pm_label *label, const char *text, int64_t n)
{
    if (n > 0 && text[n - 1] == ')' && try_split(label, text, n, last_of(text, n, '('), 1, 1, true)) return true;
    if (n > 0 && text[n - 1] == ']' && try_split(label, text, n, last_of(text, n, '['), 1, 1, true)) return true;
    return try_split(label, text, n, last_of(text, n, '#'), 1, 0, true);
}

pm_label pm_label_split(const char *text, int64_t n)
{
    pm_label label = {0};

    while (n > 0 && (*text == ' ' || *text == '\t' || *text == '"')) {
        text++;
        n--;
    }
    while (n > 0 && strchr(" \t\r\"", text[n - 1])) n--;
    if (n >= PM_LABEL_MAX) n = PM_LABEL_MAX - 1;
    if (n > 0 && split_machine(&label, text, n)) return label;
    int64_t at = find_slashed(text, n);
    if (at > 0 && try_split(&label, text, n, at, 3, 0, true)) return label;
    if (try_enclosed(&label, text, n)) return label;
    at = last_of(text, n, '/');
    if (at > 0 && !is_unit_itself(text, n) && try_split(&label, text, n, at, 1, 0, false)) return label;
    at = last_of(text, n, '_');
    bool number = at > 0 && at + 1 < n && isdigit((unsigned char)text[at + 1]); /* "column_1" is no pure number */
    number = number || (at > 0 && is_percent_of_name(text, n, at));
    if (try_ratio(&label, text, n) || (!number && try_split(&label, text, n, at, 1, 0, false))) return label;
    set(label.name, sizeof label.name, text, n);
    return label;
}

/* The units in which columns are kept, and the words that stand for them in machine names. */
static const struct kept {
    const char *word, *unit;
} kept[] = {
    {"ah_per_gram", "Ah/g"},
    {"wh_per_gram", "Wh/g"},
    {"ah_per_cm2", "Ah/cm2"},
    {"ampere_per_cm2", "A/cm2"},
    {"ah_per_volt", "Ah/V"},
    {"volt_per_ah", "V/Ah"},
    {"volt_per_second", "V/s"},
    {"ampere_per_second", "A/s"},
    {"celsius_per_second", "K/s"},
    {"volt", "V"},
    {"ampere", "A"},
    {"ah", "Ah"},
    {"wh", "Wh"},
    {"second", "s"},
    {"ohm", "ohm"},
    {"celsius", "degC"},
    {"pa", "Pa"},
    {"watt", "W"},
    {"hertz", "Hz"},
    {"degree", "deg"},
    {"cm2", "cm2"},
    {"gram", "g"},
    {"farad", "F"},
    {"siemens", "S"},
};
enum { N_KEPT = sizeof kept / sizeof *kept };

bool pm_label_is_machine(const char *text, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!islower((unsigned char)text[i]) && !isdigit((unsigned char)text[i]) && text[i] != '_') return false;
    return n > 0 && islower((unsigned char)text[0]);
}

/* The word for a unit at the end of n bytes, behind an underscore; NULL = none. */
static const struct kept *kept_at_end(const char *text, int64_t n)
{
    for (int i = 0; i < N_KEPT; i++) {
        int64_t w = (int64_t)strlen(kept[i].word);
        if (n > w + 1 && text[n - w - 1] == '_' && memcmp(text + n - w, kept[i].word, (size_t)w) == 0) return &kept[i];
    }
    return NULL;
}

static bool split_machine(pm_label *label, const char *text, int64_t n)
{
    const struct kept *k = pm_label_is_machine(text, n) ? kept_at_end(text, n) : NULL;

    if (!k) return false;
    set(label->name, sizeof label->name, text, n - (int64_t)strlen(k->word) - 1);
    snprintf(label->unit, sizeof label->unit, "%s", k->unit);
    label->has_unit = pm_unit_parse(k->unit, &label->parsed, NULL) == PM_OK;
    return label->has_unit;
}

const char *pm_label_machine_unit(const char *text)
{
    int64_t n = (int64_t)strlen(text), digits = 0;

    while (digits < n && isdigit((unsigned char)text[n - 1 - digits])) digits++;
    const struct kept *k = kept_at_end(text, n);
    if (!k && digits > 0 && digits < n && text[n - 1 - digits] == '_') k = kept_at_end(text, n - digits - 1);
    return k ? k->unit : "1";
}

static void slug_of(const char *text, char *slug, int64_t room)
{
    int64_t n = 0;

    for (; *text && n < room - 1; text++) {
        unsigned char c = (unsigned char)*text;
        if (isalnum(c))
            slug[n++] = (char)tolower(c);
        else if (n > 0 && slug[n - 1] != '_')
            slug[n++] = '_';
    }
    while (n > 0 && slug[n - 1] == '_') n--;
    slug[n] = 0;
}

static void add_word(pm_slug *slug, const char *word)
{
    size_t n = strlen(slug->name), w = strlen(word);

    if (n + w + 2 > sizeof slug->name) n = sizeof slug->name - w - 2;
    snprintf(slug->name + n, sizeof slug->name - n, "_%s", word);
}

/* Angles are pure numbers too, but nobody wants them as such. */
static bool is_angle(const char *unit)
{
    return strncasecmp(unit, "deg", 3) == 0 || strncasecmp(unit, "rad", 3) == 0 || strcmp(unit, "\u00b0") == 0;
}

/* Farad and ampere hours per volt are one dimension, but nobody measures a capacitance in the latter. */
static bool is_capacitance(const char *unit)
{
    return unit[0] && unit[strlen(unit) - 1] == 'F';
}

pm_slug pm_label_slug(const pm_label *label)
{
    pm_slug slug = {.unit = "1", .num = 1, .den = 1};
    pm_unit kept_unit;

    slug_of(label->name, slug.name, sizeof slug.name);
    if (!slug.name[0]) snprintf(slug.name, sizeof slug.name, "column");
    if (!label->unit[0]) return slug;
    bool number = label->has_unit && pm_unit_parse("1", &kept_unit, NULL) == PM_OK &&
                  pm_unit_same_dimension(kept_unit, label->parsed) && !is_angle(label->unit);
    if (number && pm_unit_factor(label->parsed, kept_unit, &slug.num, &slug.den, &slug.shift, NULL) == PM_OK)
        return slug;
    for (int i = 0; label->has_unit && i < N_KEPT; i++) {
        if (pm_unit_parse(kept[i].unit, &kept_unit, NULL) || !pm_unit_same_dimension(kept_unit, label->parsed))
            continue;
        if (is_capacitance(label->unit) != is_capacitance(kept[i].unit)) continue;
        if (pm_unit_factor(label->parsed, kept_unit, &slug.num, &slug.den, &slug.shift, NULL)) break;
        add_word(&slug, kept[i].word);
        slug.unit = kept[i].unit;
        return slug;
    }
    /* Not understood, or a ratio that has no word: the values stay as they are and the name says in what. */
    char word[PM_UNIT_MAX];
    slug_of(label->unit, word, sizeof word);
    if (word[0] && strcmp(word, "1") != 0) add_word(&slug, word);
    return slug;
}

/* "_2", "_3", ... "_10" */
static bool is_further(const char *suffix)
{
    const char *digits = suffix + 1;

    if (*suffix != '_' || *digits < '1' || *digits > '9' || strcmp(digits, "1") == 0) return false;
    return digits[strspn(digits, "0123456789")] == 0;
}

bool pm_label_is_asked_for(const char *const *columns, const char *name)
{
    if (!columns) return true;
    for (; *columns; columns++) {
        size_t n = strlen(*columns);
        if (strncmp(name, *columns, n) == 0 && (!name[n] || is_further(name + n))) return true;
    }
    return false;
}
