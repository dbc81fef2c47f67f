/* SPDX-License-Identifier: MIT */
#include "base/unit_words.h"

#include <string.h>

/* How an entry is spelled and what may stand before it. */
enum {
    EXACT = 0,  /* no prefix, case matters */
    WORD = 1,   /* any case: words that cannot be mistaken */
    PREFIX = 2, /* takes p n u m k M G */
    CENTI = 4   /* takes c and d too */
};

typedef struct entry {
    const char *name;
    int how;
    double num, den, shift;
    int8_t s, m, kg, A, K, mol; /* powers */
} entry;

#define PI 3.14159265358979323846
#define NUMBER .s = 0
#define SECOND .s = 1
#define VOLT .s = -3, .m = 2, .kg = 1, .A = -1
#define CHARGE .s = 1, .A = 1
#define ENERGY .s = -2, .m = 2, .kg = 1
#define POWER .s = -3, .m = 2, .kg = 1
#define OHM .s = -3, .m = 2, .kg = 1, .A = -2
#define SIEMENS .s = 3, .m = -2, .kg = -1, .A = 2
#define FARAD .s = 4, .m = -2, .kg = -1, .A = 2
#define PRESSURE .s = -2, .m = -1, .kg = 1

static const entry entries[] = {
    {"s", PREFIX, 1, 1, 0, SECOND},
    {"sec", WORD | PREFIX, 1, 1, 0, SECOND},
    {"secs", WORD, 1, 1, 0, SECOND},
    {"second", WORD | PREFIX, 1, 1, 0, SECOND},
    {"seconds", WORD | PREFIX, 1, 1, 0, SECOND},
    {"min", WORD, 60, 1, 0, SECOND},
    {"mins", WORD, 60, 1, 0, SECOND},
    {"minute", WORD, 60, 1, 0, SECOND},
    {"minutes", WORD, 60, 1, 0, SECOND},
    {"h", EXACT, 3600, 1, 0, SECOND},
    {"hr", WORD, 3600, 1, 0, SECOND},
    {"hrs", WORD, 3600, 1, 0, SECOND},
    {"hour", WORD, 3600, 1, 0, SECOND},
    {"hours", WORD, 3600, 1, 0, SECOND},
    {"d", EXACT, 86400, 1, 0, SECOND},
    {"day", WORD, 86400, 1, 0, SECOND},
    {"days", WORD, 86400, 1, 0, SECOND},
    {"Hz", PREFIX, 1, 1, 0, .s = -1},
    {"hertz", WORD | PREFIX, 1, 1, 0, .s = -1},
    {"V", PREFIX, 1, 1, 0, VOLT},
    {"v", PREFIX, 1, 1, 0, VOLT},
    {"volt", WORD | PREFIX, 1, 1, 0, VOLT},
    {"volts", WORD | PREFIX, 1, 1, 0, VOLT},
    {"A", PREFIX, 1, 1, 0, .A = 1},
    {"amp", WORD | PREFIX, 1, 1, 0, .A = 1},
    {"amps", WORD | PREFIX, 1, 1, 0, .A = 1},
    {"ampere", WORD | PREFIX, 1, 1, 0, .A = 1},
    {"amperes", WORD | PREFIX, 1, 1, 0, .A = 1},
    {"Ah", PREFIX, 3600, 1, 0, CHARGE},
    {"AH", PREFIX, 3600, 1, 0, CHARGE},
    {"ah", PREFIX, 3600, 1, 0, CHARGE},
    {"Ahr", PREFIX, 3600, 1, 0, CHARGE},
    {"As", PREFIX, 1, 1, 0, CHARGE},
    {"coulomb", WORD | PREFIX, 1, 1, 0, CHARGE},
    {"coulombs", WORD | PREFIX, 1, 1, 0, CHARGE},
    {"Wh", PREFIX, 3600, 1, 0, ENERGY},
    {"WH", PREFIX, 3600, 1, 0, ENERGY},
    {"wh", PREFIX, 3600, 1, 0, ENERGY},
    {"Whr", PREFIX, 3600, 1, 0, ENERGY},
    {"Ws", PREFIX, 1, 1, 0, ENERGY},
    {"J", PREFIX, 1, 1, 0, ENERGY},
    {"joule", WORD | PREFIX, 1, 1, 0, ENERGY},
    {"joules", WORD | PREFIX, 1, 1, 0, ENERGY},
    {"W", PREFIX, 1, 1, 0, POWER},
    {"watt", WORD | PREFIX, 1, 1, 0, POWER},
    {"watts", WORD | PREFIX, 1, 1, 0, POWER},
    {"ohm", WORD | PREFIX, 1, 1, 0, OHM},
    {"ohms", WORD | PREFIX, 1, 1, 0, OHM},
    {"S", PREFIX, 1, 1, 0, SIEMENS},
    {"siemens", WORD | PREFIX, 1, 1, 0, SIEMENS},
    {"F", PREFIX, 1, 1, 0, FARAD},
    {"farad", WORD | PREFIX, 1, 1, 0, FARAD},
    {"K", PREFIX, 1, 1, 0, .K = 1},
    {"kelvin", WORD, 1, 1, 0, .K = 1},
    {"degC", WORD, 1, 1, 273.15, .K = 1},
    {"celsius", WORD, 1, 1, 273.15, .K = 1},
    {"degF", WORD, 5, 9, 459.67 * 5 / 9, .K = 1},
    {"fahrenheit", WORD, 5, 9, 459.67 * 5 / 9, .K = 1},
    {"dimensionless", WORD, 1, 1, 0, NUMBER},
    {"%", EXACT, 1, 100, 0, NUMBER},
    {"percent", WORD, 1, 100, 0, NUMBER},
    {"ppm", EXACT, 1, 1e6, 0, NUMBER},
    {"rad", EXACT, 1, 1, 0, NUMBER},
    {"deg", WORD, PI, 180, 0, NUMBER},
    {"degree", WORD, PI, 180, 0, NUMBER},
    {"degrees", WORD, PI, 180, 0, NUMBER},
    {"m", PREFIX | CENTI, 1, 1, 0, .m = 1},
    {"meter", WORD | PREFIX | CENTI, 1, 1, 0, .m = 1},
    {"metre", WORD | PREFIX | CENTI, 1, 1, 0, .m = 1},
    {"micron", WORD, 1, 1e6, 0, .m = 1},
    {"microns", WORD, 1, 1e6, 0, .m = 1},
    {"L", PREFIX | CENTI, 1, 1000, 0, .m = 3},
    {"l", PREFIX | CENTI, 1, 1000, 0, .m = 3},
    {"liter", WORD | PREFIX, 1, 1000, 0, .m = 3},
    {"litre", WORD | PREFIX, 1, 1000, 0, .m = 3},
    {"g", PREFIX, 1, 1000, 0, .kg = 1},
    {"gram", WORD | PREFIX, 1, 1000, 0, .kg = 1},
    {"grams", WORD | PREFIX, 1, 1000, 0, .kg = 1},
    {"mol", PREFIX, 1, 1, 0, .mol = 1},
    {"mole", WORD, 1, 1, 0, .mol = 1},
    {"N", PREFIX, 1, 1, 0, .s = -2, .m = 1, .kg = 1},
    {"Pa", PREFIX, 1, 1, 0, PRESSURE},
    {"pascal", WORD | PREFIX, 1, 1, 0, PRESSURE},
    {"bar", PREFIX, 100000, 1, 0, PRESSURE},
    {"atm", EXACT, 101325, 1, 0, PRESSURE},
    {"psi", WORD, 44482216152605, 6451600000, 0, PRESSURE}, /* 4.4482216152605 N per square of 25.4 mm */
};

typedef struct prefix {
    const char *name;
    int how; /* which entries take it; a written one goes with words only */
    double num, den;
} prefix;

static const prefix prefixes[] = {
    {"p", PREFIX, 1, 1e12},
    {"n", PREFIX, 1, 1e9},
    {"u", PREFIX, 1, 1e6},
    {"m", PREFIX, 1, 1e3},
    {"c", CENTI, 1, 100},
    {"d", CENTI, 1, 10},
    {"k", PREFIX, 1e3, 1},
    {"M", PREFIX, 1e6, 1},
    {"G", PREFIX, 1e9, 1},
    {"nano", WORD | PREFIX, 1, 1e9},
    {"micro", WORD | PREFIX, 1, 1e6},
    {"milli", WORD | PREFIX, 1, 1e3},
    {"centi", WORD | CENTI, 1, 100},
    {"kilo", WORD | PREFIX, 1e3, 1},
    {"mega", WORD | PREFIX, 1e6, 1},
};

static bool same(const char *word, const char *name, int how)
{
    return how & WORD ? pm_text_same(word, name) : !strcmp(word, name);
}

static const entry *find(const char *word, int needed)
{
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++)
        if ((entries[i].how & needed) == needed && same(word, entries[i].name, entries[i].how)) return &entries[i];
    return NULL;
}

static const entry *find_prefixed(const char *word, const prefix **before)
{
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        const prefix *p = &prefixes[i];
        char start[8] = "";
        size_t length = strlen(p->name);
        strncpy(start, word, length);
        if (!same(start, p->name, p->how)) continue;
        const entry *e = find(word + length, p->how);
        if (e) return *before = p, e;
    }
    return NULL;
}

static const struct {
    const char *word, *hint;
} ambiguous[] = {
    {"C", "say degC or coulomb"},
    {"M", "say mol/L"},
    {"a", "say A for ampere"},
};

bool pm_unit_word(const char *word, int64_t n, pm_unit *unit, const char **hint)
{
    static const prefix none = {"", 0, 1, 1};
    char text[16];
    if (n >= (int64_t)sizeof text) return false;
    memcpy(text, word, (size_t)n);
    text[n] = 0;
    for (size_t i = 0; i < sizeof ambiguous / sizeof ambiguous[0]; i++)
        if (!strcmp(text, ambiguous[i].word)) *hint = ambiguous[i].hint;
    const prefix *p = &none;
    const entry *e = find(text, 0);
    if (!e) e = find_prefixed(text, &p);
    if (!e) return false;
    *unit = (pm_unit){e->num * p->num, e->den * p->den, e->shift, {e->s, e->m, e->kg, e->A, e->K, e->mol, 0}};
    return true;
}

const char *pm_unit_spelling(const char *text)
{
    static const char *const spellings[][2] = {
        {"-", ""},
        {"deg C", "degC"},
        {"deg. C", "degC"},
        {"deg.C", "degC"},
        {"deg_C", "degC"},
        {"degree C", "degC"},
        {"degrees C", "degC"},
        {"degree celsius", "degC"},
        {"degrees celsius", "degC"},
        {"degreeC", "degC"},
        {"deg F", "degF"},
    };
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++)
        if (pm_text_same(text, spellings[i][0])) return spellings[i][1];
    return text;
}
