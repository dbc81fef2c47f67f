/* SPDX-License-Identifier: MIT */
#include "documents.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

char *output_of(const char *command, int *exit_code)
{
    char line[2000];
    char *files = support_source("tests/cli/files");
    const char *program = getenv("PREMORTEM");
    int64_t room = 0, n = 0;
    char *text = NULL;
    size_t got;
    if (!program) skip();
    setenv("premortem", program, 1);
    setenv("files", files, 1);
    free(files);
    snprintf(line, sizeof line, "IFS=; %s", command); /* paths may hold blanks: what a variable holds is one word */
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    do {
        assert_int_equal(pm_grow(&text, &room, n + 65536, 1, NULL), PM_OK);
        got = fread(text + n, 1, 65535, pipe);
        n += (int64_t)got;
    } while (got);
    text[n] = 0;
    *exit_code = pclose(pipe) >> 8;
    return text;
}

static pm_doc *read_schema(const char *name)
{
    char relative[64];
    pm_doc *schema = NULL;
    pm_error err = {0};
    snprintf(relative, sizeof relative, "schema/%s.json", name);
    char *path = support_source(relative);
    assert_good(pm_doc_read(path, &schema, &err), &err);
    free(path);
    return schema;
}

/* Every property that the schema knows of a file is there in one that went well, but for those named. */
static void assert_complete(const pm_doc *schema, const pm_doc *doc, const char *optional)
{
    const pm_node *files = pm_node_find(pm_doc_root(doc), "files");
    const pm_node *file = pm_node_find(pm_node_find(pm_doc_root(schema), "definitions"), "file");
    const pm_node *properties = pm_node_find(file, "properties");
    for (int64_t i = 0; i < pm_node_count(files); i++) {
        if (strcmp(pm_node_text(pm_node_find(pm_node_item(files, i), "status"), ""), "ok") != 0) continue;
        for (int64_t k = 0; k < pm_node_count(properties); k++) {
            const char *key = pm_node_key(properties, k);
            if (strstr(optional, key)) continue;
            if (!pm_node_find(pm_node_item(files, i), key)) fail_msg("files[%d] lacks %s", (int)i, key);
        }
    }
}

pm_doc *document(const char *command, const char *schema_name, const char *optional, int expected_exit)
{
    pm_doc *doc = NULL;
    pm_error err = {0};
    int exit_code = 0;
    char *text = output_of(command, &exit_code);
    pm_scoped(pm_doc) schema = read_schema(schema_name);
    assert_int_equal(exit_code, expected_exit);
    assert_good(pm_doc_parse_json(text, (int64_t)strlen(text), "output", &doc, &err), &err);
    free(text);
    assert_good(pm_doc_check(doc, schema, &err), &err);
    assert_complete(schema, doc, optional);
    return doc;
}

const pm_node *file_of(const pm_doc *doc, int64_t i)
{
    const pm_node *file = pm_node_item(pm_node_find(pm_doc_root(doc), "files"), i);
    assert_non_null(file);
    return file;
}

double number(const pm_node *map, const char *key)
{
    const pm_node *node = pm_node_find(map, key);
    assert_non_null(node);
    return pm_node_number(node, (double)NAN);
}
