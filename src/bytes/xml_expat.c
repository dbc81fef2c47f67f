/* SPDX-License-Identifier: MIT */
/* The adapter of expat. Document types and the entities they declare are refused, depth and the length of one piece bounded:
 * what is left of XML needs memory for one piece and nothing else. */
#include "bytes/bytes.h"
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#if PM_HAVE_EXPAT
#include <expat.h>

enum { DEPTH_MAX = 64, PIECE_MAX = 1 << 20 };

struct pm_xml {
    XML_Parser parser;
    pm_xml_events events;
    int depth;
    int64_t fed;
    bool finished; /* the last bytes were taken */
    pm_status failed;
    pm_error *err; /* of the feed that is running */
};

static void fail(pm_xml *x, pm_status s)
{
    x->failed = s;
    if (x->err->byte < 0) x->err->byte = XML_GetCurrentByteIndex(x->parser);
    XML_StopParser(x->parser, XML_FALSE);
}

/* "x:row" is a row; instruments use no namespaces that could be mixed up. */
static const char *local_name(const char *name)
{
    const char *colon = strchr(name, ':');

    return colon ? colon + 1 : name;
}

static void XMLCALL on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    pm_xml *x = context;

    if (x->failed) return;
    if (++x->depth > DEPTH_MAX) {
        fail(x, pm_fail(x->err, PM_ERR_LIMIT, "XML elements are nested deeper than %d levels", DEPTH_MAX));
        return;
    }
    pm_status s = x->events.start ? x->events.start(x->events.context, local_name(name), attributes, x->err) : PM_OK;
    if (s) fail(x, s);
}

static void XMLCALL on_end(void *context, const XML_Char *name)
{
    pm_xml *x = context;

    if (x->failed) return;
    x->depth--;
    pm_status s = x->events.end ? x->events.end(x->events.context, local_name(name), x->err) : PM_OK;
    if (s) fail(x, s);
}

static void XMLCALL on_text(void *context, const XML_Char *text, int n)
{
    pm_xml *x = context;

    if (x->failed || !x->events.text) return;
    pm_status s = x->events.text(x->events.context, text, n, x->err);
    if (s) fail(x, s);
}

static void XMLCALL on_doctype(void *context, const XML_Char *name, const XML_Char *system, const XML_Char *public,
                               int internal)
{
    pm_xml *x = context;

    (void)name, (void)system, (void)public, (void)internal;
    if (x->failed) return;
    fail(x, pm_fail_at(x->err, PM_ERR_FORMAT, pm_nowhere(), "no instrument writes such a file",
                       "XML with a document type, which could declare entities, is not read"));
}

pm_status pm_xml_new(const pm_xml_events *events, pm_xml **out, pm_error *err)
{
    pm_scoped(pm_xml) x = calloc(1, sizeof *x);

    if (!x || !(x->parser = XML_ParserCreate(NULL))) return pm_fail(err, PM_ERR_MEMORY, "no memory to read XML");
    x->events = *events;
    XML_SetUserData(x->parser, x);
    XML_SetElementHandler(x->parser, on_start, on_end);
    XML_SetCharacterDataHandler(x->parser, on_text);
    XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
    *out = x;
    x = NULL;
    return PM_OK;
}

static pm_status malformed(const pm_xml *x, pm_error *err)
{
    enum XML_Error code = XML_GetErrorCode(x->parser);

    if (code == XML_ERROR_NO_MEMORY) return pm_fail(err, PM_ERR_MEMORY, "no memory to read XML");
    return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "the file is damaged: copy it again", "broken XML: %s",
                      XML_ErrorString(code));
}

pm_status pm_xml_feed(pm_xml *x, const uint8_t *bytes, int64_t n, bool last, pm_error *err)
{
    pm_error own = {.byte = -1, .line = -1, .row = -1};

    if (x->failed || x->finished) return pm_fail(err, PM_ERR_INTERNAL, "XML behind its end");
    x->err = &own;
    x->fed += n;
    enum XML_Status status = XML_Parse(x->parser, (const char *)bytes, (int)n, last);
    if (!x->failed && status != XML_STATUS_OK) x->failed = malformed(x, &own);
    int64_t at = XML_GetCurrentByteIndex(x->parser);
    if (!x->failed && x->fed - at > PIECE_MAX)
        x->failed = pm_fail_at(&own, PM_ERR_LIMIT, pm_nowhere(), "no instrument writes such a file",
                               "one piece of XML is longer than %d MiB", PIECE_MAX >> 20);
    x->finished = last;
    x->err = NULL;
    if (!x->failed) return PM_OK;
    if (own.byte < 0) own.byte = at < 0 ? x->fed : at;
    if (err) *err = own;
    return x->failed;
}

void pm_xml_free(pm_xml *x)
{
    if (!x) return;
    if (x->parser) XML_ParserFree(x->parser);
    free(x);
}

#else

pm_status pm_xml_new(const pm_xml_events *events, pm_xml **out, pm_error *err)
{
    (void)events;
    (void)out;
    return pm_fail_at(err, PM_ERR_FEATURE, pm_nowhere(), "save it as csv, or build with expat",
                      "this build cannot read XML, of which Excel workbooks are made");
}
pm_status pm_xml_feed(pm_xml *x, const uint8_t *bytes, int64_t n, bool last, pm_error *err)
{
    (void)x;
    (void)bytes;
    (void)n;
    (void)last;
    return pm_fail(err, PM_ERR_INTERNAL, "no XML is being read");
}
void pm_xml_free(pm_xml *x)
{
    (void)x;
}

#endif

enum { CHUNK_BYTES = 16 * 1024 };

static pm_status feed_all(pm_member *member, pm_xml *x, pm_error *err)
{
    uint8_t bytes[CHUNK_BYTES];
    int64_t n = 1;
    pm_status s;

    while (n > 0) {
        if ((s = pm_member_read(member, bytes, sizeof bytes, &n, err))) return s;
        if ((s = pm_xml_feed(x, bytes, n, n == 0, err))) return s;
    }
    return PM_OK;
}

pm_status pm_xml_member(const pm_archive *archive, int index, const pm_xml_events *events, pm_error *err)
{
    pm_scoped(pm_member) member = NULL;
    pm_scoped(pm_xml) x = NULL;
    pm_error own = {.byte = -1, .line = -1, .row = -1};
    pm_status s;

    if ((s = pm_xml_new(events, &x, err))) return s;
    if (!(s = pm_member_open(archive, index, &member, &own))) s = feed_all(member, x, &own);
    if (!s || !err) return s;
    *err = own;
    snprintf(err->message, sizeof err->message, "%s: %.*s", pm_archive_name(archive, index),
             (int)sizeof own.message - 100, own.message);
    return s;
}

/* Prefixes are whatever the writer chose. */
const char *pm_xml_attribute(const char **attributes, const char *name)
{
    for (; attributes[0]; attributes += 2) {
        const char *colon = strchr(attributes[0], ':');
        if (strcmp(colon ? colon + 1 : attributes[0], name) == 0) return attributes[1];
    }
    return NULL;
}
