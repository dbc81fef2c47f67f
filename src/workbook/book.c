/* SPDX-License-Identifier: MIT */
/* A workbook's sheets in their order, and where they lie in the archive. */
#include "xlsx.h"

#include <stdlib.h>

enum { SHEETS_MAX = 1024, PART_MAX = 256 };

/* A part's name in the archive: targets are relative to the folder of the part that refers to them. Names with "..", "." or
 * a protocol lead nowhere: false. */
static bool part_name(const char *folder, const char *target, char name[PART_MAX])
{
    int n = target[0] == '/' ? snprintf(name, PART_MAX, "%s", target + 1)
                             : snprintf(name, PART_MAX, "%s%s", folder, target);

    if (n <= 0 || n >= PART_MAX || strstr(name, "://") || strchr(name, '\\')) return false;
    for (const char *c = name; c; c = strchr(c, '/') ? strchr(c, '/') + 1 : NULL)
        if (strncmp(c, "./", 2) == 0 || strncmp(c, "../", 3) == 0) return false;
    return true;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), k = strlen(end);

    return n >= k && strcmp(text + n - k, end) == 0;
}

/* ---- relations ---- */

typedef struct relations {
    const pm_archive *archive;
    const char *folder; /* "" or "xl/" */
    pm_workbook *book;  /* sheets to be given their members; NULL = only the workbook itself is looked for */
    char workbook[PART_MAX];
    int strings, styles;
} relations;

static pm_status give_member(relations *r, const char *id, const char *part, bool external, pm_error *err)
{
    for (int64_t i = 0; i < r->book->n_sheets; i++) {
        pm_sheet *sheet = &r->book->sheet[i];
        if (sheet->part || strcmp(sheet->relation, id) != 0 || external) continue;
        sheet->part = pm_text_copy(part, -1);
        if (!sheet->part) return pm_fail(err, PM_ERR_MEMORY, "no memory for a workbook");
        sheet->member = pm_archive_find(r->archive, part);
        sheet->bytes = pm_archive_size(r->archive, sheet->member);
    }
    return PM_OK;
}

/* What the cells need must be there: without styles days would be numbers. */
static pm_status find_part(const relations *r, const char *part, int *member, pm_error *err)
{
    *member = pm_archive_find(r->archive, part);
    if (*member >= 0) return PM_OK;
    return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "the workbook is damaged: save it again",
                      "the workbook's part '%.100s' is not in it", part);
}

static pm_status on_relation(void *context, const char *name, const char **attributes, pm_error *err)
{
    relations *r = context;
    char part[PART_MAX];
    const char *id = pm_xml_attribute(attributes, "Id"), *type = pm_xml_attribute(attributes, "Type");
    const char *target = pm_xml_attribute(attributes, "Target"), *mode = pm_xml_attribute(attributes, "TargetMode");

    if (strcmp(name, "Relationship") != 0 || !id || !type || !target) return PM_OK;
    bool known = ends_with(type, "/worksheet") || ends_with(type, "/sharedStrings") || ends_with(type, "/styles") ||
                 ends_with(type, "/officeDocument");
    if (!known) return PM_OK;
    if (!part_name(r->folder, target, part))
        return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "no instrument writes such a file",
                          "the workbook's part '%.100s' lies outside it", target);
    if (ends_with(type, "/officeDocument")) snprintf(r->workbook, sizeof r->workbook, "%s", part);
    if (ends_with(type, "/sharedStrings")) return find_part(r, part, &r->strings, err);
    if (ends_with(type, "/styles")) return find_part(r, part, &r->styles, err);
    return r->book && ends_with(type, "/worksheet")
               ? give_member(r, id, part, mode && strcmp(mode, "External") == 0, err)
               : PM_OK;
}

static pm_status read_relations(relations *r, const char *member, pm_error *err)
{
    pm_xml_events events = {r, on_relation, NULL, NULL};
    int index = pm_archive_find(r->archive, member);

    if (index < 0)
        return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "the workbook is damaged: save it again",
                          "the workbook has no '%s'", member);
    return pm_xml_member(r->archive, index, &events, err);
}

/* ---- the workbook ---- */

static pm_status add_sheet(pm_workbook *b, const char *name, const char *relation, pm_error *err)
{
    pm_status s;

    if (b->n_sheets >= SHEETS_MAX)
        return pm_fail(err, PM_ERR_LIMIT, "the workbook has more than %d sheets", SHEETS_MAX);
    if ((s = pm_grow(&b->sheet, &b->sheets_room, b->n_sheets + 1, sizeof *b->sheet, err))) return s;
    pm_sheet *sheet = &b->sheet[b->n_sheets++];
    *sheet = (pm_sheet){.member = -1, .bytes = -1, .rows = -1, .columns = -1, .header_row = -1};
    sheet->name = pm_text_copy(name, -1);
    sheet->relation = pm_text_copy(relation, -1);
    return sheet->name && sheet->relation ? PM_OK : pm_fail(err, PM_ERR_MEMORY, "no memory for a workbook");
}

static pm_status on_workbook(void *context, const char *name, const char **attributes, pm_error *err)
{
    pm_workbook *b = context;

    if (strcmp(name, "workbookPr") == 0) {
        const char *from = pm_xml_attribute(attributes, "date1904");
        b->from_1904 = from && (strcmp(from, "1") == 0 || strcmp(from, "true") == 0);
    }
    if (strcmp(name, "sheet") != 0) return PM_OK;
    const char *sheet = pm_xml_attribute(attributes, "name"), *id = pm_xml_attribute(attributes, "id");
    return add_sheet(b, sheet ? sheet : "", id ? id : "", err);
}

bool pm_workbook_is(const pm_archive *archive)
{
    return pm_archive_find(archive, "[Content_Types].xml") >= 0 &&
           (pm_archive_find(archive, "xl/workbook.xml") >= 0 || pm_archive_find(archive, "xl/workbook.bin") >= 0);
}

/* "xl/workbook.xml" has its relations in "xl/_rels/workbook.xml.rels". */
static void relations_name(const char *part, char *folder, char *name)
{
    const char *slash = strrchr(part, '/');
    int n = slash ? (int)(slash - part) + 1 : 0;

    snprintf(folder, PART_MAX, "%.*s", n, part);
    snprintf(name, PART_MAX + 16, "%s_rels/%s.rels", folder, part + n);
}

static pm_status read_parts(pm_workbook *b, pm_error *err)
{
    char folder[PART_MAX], name[PART_MAX + 16];
    relations root = {.archive = b->archive, .folder = "", .strings = -1, .styles = -1};
    pm_xml_events events = {b, on_workbook, NULL, NULL};
    pm_status s;

    if ((s = read_relations(&root, "_rels/.rels", err))) return s;
    int member = pm_archive_find(b->archive, root.workbook);
    if (member >= 0 && ends_with(root.workbook, ".bin"))
        return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "save it as .xlsx or .csv",
                          "is a binary Excel workbook (.xlsb), which is not read");
    if (member < 0)
        return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "the workbook is damaged: save it again",
                          "the workbook's main part '%.100s' is not in it", root.workbook);
    if ((s = pm_xml_member(b->archive, member, &events, err))) return s;
    relations_name(root.workbook, folder, name);
    relations own = {.archive = b->archive, .folder = folder, .book = b, .strings = -1, .styles = -1};
    if ((s = read_relations(&own, name, err))) return s;
    if (own.styles >= 0 && (s = pm_workbook_styles(b, own.styles, err))) return s;
    return own.strings >= 0 ? pm_workbook_strings(b, own.strings, err) : PM_OK;
}

pm_status pm_workbook_open(const pm_archive *archive, pm_workbook **out, pm_error *err)
{
    pm_scoped(pm_workbook) b = calloc(1, sizeof *b);
    pm_status s;

    if (!b) return pm_fail(err, PM_ERR_MEMORY, "no memory for a workbook");
    b->archive = archive;
    if ((s = read_parts(b, err))) return s;
    *out = b;
    b = NULL;
    return PM_OK;
}

void pm_workbook_free(pm_workbook *b)
{
    if (!b) return;
    for (int64_t i = 0; i < b->n_sheets; i++) {
        pm_sheet *s = &b->sheet[i];
        char *texts[] = {s->name, s->relation, s->part, s->header, s->labels};
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) free(texts[k]);
    }
    pm_sheet_text_free(b->text);
    free(b->chosen);
    free(b->sheet);
    free(b->strings);
    free(b->string_at);
    free(b->style);
    free(b);
}
