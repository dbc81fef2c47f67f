/* SPDX-License-Identifier: MIT */
#include "laboratory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "read/read.h"

char laboratory[64];

int make_laboratory(void **state)
{
    (void)state;
    strcpy(laboratory, "/tmp/premortem-laboratory-XXXXXX");
    return mkdtemp(laboratory) ? 0 : -1;
}

int remove_laboratory(void **state)
{
    (void)state;
    char command[100];
    snprintf(command, sizeof command, "rm -r %s", laboratory);
    return system(command);
}

char *laboratory_path(const char *name, const char *suffix)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s%s", laboratory, name, suffix);
    return path;
}

pm_table *live_laboratory(pm_virtual_lab_options o, uint64_t seed)
{
    pm_error err = {0};
    pm_table *truth = NULL;
    pm_run run = {.threads = 2, .seed = seed};
    assert_good(pm_virtual_lab(laboratory, &o, true, &run, &truth, &err), &err);
    return truth;
}

pm_table *laboratory_table(const char *name, const char *suffix)
{
    pm_error err = {0};
    pm_table *rows = NULL;
    assert_good(pm_read_table(laboratory_path(name, suffix), NULL, NULL, &rows, &err), &err);
    return rows;
}
