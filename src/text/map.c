/* SPDX-License-Identifier: MIT */
/* What the user says of columns: "time=Zeit,voltage=U@mV,current=3". */
#include "map.h"

#include <stdlib.h>
#include <string.h>

static const struct alias {
    const char *word, *name;
} aliases[] = {
    {"time", "test_time_second"},
    {"voltage", "voltage_volt"},
    {"current", "current_ampere"},
    {"date", "unix_time_second"},
    {"clock", "unix_time_second"},
    {"cycle", "cycle_count"},
    {"step", "step_id"},
    {"step_type", "step_type"},
    {"record", "record_number"},
    {"step_time", "step_time_second"},
    {"capacity", "step_capacity_ah"},
    {"charge_capacity", "charging_capacity_ah"},
    {"discharge_capacity", "discharging_capacity_ah"},
    {"temperature", "ambient_temperature_celsius"},
    {"frequency", "frequency_hertz"},
};

static const char *machine_name(const char *word)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(aliases[i].word, word) == 0) return aliases[i].name;
    return word;
}

static void copy_part(char *to, size_t room, const char *from, const char *end)
{
    while (from < end && *from == ' ') from++;
    while (end > from && end[-1] == ' ') end--;
    snprintf(to, room, "%.*s", (int)(end - from < (int64_t)room ? end - from : (int64_t)room - 1), from);
}

static pm_status parse_entry(const char *at, const char *end, pm_map_entry *entry, pm_error *err)
{
    const char *equals = memchr(at, '=', (size_t)(end - at));
    const char *unit = equals ? memchr(equals, '@', (size_t)(end - equals)) : NULL;
    char word[PM_LABEL_MAX], *rest;
    pm_unit parsed;

    *entry = (pm_map_entry){.field = -1};
    if (!equals)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "write time=LABEL,voltage=LABEL@mV,current=3",
                          "the map's part '%.*s' has no =", (int)(end - at), at);
    copy_part(word, sizeof word, at, equals);
    copy_part(entry->label, sizeof entry->label, equals + 1, unit ? unit : end);
    if (unit) copy_part(entry->unit, sizeof entry->unit, unit + 1, end);
    snprintf(entry->to, sizeof entry->to, "%s", machine_name(word));
    if (entry->unit[0] && pm_unit_parse(entry->unit, &parsed, err)) {
        pm_error_locate(err, NULL, "write units such as s, h, mV, uA, mAh behind the @");
        return PM_ERR_UNIT;
    }
    long field = strtol(entry->label, &rest, 10);
    if (rest != entry->label && !*rest && field < 1)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "columns are counted from 1", "the map names column %ld",
                          field);
    if (rest != entry->label && !*rest) entry->field = field > 100000 ? 100000 : (int)field - 1;
    return PM_OK;
}

pm_status pm_map_parse(const char *text, pm_map_entry entries[PM_MAP_MAX], int *n, pm_error *err)
{
    pm_status s;

    *n = 0;
    while (text && *text) {
        const char *end = strchr(text, ',');
        if (!end) end = text + strlen(text);
        if (*n == PM_MAP_MAX) return pm_fail(err, PM_ERR_LIMIT, "the map names more than %d columns", PM_MAP_MAX);
        if ((s = parse_entry(text, end, &entries[*n], err))) return s;
        (*n)++;
        text = *end ? end + 1 : end;
    }
    return PM_OK;
}
