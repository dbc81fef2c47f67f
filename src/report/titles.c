/* SPDX-License-Identifier: MIT */
/* What kinds of cell, classes and severities are called on the page. */
#include <string.h>

#include "fate.h"

const char *kind_title(pm_kind kind)
{
    switch (kind) {
    case PM_LI_CU: return "Li\u2016Cu";
    case PM_LI_LI: return "Li\u2016Li";
    case PM_ANODE_FREE: return "anode-free";
    case PM_LI_CATHODE: return "Li\u2016cathode";
    case PM_HALF_CELL: return "half-cell";
    case PM_LI_ION: return "Li-ion";
    case PM_KIND_UNKNOWN: break;
    }
    return "not known";
}

const char *kind_known(const char *kind_source)
{
    static const char *const words[][2] = {
        {"user", "as given"}, {"sidecar", "from its sidecar file"}, {"inferred", "inferred from the data"}};
    for (size_t i = 0; kind_source && i < sizeof words / sizeof words[0]; i++)
        if (strcmp(kind_source, words[i][0]) == 0) return words[i][1];
    return "";
}

void write_badge(pm_out *out, const char *severity)
{
    static const char *const badges[][3] = {{"error", "\u25a0", "error"},
                                            {"warning", "\u25b2", "warning"},
                                            {"note", "\u25cf", "note"},
                                            {"failed", "\u00d7", "failed"},
                                            {"none", "\u2713", "none"}};
    for (size_t i = 0; i < sizeof badges / sizeof badges[0]; i++) {
        if (strcmp(severity, badges[i][0]) != 0) continue;
        pm_out_text(out, "<span class=\"badge %s\"><span aria-hidden=\"true\">%s</span>\u00a0%s</span>", badges[i][0],
                    badges[i][1], badges[i][2]);
        return;
    }
    pm_out_text(out, "<span class=\"badge\">");
    pm_out_html(out, severity);
    pm_out_text(out, "</span>");
}

static const char *const classes[][3] = {{"kdf", "KDF", "kinetics degradation"},
                                         {"rdf", "RDF", "reversibility degradation"},
                                         {"cdf", "CDF", "co-degradation"},
                                         {"short", "short", "short circuit"}};

static const char *const *class_of(const char *name)
{
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (strcmp(name, classes[i][0]) == 0) return classes[i];
    return NULL;
}

const char *class_title(const char *name)
{
    const char *const *class = class_of(name);
    return class ? class[1] : name;
}

const char *class_meaning(const char *name)
{
    const char *const *class = class_of(name);
    return class ? class[2] : "";
}
