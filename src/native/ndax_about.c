/* SPDX-License-Identifier: MIT */
/* What a .ndax archive says about the test, in its XML files. */
#include "ndc.h"
#include "neware.h"

#include <stdlib.h>

typedef struct about {
    pm_native *n;
    ndax_about *out;
    char protocol[900];
    size_t used;
} about;

static int number_of(const ndax_tag *tag, const char *key)
{
    const char *value = ndax_attribute(tag, key);
    long x = value ? strtol(value, NULL, 10) : 0;

    return x < 0 || x > 1000000 ? 0 : (int)x;
}

static void say(const about *a, const ndax_tag *tag, const char *attribute, const char *key)
{
    const char *value = ndax_attribute(tag, attribute);

    if (value) pm_native_meta(a->n, key, "%s", value);
}

static bool is_numbered(const char *name, const char *word)
{
    size_t n = strlen(word);

    return strncmp(name, word, n) == 0 && name[n] >= '0' && name[n] <= '9';
}

static void on_test(void *context, const ndax_tag *tag)
{
    static const char *const said[][2] = {
        {"Barcode", "barcode"},
        {"StartTime", "start_time"},
        {"EndTime", "end_time"},
        {"StepName", "schedule"},
        {"SN", "part_number"},
        {"DevID", "device"},
        {"UnitID", "unit"},
        {"ChlID", "channel"},
        {"TestID", "test_number"},
        {"CurrRange", "current_range_milliampere"},
        {"VoltRange", "voltage_range_volt"},
    };
    about *a = context;

    if (strcmp(tag->name, "config") == 0) say(a, tag, "SortVersion", "software");
    if (ndax_attribute(tag, "AuxCount")) a->out->announced = number_of(tag, "AuxCount");
    for (size_t i = 0; strcmp(tag->name, "TestInfo") == 0 && i < sizeof said / sizeof *said; i++)
        say(a, tag, said[i][0], said[i][1]);
    if (!is_numbered(tag->name, "Aux") || a->out->n_aux == NDAX_AUX_MAX) return;
    a->out->aux[a->out->n_aux++] = (ndax_aux_entry){.number = number_of(tag, "AuxID"),
                                                    .channel = number_of(tag, "RealChlID"),
                                                    .quantity = number_of(tag, "ChlType"),
                                                    .kind = number_of(tag, "TypeID")};
}

static void on_version(void *context, const ndax_tag *tag)
{
    about *a = context;

    if (strcmp(tag->name, "ZwjVersion") != 0) return;
    say(a, tag, "SvrVer", "server_software");
    say(a, tag, "ZwjVersion", "firmware");
}

static void add_step(about *a, const ndax_tag *tag)
{
    const char *id = ndax_attribute(tag, "Step_ID"), *word = pm_neware_step_word(number_of(tag, "Step_Type"));

    if (!id || a->used + 48 > sizeof a->protocol) return;
    a->used += (size_t)snprintf(a->protocol + a->used, sizeof a->protocol - a->used, "%s%.8s %s", a->used ? ", " : "",
                                id, word ? word : "?");
}

/* The mass is in micrograms; 0 = nobody filled it in. */
static void on_step(void *context, const ndax_tag *tag)
{
    about *a = context;

    if (strcmp(tag->name, "Creator") == 0) say(a, tag, "Value", "creator");
    if (strcmp(tag->name, "Remark") == 0) say(a, tag, "Value", "remarks");
    if (is_numbered(tag->name, "Step")) add_step(a, tag);
    const char *mass = strcmp(tag->name, "SCQ") == 0 ? ndax_attribute(tag, "Value") : NULL;
    double microgram;
    if (mass && pm_number_parse(mass, (int64_t)strlen(mass), '.', &microgram) == PM_NUMERAL_OK && microgram > 0)
        pm_native_meta(a->n, "mass_gram", "%.15g", microgram / 1e6);
}

pm_status ndax_read_about(const pm_archive *archive, pm_native *n, ndax_about *out, pm_error *err)
{
    about a = {.n = n, .out = out};
    pm_status s;

    if ((s = ndax_tags(archive, "TestInfo.xml", on_test, &a, n, err))) return s;
    if ((s = ndax_tags(archive, "VersionInfo.xml", on_version, &a, n, err))) return s;
    if ((s = ndax_tags(archive, "Step.xml", on_step, &a, n, err))) return s;
    pm_native_meta(n, "protocol", "%s", a.protocol);
    return PM_OK;
}
