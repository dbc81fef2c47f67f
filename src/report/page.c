/* SPDX-License-Identifier: MIT */
/* The document around the cells. */
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "page.h"

/* Made at build time from assets/ and, where it is installed, dygraphs. */
extern const pm_embedded pm_report_assets[];

static const pm_embedded *asset(const char *name)
{
    for (const pm_embedded *a = pm_report_assets; a->name; a++)
        if (strcmp(a->name, name) == 0) return a;
    return NULL;
}

bool page_can_zoom(void)
{
    return asset("dygraph.min.js") && asset("dygraph.min.css");
}

static const char *const styles[] = {"dygraph.min.css", "page.css"};
static const char *const scripts[] = {"dygraph.min.js", "page.js"};

/* 'sha256-...' of an asset, as a content security policy wants it. */
static pm_status write_hash(pm_out *out, const pm_embedded *a, pm_error *err)
{
    pm_scoped(pm_sha256) sha = NULL;
    char hex[65];
    pm_status s;
    if (!a) return PM_OK;
    if ((s = pm_sha256_new(&sha, err))) return s;
    pm_sha256_add(sha, a->bytes, a->length);
    pm_sha256_result(sha, hex);
    pm_out_text(out, " 'sha256-");
    base64 b = {.out = out};
    for (int i = 0; i < 64; i += 2) {
        unsigned byte = 0;
        sscanf(hex + i, "%2x", &byte);
        base64_byte(&b, byte);
    }
    base64_end(&b);
    pm_out_text(out, "'");
    return PM_OK;
}

/* Nothing runs or is fetched but the assets: whatever text a file brings, it cannot act. */
static pm_status write_policy(pm_out *out, pm_error *err)
{
    pm_status s;
    pm_out_text(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; "
                     "form-action 'none'; img-src data:; style-src");
    for (int i = 0; i < 2; i++)
        if ((s = write_hash(out, asset(styles[i]), err))) return s;
    pm_out_text(out, "; script-src");
    for (int i = 0; i < 2; i++)
        if ((s = write_hash(out, asset(scripts[i]), err))) return s;
    pm_out_text(out, "\">\n");
    return PM_OK;
}

static void write_assets(pm_out *out, const char *const names[2], const char *element)
{
    for (int i = 0; i < 2; i++) {
        const pm_embedded *a = asset(names[i]);
        if (!a) continue;
        pm_out_text(out, "<%s>", element);
        pm_out_bytes(out, a->bytes, a->length);
        pm_out_text(out, "</%s>\n", element);
    }
}

static void write_overview_head(pm_out *out)
{
    static const char *const columns[] = {"Cell",         "Verdict", "Seen", "CE",   "Capacity", "Cycles",
                                          "Polarisation", "Audit",   "Kind", "Rows", "Format"};
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    pm_out_text(out,
                "<section aria-labelledby=\"overview-name\">\n<h2 id=\"overview-name\" class=\"aside\">Overview</h2>\n"
                "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"overview-name\">\n"
                "<table class=\"overview\"><thead><tr>");
    for (int i = 0; i < COLUMNS; i++)
        pm_out_text(out, "<th scope=\"col\"%s>%s</th>", (i >= 3 && i <= 6) || i == 9 ? " class=\"number\"" : "",
                    columns[i]);
    pm_out_text(out, "</tr></thead><tbody>\n");
}

pm_status write_page_start(pm_out *out, const char *title, int cells, int failed, pm_error *err)
{
    pm_status s;
    pm_out_text(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    if ((s = write_policy(out, err))) return s;
    pm_out_text(
        out,
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" content=\"premortem %s\">\n"
        "<title>",
        pm_version());
    pm_out_html(out, title);
    pm_out_text(out, "</title>\n");
    write_assets(out, styles, "style");
    pm_out_text(out, "</head>\n<body>\n<header>\n<h1>");
    pm_out_html(out, title);
    pm_out_text(out, "</h1>\n<p class=\"lead\">%d %s", cells, cells == 1 ? "file" : "files");
    if (failed > 0) pm_out_text(out, ", %d of them failed", failed);
    pm_out_text(out, " · premortem %s</p>\n</header>\n<main>\n", pm_version());
    write_overview_head(out);
    return PM_OK;
}

void write_page_middle(pm_out *out, int simulated)
{
    pm_out_text(
        out,
        "</tbody></table>\n</div>\n<p class=\"legend\">Capacity and polarisation are those of the first and the last "
        "complete cycle; of a reservoir test the capacities are those of the reservoir and of a short cycle. CE: "
        "Coulombic "
        "efficiency, the mean of complete cycles by the formula named below it. Verdict: the likeliest class from the "
        "first cycles and its probability; the bar holds the probabilities of all classes, solid the likeliest, pale "
        "the "
        "others of the set named below it, hollow what is excluded; unlike: beyond what the model has seen. Seen: what "
        "became of the cell by its whole record. "
        "Classes are this project\u2019s reconstruction of those of Piao et al.");
    if (simulated)
        pm_out_text(out, " <b>%d of the verdicts %s from models trained on simulated cells, not on measured ones.</b>",
                    simulated, simulated == 1 ? "is" : "are");
    pm_out_text(out, "</p>\n</section>\n");
}

void write_page_end(pm_out *out)
{
    pm_out_text(
        out,
        "</main>\n<footer><p>Made by premortem %s. This page holds all it shows and fetches nothing.</p></footer>\n",
        pm_version());
    write_assets(out, scripts, "script");
    pm_out_text(out, "</body>\n</html>\n");
}
