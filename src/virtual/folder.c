/* SPDX-License-Identifier: MIT */
#include "folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

pm_status virtual_folder_make(const char *folder, pm_error *err)
{
    pm_scoped_text path = pm_text_copy(folder, -1);
    if (!path) return pm_fail(err, PM_ERR_MEMORY, "no memory for a path");
    for (char *end = path + 1; *path; end++) {
        char here = *end;
        if (here != '/' && here != '\0') continue;
        *end = '\0';
        if (mkdir(path, 0777) && errno != EEXIST) return pm_fail_errno(err, path, "make the folder");
        *end = here;
        if (!here) break;
    }
    return PM_OK;
}

pm_status virtual_folder_open(const char *folder, const char *name, const char *suffix, bool force, pm_out **out,
                              pm_error *err)
{
    size_t size = strlen(folder) + strlen(name) + strlen(suffix) + 2;
    pm_scoped_text path = malloc(size);
    if (!path) return pm_fail(err, PM_ERR_MEMORY, "no memory for a path");
    snprintf(path, size, "%s/%s%s", folder, name, suffix);
    return pm_out_open(path, force, out, err);
}
